import { loadVectors } from '@kv/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { get, set } from '../src/commands/index.ts';
import { createConnection, createGibson, createPool, type Gibson, PartialError } from '../src/index.ts';
import { type ShardRig, startShards } from './shard-rig.ts';

interface Recorded {
  readonly keys: readonly { readonly key: string; readonly server: string }[];
}

const recorded: Recorded = loadVectors(new URL('../../core/test/vectors/rendezvous.vectors.json', import.meta.url));
const keys = recorded.keys.filter(({ key }) => key !== '' && !key.includes(' '));

let rig: ShardRig;
let gibson: Gibson;
/** The fourth server has everything that the other three have together. */
let big: Gibson;

beforeAll(async () => {
  rig = await startShards(4);
  gibson = createGibson(rig.list.slice(0, 3));
  big = rig.direct[3] as Gibson;
});
afterAll(async () => {
  await gibson.close();
  await rig[Symbol.asyncDispose]();
});

const LETTERS = 'abcdefghijklmnopqrstuvwxyz{'.split('');

async function empty(): Promise<void> {
  for (const server of rig.direct) for (const letter of LETTERS) await server.mdel(letter);
}

async function holders(key: string): Promise<string[]> {
  const found = await Promise.all(rig.direct.map((server) => server.get(key)));
  return rig.list.flatMap(({ name = '' }, i) => (found[i] === null ? [] : [name]));
}

describe('the server of a key', () => {
  test.each(keys)('[#208] is the recorded one: $key', async ({ key, server }) => {
    await gibson.set(key, 'v');
    expect(await holders(key)).toEqual([server]);
    expect(await gibson.get(key)).toBe('v');
    expect([await gibson.metaSize(key), await gibson.ttl(key, 60), await gibson.del(key)]).toEqual([1, true, true]);
  });

  test('[#209] equal names and connections to a list are refused', async () => {
    const [a] = rig.list;
    expect(() => createGibson([a, a] as never)).toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
    await expect(createConnection([a] as never)).rejects.toMatchObject({ code: 'ARGUMENT' });
    expect(
      createGibson(['gibson://a.example', { host: 'b.example' }])
        .nodes()
        .map(({ name }) => name),
    ).toEqual(['gibson://a.example', 'b.example:10128']);
  });

  test('[#210] is that of the key as it is sent, prefix included', async () => {
    await gibson.with({ keyPrefix: 'user:' }).set('2', 'v');
    expect(await holders('user:2')).toEqual(['ssdb-3']);
    await gibson.del('user:2');
  });
});

test('[#219] a fourth server takes 25 % of the keys, within 1 %, and none moves between the others', async () => {
  await empty();
  await using four = createGibson(rig.list, { timeout: 0 });
  const names = Array.from({ length: 3000 }, (_, i) => `k${i}`);
  await gibson.with({ timeout: 0 }).sendAll(names.map((name) => set(name, name)));
  const before = await Promise.all(rig.direct.map((server) => server.keys('k')));
  const found = await four.sendAll(names.map((name) => get(name)));
  const missing = names.filter((_, i) => found[i] === null);
  expect(Math.abs(missing.length / names.length - 0.25)).toBeLessThan(0.01);
  await four.sendAll(missing.map((name) => set(name, name)));
  expect((await rig.direct[3]?.keys('k'))?.toSorted()).toEqual(missing.toSorted());
  for (const i of [0, 1, 2]) expect(await rig.direct[i]?.keys('k')).toEqual(before[i]);
});

describe('[#215] commands below a prefix on three servers', () => {
  beforeEach(empty);

  const name = fc.stringMatching(/^[a-c]{1,4}$/);
  const names = fc.uniqueArray(name, { maxLength: 15 });

  async function fill(all: readonly string[]): Promise<void> {
    await empty();
    for (const target of [gibson, big]) await Promise.all(all.map((key, i) => target.set(key, String(i))));
  }

  test('find, count and change what one server would', async () => {
    await fc.assert(
      fc.asyncProperty(names, name, async (all, prefix) => {
        await fill(all);
        const both = async (call: (on: Gibson) => Promise<unknown>): Promise<void> =>
          expect(await call(gibson)).toEqual(await call(big));
        await both(async (on) => new Set(await on.mget(prefix)));
        await both(async (on) => (await on.keys(prefix)).toSorted());
        await both(async (on) => (await on.mget(prefix, { limit: 2 })).size);
        for (const call of ['count', 'minc', 'mdec', 'munlock', 'count', 'mdel', 'mdel'] as const)
          await both((on) => on[call](prefix));
        await fill(all);
        await both((on) => on.mttl(prefix, 100));
        await both((on) => on.mset(prefix, 'new'));
        await both((on) => on.mlock(prefix, 5));
        await both((on) => on.munlock(prefix));
        await both(async (on) => new Set(await on.mget(prefix)));
        await both(async (on) => new Set(await on.with({ bytes: true }).mget(prefix)));
      }),
      { numRuns: 25 },
    );
  });

  test('raw calls have the form that one server gives, and null where nothing was found', async () => {
    await fill(['aa', 'ab', 'ac']);
    const forms = async (on: Gibson): Promise<unknown[]> => [
      await on.execute('COUNT', 'a'),
      await on.execute('MDEL', 'zzz'),
      await on.execute('MGET', 'zzz'),
      await on.execute('PING'),
      ((await on.execute('KEYS', 'a')) as readonly (readonly [unknown, unknown])[]).map(([index]) => index),
      ((await on.execute('MGET', 'a')) as readonly (readonly [unknown, unknown])[]).map(([key, value]) => [
        typeof key,
        typeof value,
      ]),
    ];
    expect(await forms(gibson)).toEqual(await forms(big));
    expect(await forms(gibson.with({ bytes: true }) as never)).toEqual(await forms(big.with({ bytes: true }) as never));
  });

  test('STATS means one server: refused, and given by the view of one', async () => {
    await expect(gibson.stats()).rejects.toMatchObject({
      code: 'ARGUMENT',
      message: expect.stringContaining('nodes()'),
    });
    for (const { client } of gibson.nodes()) expect(await client.stats()).toHaveProperty('server_version');
    expect(await gibson.ping()).toBe('OK');
  });

  test('END closes the client', async () => {
    const client = createGibson(rig.list.slice(0, 3));
    expect(await client.end()).toBe('OK');
    expect(client.state).toBe('closed');
  });
});

describe('a server that is down', () => {
  let client: Gibson;

  beforeEach(async () => {
    await empty();
    client = createGibson(rig.list.slice(0, 3), { backoff: { min: 1, max: 5 } });
    for (const key of ['user:1', 'user:2', 'hello', 'b']) await client.set(key, key);
    await rig.proxies[0]?.refuse();
    rig.proxies[0]?.cut();
    await expect.poll(() => client.clientStats().nodes[0]?.ready, { interval: 2 }).toBe(false);
    return async () => {
      await client.close();
      await rig.proxies[0]?.accept();
    };
  });

  test('[#211] fails its own keys only', async () => {
    await expect(client.with({ timeout: 150 }).get('user:1')).rejects.toMatchObject({
      code: 'TIMEOUT',
      outcome: 'notSent',
    });
    expect([await client.get('user:2'), await client.get('hello')]).toEqual(['user:2', 'hello']);
    expect([client.state, client.clientStats().nodes.map(({ ready }) => ready)]).toEqual([
      'ready',
      [false, true, true],
    ]);
    await rig.proxies[0]?.accept();
    expect(await client.get('user:1')).toBe('user:1');
  });

  test('[#216] counts of the others are told, and reads never give a part for the whole', async () => {
    const late = client.with({ timeout: 1500 }); // time enough for the other servers
    const error = await late.mdel('user:').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PartialError);
    expect(error).toMatchObject({
      message: expect.stringContaining('on ssdb-1'),
      parts: [
        { server: 'ssdb-1', error: { code: 'TIMEOUT' } },
        { server: 'ssdb-2', value: 0 },
        { server: 'ssdb-3', value: 1 },
      ],
    });
    for (const call of [late.mget('h'), late.keys('h'), late.count('h'), late.ping()])
      await expect(call).rejects.toMatchObject({ code: 'BATCH', message: expect.stringContaining('on ssdb-1') });
  });
});

test('[#217] results of a batch stand in the order of the calls, and leases belong to one server', async () => {
  await empty();
  await using pool = await createPool(rig.list.slice(0, 3));
  expect(await gibson.sendAll([set('a', '1'), set('b', '2'), set('hello', '3')])).toEqual(['OK', 'OK', 'OK']);
  expect(await gibson.sendAll([get('hello'), get('a'), get('b')])).toEqual(['3', '1', '2']);
  await expect(pool.acquire()).rejects.toMatchObject({ code: 'ARGUMENT', message: expect.stringContaining('nodes()') });
  await using lease = await pool.acquire({ key: 'a' });
  expect(await lease.get('a')).toBe('1');
  await expect(lease.get('b')).rejects.toMatchObject({ code: 'ARGUMENT', outcome: 'notSent' });
  expect(await pool.nodes()[2]?.client.get('b')).toBe('2');
});
