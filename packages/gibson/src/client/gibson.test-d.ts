import {
  createConnection,
  createGibson,
  createPool,
  Gibson,
  type GibsonConnection,
  type GibsonLease,
  keyValue,
} from '@kv/gibson';
import { get, mget, set } from '@kv/gibson/commands';
import { expectTypeOf, test } from 'vitest';

test('user data is text, or bytes when bytes are asked for', async () => {
  const gibson = createGibson();
  expectTypeOf(gibson).toEqualTypeOf<Gibson<string>>();
  expectTypeOf(gibson.get('k')).resolves.toEqualTypeOf<string | null>();
  expectTypeOf(gibson.mget('k')).resolves.toEqualTypeOf<Map<string, string>>();
  expectTypeOf(gibson.with({ bytes: true }).keys('k')).resolves.toEqualTypeOf<Uint8Array[]>();
  expectTypeOf(createGibson(undefined, { bytes: true }).get('k')).resolves.toEqualTypeOf<Uint8Array | null>();
  expectTypeOf(createPool('gibson://h', { bytes: true }).then((pool) => pool.acquire())).resolves.toEqualTypeOf<
    GibsonLease<Uint8Array>
  >();
  expectTypeOf(createConnection()).resolves.toEqualTypeOf<GibsonConnection<string>>();
});

test('results do not depend on it where they are no user data', () => {
  const bytes = createGibson(undefined, { bytes: true });
  expectTypeOf(bytes.set('k', 'v')).resolves.toEqualTypeOf<'OK'>();
  expectTypeOf(bytes.inc('k')).resolves.toEqualTypeOf<number | bigint>();
  expectTypeOf(bytes.del('k')).resolves.toEqualTypeOf<boolean>();
  expectTypeOf(bytes.mdel('k')).resolves.toEqualTypeOf<number>();
});

test('sendAll keeps the type of each position', () => {
  const results = createGibson().sendAll([set('k', 1), get('k'), mget('k')]);
  expectTypeOf(results).resolves.toEqualTypeOf<['OK', string | null, Map<string, string>]>();
});

test('options that do not exist do not compile', () => {
  const gibson = createGibson();
  // @ts-expect-error a time to live is `ttl`, in seconds
  void gibson.set('k', 'v', { ex: 5 });
  // @ts-expect-error a limit is an option
  void gibson.mget('k', 5);
  // @ts-expect-error there is no pipelining
  void createGibson('gibson://h', { pipeline: true });
});

test('a class of users keeps its type', () => {
  class Mine extends Gibson {
    hello(): string {
      return this.address;
    }
  }
  const mine = createGibson('gibson://h', { client: Mine });
  expectTypeOf(mine).toEqualTypeOf<Mine>();
  expectTypeOf(mine.with({ timeout: 5 })).toEqualTypeOf<Mine>();
});

test('a lease has the type that its options ask for', async () => {
  const pool = await createPool();
  expectTypeOf(pool.acquire()).resolves.toEqualTypeOf<GibsonLease>();
  expectTypeOf(pool.acquire({ timeout: 5 })).resolves.toEqualTypeOf<GibsonLease>();
  expectTypeOf(pool.acquire({ bytes: true })).resolves.toEqualTypeOf<GibsonLease<Uint8Array>>();
  expectTypeOf(pool.with({ bytes: true }).acquire({ bytes: false })).resolves.toEqualTypeOf<GibsonLease>();
});

test('several servers', () => {
  const client = createGibson(['gibson://a', { address: { host: 'b' }, name: 'b', weight: 2 }]);
  expectTypeOf(client).toEqualTypeOf<Gibson>();
  expectTypeOf(client.nodes()[0]?.client).toEqualTypeOf<Gibson | undefined>();
  expectTypeOf(createGibson(['gibson://a'], { bytes: true }).get('a')).resolves.toEqualTypeOf<Uint8Array | null>();
  expectTypeOf(createPool(['gibson://a'])).resolves.toHaveProperty('nodes');
  // @ts-expect-error a connection belongs to one server
  void createConnection(['gibson://a']);
  // @ts-expect-error a weight is a number
  void createGibson([{ address: 'gibson://a', weight: '2' }]);
});

test('setMany of a KeyValue takes an interface as well as an object', () => {
  interface User {
    name: string;
    age: number;
  }
  const several = keyValue(createGibson());
  expectTypeOf(several.setMany({} as User)).toEqualTypeOf<Promise<void>>();
  // @ts-expect-error a date is no data
  void several.setMany({} as User & { born: Date });
});
