import { expectTypeOf, test } from 'vitest';
import { get, hgetall, incr, zscan } from '../commands/index.ts';
import { createConnection, createPool, createSsdb, type Scored, type Ssdb, type SsdbLease } from '../index.ts';

declare const ssdb: Ssdb;

test('results', () => {
  expectTypeOf(ssdb.get('a')).resolves.toEqualTypeOf<string | null>();
  expectTypeOf(ssdb.incr('a')).resolves.toEqualTypeOf<number>();
  expectTypeOf(ssdb.setnx('a', 1)).resolves.toEqualTypeOf<boolean>();
  expectTypeOf(ssdb.multiGet('a')).resolves.toEqualTypeOf<Map<string, string>>();
  expectTypeOf(ssdb.multiExists('a')).resolves.toEqualTypeOf<Map<string, boolean>>();
  expectTypeOf(ssdb.zrange('z', 0, -1)).resolves.toEqualTypeOf<Scored[]>();
  expectTypeOf(ssdb.zavg('z', '', '')).resolves.toEqualTypeOf<number | null>();
  expectTypeOf(ssdb.qpop('q')).resolves.toEqualTypeOf<string | null>();
  expectTypeOf(ssdb.qpop('q', 2)).resolves.toEqualTypeOf<string[]>();
});

test('bytes', () => {
  const bytes = ssdb.with({ bytes: true });
  expectTypeOf(bytes.get('a')).resolves.toEqualTypeOf<Uint8Array | null>();
  expectTypeOf(bytes.scan('', '', 1)).resolves.toEqualTypeOf<Map<string, Uint8Array>>();
  expectTypeOf(bytes.zscan('z', '', '', '', 1)).resolves.toEqualTypeOf<Scored<Uint8Array>[]>();
  expectTypeOf(bytes.with({ bytes: false }).get('a')).resolves.toEqualTypeOf<string | null>();
  expectTypeOf(createSsdb('ssdb:', { bytes: true }).get('a')).resolves.toEqualTypeOf<Uint8Array | null>();
  expectTypeOf(createPool('ssdb:', { bytes: true })).resolves.toHaveProperty('acquire');
});

test('command values', () => {
  const batch = ssdb.sendAll([get('a'), incr('b'), hgetall('h'), zscan('z', '', 0, '', 5, { offset: 1 })]);
  expectTypeOf(batch).resolves.toEqualTypeOf<[string | null, number, Map<string, string>, Scored[]]>();
  expectTypeOf(ssdb.send(get('a'))).resolves.toEqualTypeOf<string | null>();
});

test('what does not compile', () => {
  // @ts-expect-error a value is needed
  void ssdb.set('a');
  // @ts-expect-error undefined is no data
  void ssdb.set('a', undefined);
  // @ts-expect-error scores are numbers
  void ssdb.zset('z', 'm', '1');
  // @ts-expect-error a port is needed: without it the server crashes
  void ssdb.slaveof('id', 'host');
  // @ts-expect-error a shared client has no password of its own
  void ssdb.auth('password');
  // @ts-expect-error unknown option
  void createSsdb('ssdb:', { maxSize: 2 });
  // @ts-expect-error pools have bounds, not connections
  void createPool('ssdb:', { connections: 2 });
});

test('classes with commands of users', () => {
  class Mine extends (null as unknown as typeof Ssdb)<string> {
    greet(): Promise<string | null> {
      return this.get('greeting');
    }
  }
  const mine = createSsdb('ssdb:', { client: Mine });
  expectTypeOf(mine.greet()).resolves.toEqualTypeOf<string | null>();
  expectTypeOf(mine.with({ timeout: 1 })).toEqualTypeOf<Mine>();
  expectTypeOf(createConnection().then((connection) => connection.auth('x'))).resolves.toEqualTypeOf<boolean>();
});

test('a lease has the type that its options ask for', async () => {
  const pool = await createPool();
  expectTypeOf(pool.acquire()).resolves.toEqualTypeOf<SsdbLease>();
  expectTypeOf(pool.acquire({ timeout: 5 })).resolves.toEqualTypeOf<SsdbLease>();
  expectTypeOf(pool.acquire({ bytes: true })).resolves.toEqualTypeOf<SsdbLease<Uint8Array>>();
  expectTypeOf(pool.with({ bytes: true }).acquire({ bytes: false })).resolves.toEqualTypeOf<SsdbLease>();
});

test('several servers', () => {
  const client = createSsdb(['ssdb://a', { address: { host: 'b' }, name: 'b', weight: 2 }]);
  expectTypeOf(client).toEqualTypeOf<Ssdb>();
  expectTypeOf(client.nodes()[0]?.client).toEqualTypeOf<Ssdb | undefined>();
  expectTypeOf(createSsdb(['ssdb://a'], { bytes: true }).get('a')).resolves.toEqualTypeOf<Uint8Array | null>();
  expectTypeOf(createPool(['ssdb://a'])).resolves.toHaveProperty('nodes');
  // @ts-expect-error a connection belongs to one server
  void createConnection(['ssdb://a']);
  // @ts-expect-error a weight is a number
  void createSsdb([{ address: 'ssdb://a', weight: '2' }]);
});
