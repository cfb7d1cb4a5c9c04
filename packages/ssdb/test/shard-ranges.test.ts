import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPool, createSsdb, type KvError, PartialError, type Ssdb } from '../src/index.ts';
import { scanSuite } from './scan-suite.ts';
import { all, type ShardRig, startShards, takeAway } from './shard-rig.ts';

const rig: ShardRig = await startShards(4);
const shards = rig.list.slice(0, 3);
/** The fourth server has everything that the other three have together. */
const big = rig.direct[3] as Ssdb;
let ssdb: Ssdb;

beforeAll(() => {
  ssdb = createSsdb(shards);
});
afterAll(async () => {
  await ssdb.close();
  await rig[Symbol.asyncDispose]();
});

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 });
const binary = fc.uint8Array({ minLength: 1, maxLength: 4 });
const bound = fc.oneof(fc.constant(''), name);
const data = fc.array(fc.oneof(name, binary), { maxLength: 25 });
const cut = fc.integer({ min: 1, max: 30 });

async function fill(names: readonly (string | Uint8Array)[]): Promise<void> {
  for (const target of [ssdb, big]) {
    await target.flushdb();
    const p = target.pipeline();
    for (const [i, key] of names.entries()) {
      void p.set(key, i);
      void p.hset(key, 'f', i);
      void p.zset(key, 'm', i);
      void p.qpushBack(key, i);
    }
    await p.execute();
  }
}

describe('[#213] ranges over three servers are those of one', () => {
  /** Names that are equal as text are refused: by several servers and by one alike. */
  const orRefusal = (call: Promise<unknown>): Promise<unknown> =>
    call.catch(({ code, message }: KvError) => [code, message]);

  test('in both directions, with any bounds and limit, for all types, as text and as bytes', async () => {
    await fc.assert(
      fc.asyncProperty(data, bound, bound, cut, async (names, start, end, limit) => {
        await fill(names);
        const ranges = (on: Ssdb | Ssdb<Uint8Array>): Promise<unknown[]> =>
          Promise.all(
            [
              on.scan(start, end, limit),
              on.rscan(start, end, limit),
              on.keys(start, end, limit),
              on.rkeys(start, end, limit),
              on.hlist(start, end, limit),
              on.hrlist(start, end, limit),
              on.zlist(start, end, limit),
              on.zrlist(start, end, limit),
              on.qlist(start, end, limit),
              on.qrlist(start, end, limit),
            ].map(orRefusal),
          );
        expect(await ranges(ssdb)).toEqual(await ranges(big));
        expect(await ranges(ssdb.with({ bytes: true }))).toEqual(await ranges(big.with({ bytes: true })));
      }),
      { numRuns: 40 },
    );
  });

  test('and so are split commands, with keys in any order and twice', async () => {
    await fc.assert(
      fc.asyncProperty(data, fc.array(name, { minLength: 1, maxLength: 8 }), async (names, more) => {
        await fill(names);
        const keys = [...names, ...more, ...names.slice(0, 2)];
        for (const call of ['multi_get', 'multi_exists', 'multi_hsize', 'multi_zsize', 'multi_del'])
          expect(await ssdb.execute(call, ...keys)).toEqual(await big.execute(call, ...keys));
        expect(await ssdb.keys('', '', 100)).toEqual(await big.keys('', '', 100));
      }),
      { numRuns: 40 },
    );
  });

  test('and so are iterators, whatever the size of their pages, also of a pool and below a prefix', async () => {
    await using pool = await createPool(shards);
    await fc.assert(
      fc.asyncProperty(data, fc.integer({ min: 1, max: 7 }), async (names, count) => {
        await fill(names);
        for (const on of [ssdb, pool]) {
          expect(await all(on.scanIterator({ count }))).toEqual(await all(big.scanIterator({ count })));
          expect(await all(on.rscanIterator({ count }))).toEqual(await all(big.rscanIterator({ count })));
          expect(await all(on.qrlistIterator({ count }))).toEqual(await all(big.qrlistIterator({ count })));
          const below = { keyPrefix: 'a' };
          expect(await all(on.with(below).keysIterator({ count }))).toEqual(
            await all(big.with(below).keysIterator({ count })),
          );
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('[#214] an iterator over three servers', () => {
  const names = Array.from({ length: 300 }, (_, i) => `key-${String(i).padStart(3, '0')}`);

  beforeEach(() => fill(names));

  test('asks one page per server, and the next when that has been read', async () => {
    const client = createSsdb(shards);
    const calls = (): number => client.stats().commands['keys']?.count ?? 0;
    const keys = client.keysIterator({ count: 10 });
    expect((await keys.next()).value).toBe(names[0]);
    expect(calls()).toBe(3);
    for (let i = 1; i < 5; i++) await keys.next();
    expect(calls()).toBeLessThanOrEqual(4);
    await keys.return();
    await client.close();
  });

  test('ends with the name of a server that fails, and gives nothing for the whole that is a part', async () => {
    await using client = createSsdb(shards, { backoff: () => undefined });
    const seen: string[] = [];
    const walk = async (): Promise<void> => {
      for await (const key of client.keysIterator({ count: 10 })) {
        if (seen.push(key) === 20) await takeAway(rig.proxies[1]);
      }
    };
    const error = await walk().catch((reason: unknown) => reason);
    await rig.proxies[1]?.accept();
    expect(error).toBeInstanceOf(PartialError);
    expect(error).toMatchObject({ message: expect.stringContaining('ssdb-2'), parts: [{ server: 'ssdb-2' }] });
    expect(seen).toEqual(names.slice(0, seen.length));
  });

  test('ends with AbortedError when its signal fires', async () => {
    const abort = new AbortController();
    const keys = ssdb.with({ signal: abort.signal }).keysIterator({ count: 10 });
    await keys.next();
    abort.abort();
    await expect(all(keys)).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('[#214] all iterators and prefixes on three servers', () => {
  scanSuite(shards);
});
