import { loadVectors } from '@kv/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createConnection, createPool, createSsdb, PartialError, type Ssdb } from '../src/index.ts';
import { commandTable } from '../src/protocol/command-table.ts';
import { shardRules } from '../src/protocol/shard-rules.ts';
import { all, type ShardRig, startShards, takeAway } from './shard-rig.ts';

interface Recorded {
  readonly servers: readonly { readonly name: string }[];
  readonly weights2: readonly number[];
  readonly keys: readonly { readonly key: string; readonly server: string; readonly serverWeights2: string }[];
}

const recorded: Recorded = loadVectors(new URL('../../core/test/vectors/rendezvous.vectors.json', import.meta.url));
const keys = recorded.keys.filter(({ key }) => key !== '' && Buffer.byteLength(key) <= 255);

let rig: ShardRig;
let ssdb: Ssdb;

beforeAll(async () => {
  rig = await startShards(4);
  ssdb = createSsdb(rig.list.slice(0, 3));
});
afterAll(async () => {
  await ssdb.close();
  await rig[Symbol.asyncDispose]();
});
beforeEach(async () => {
  for (const server of rig.direct) await server.flushdb();
});

/** Which servers have a key. */
async function holders(key: string | Uint8Array): Promise<string[]> {
  const found = await Promise.all(rig.direct.map((server) => server.exists(key)));
  return rig.list.flatMap(({ name = '' }, i) => (found[i] === true ? [name] : []));
}

describe('the server of a key', () => {
  test.each(keys)('[#208] is the recorded one: $key, as text and as bytes', async ({ key, server }) => {
    for (const form of [key, new TextEncoder().encode(key)]) {
      await ssdb.set(form, 1);
      expect(await holders(key)).toEqual([server]);
      expect(await ssdb.get(form)).toBe('1');
      expect(await ssdb.del(form)).toBe(true);
    }
  });

  test.each(keys)('[#208] is the recorded one with weights: $key', async ({ key, serverWeights2 }) => {
    const weighted = rig.list.slice(0, 3).map((server, i) => ({ ...server, weight: recorded.weights2[i] }));
    await using client = createSsdb(weighted);
    await client.set(key, 1);
    expect(await holders(key)).toEqual([serverWeights2]);
  });

  test('[#209] does not depend on the order of the list, nor on the address under a kept name', async () => {
    await using reversed = createSsdb(rig.list.slice(0, 3).toReversed());
    for (const { key } of keys) await ssdb.set(key, key);
    for (const { key } of keys) expect(await reversed.get(key)).toBe(key);
    const moved = rig.list
      .slice(0, 3)
      .map((server, i) => (i === 0 ? { ...server, address: rig.list[3]?.address ?? '' } : server));
    await using elsewhere = createSsdb(moved);
    await elsewhere.set('a', 'on another address');
    expect(await rig.direct[3]?.get('a')).toBe('on another address');
  });

  test('[#209] two servers of one name, an empty list and unknown properties are refused', async () => {
    const [a] = rig.list;
    const refused = { code: 'ARGUMENT' };
    for (const list of [[a, a], [], ['ssdb://h:1', 'ssdb://h:1'], [{ ...a, wieght: 2 }], [{ ...a, weight: 0 }]]) {
      expect(() => createSsdb(list as never)).toThrow(expect.objectContaining(refused));
      await expect(createPool(list as never)).rejects.toMatchObject(refused);
    }
    await expect(createConnection([a] as never)).rejects.toMatchObject(refused);
    expect(() => createSsdb(['ssdb://h:1?timeout=5', 'ssdb://i:1'])).toThrow(expect.objectContaining(refused));
  });

  test('[#209] the name is the address as written, without the password', () => {
    const client = createSsdb(['ssdb://:secret@a.example:1', 'ssdb://b.example', { host: 'c.example', port: 3 }]);
    expect(client.nodes().map(({ name, address }) => [name, address])).toEqual([
      ['ssdb://a.example:1', 'a.example:1'],
      ['ssdb://b.example', 'b.example:8888'],
      ['c.example:3', 'c.example:3'],
    ]);
    expect(client.address).toBe('a.example:1,b.example:8888,c.example:3');
  });

  test('[#210] is that of the key as it is sent, prefix included', async () => {
    const view = ssdb.with({ keyPrefix: 'user:' });
    await view.set('1', 'x');
    expect(await holders('user:1')).toEqual(['ssdb-1']);
    expect(await ssdb.get('user:1')).toBe('x');
    await view.multiSet({ 1: 'a', 2: 'b' });
    expect([await holders('user:1'), await holders('user:2')]).toEqual([['ssdb-1'], ['ssdb-3']]);
    expect(await view.multiGet('2', '1', 'none')).toEqual(
      new Map([
        ['2', 'b'],
        ['1', 'a'],
      ]),
    );
  });

  test('[#219] a fourth server takes 25 % of the keys, within 1 %, and none moves between the others', async () => {
    await using four = createSsdb(rig.list);
    const names = Array.from({ length: 10_000 }, (_, i) => `k${i}`);
    await ssdb.multiSet(names.map((name): [string, string] => [name, name]));
    const before = await Promise.all(rig.direct.map(async (server) => new Set(await server.keys('', '', 20_000))));
    const found = await four.multiGet(names);
    const missing = names.filter((name) => !found.has(name));
    expect(Math.abs(missing.length / names.length - 0.25)).toBeLessThan(0.01);
    await four.multiSet(missing.map((name): [string, string] => [name, name]));
    expect(new Set(await rig.direct[3]?.keys('', '', 20_000))).toEqual(new Set(missing));
    for (const i of [0, 1, 2]) expect(new Set(await rig.direct[i]?.keys('', '', 20_000))).toEqual(before[i]);
  });
});

describe('where commands go', () => {
  test('[#213] every command that the server knows has a place', () => {
    const rules = shardRules();
    const counts: Record<string, number> = {};
    for (const [name, { keys: own }] of commandTable()) {
      const route = rules.get(name)?.route ?? (own === null ? 'none' : 'key');
      counts[route] = (counts[route] ?? 0) + 1;
    }
    expect(counts).toEqual({ key: 82, split: 6, all: 19, first: 1, refuse: 11 });
  });

  test('[#213] split commands answer in the order of the call, also for a key that is asked twice', async () => {
    const names = ['b', 'a', 'hello', 'user:2', 'user:1'];
    expect(await ssdb.multiSet(names.map((name): [string, string] => [name, `v-${name}`]))).toBe(5);
    expect([...(await ssdb.multiGet(...names, 'none')).keys()]).toEqual(names);
    expect(await ssdb.execute('multi_get', 'b', 'a', 'none', 'b')).toEqual({
      status: 'ok',
      body: ['b', 'v-b', 'a', 'v-a', 'b', 'v-b'],
    });
    expect([...(await ssdb.multiExists('none', 'b', 'a'))]).toEqual([
      ['none', false],
      ['b', true],
      ['a', true],
    ]);
    await ssdb.hset('a', 'f', 1);
    await ssdb.zset('b', 'm', 1);
    expect([...(await ssdb.multiHsize('b', 'a'))]).toEqual([
      ['b', 0],
      ['a', 1],
    ]);
    expect([...(await ssdb.multiZsize('b', 'a'))]).toEqual([
      ['b', 1],
      ['a', 0],
    ]);
    expect(await ssdb.multiDel(...names, 'none')).toBe(await one(names));
    expect(await ssdb.dbsize()).toBe(await total());
  });

  test('[#213] keys that are not text come back as they are', async () => {
    const binary = [Uint8Array.of(0xff, 1), Uint8Array.of(0xff, 2), Uint8Array.of(0xfe), Uint8Array.of(0x80)];
    await ssdb.multiSet(binary.map((key): [Uint8Array, string] => [key, 'v']));
    const bytes = ssdb.with({ bytes: true });
    expect((await bytes.keys('', '', 10)).map((key) => [...key])).toEqual([[0x80], [0xfe], [0xff, 1], [0xff, 2]]);
    expect((await ssdb.execute('multi_get', ...binary)).body).toHaveLength(8);
    expect(await ssdb.keys('', '', 10)).toHaveLength(4);
  });

  test('[#213] commands for all servers, sums, and the version of the first', async () => {
    await ssdb.multiSet({ a: 1, b: 2, hello: 3 });
    expect(await ssdb.dbsize()).toBe(await total());
    expect(await ssdb.ping()).toBe(await rig.direct[0]?.ping());
    expect(await ssdb.version()).toBe(await rig.direct[0]?.version());
    await ssdb.compact();
    await ssdb.flushdb();
    expect(await ssdb.keys('', '', 10)).toEqual([]);
  });

  test('[#213] commands that mean one server are refused, and work on the view of one', async () => {
    const refused = { code: 'ARGUMENT', outcome: 'notSent', message: expect.stringContaining('nodes()') };
    await expect(ssdb.info()).rejects.toMatchObject(refused);
    await expect(ssdb.execute('get_kv_range')).rejects.toMatchObject(refused);
    await expect(ssdb.execute('a_new_command', 'x')).rejects.toMatchObject(refused);
    await expect(all(ssdb.dump())).rejects.toMatchObject(refused);
    await expect(all(ssdb.sync140())).rejects.toMatchObject(refused);
    await expect(ssdb.pipeline().execute()).resolves.toEqual([]);
    const p = ssdb.pipeline();
    void p.set('a', 1);
    void p.info();
    await expect(p.execute()).rejects.toMatchObject({ code: 'BATCH', outcome: 'notSent' });
    expect(await ssdb.exists('a')).toBe(false);
    for (const { client } of ssdb.nodes()) expect((await client.info()).values.get('version')).toBeDefined();
  });

  test('[#213] a wrong number of arguments is refused by the server, once', async () => {
    await expect(ssdb.execute('scan', 'a')).rejects.toMatchObject({ code: 'REPLY', outcome: 'refused' });
    await expect(ssdb.execute('multi_get')).rejects.toMatchObject({ code: 'REPLY', outcome: 'refused' });
    await expect(ssdb.execute('get')).rejects.toMatchObject({ code: 'REPLY', outcome: 'refused' });
  });

  async function total(): Promise<number> {
    const sizes = await Promise.all(rig.direct.slice(0, 3).map((server) => server.dbsize()));
    return sizes.reduce((a, b) => a + b, 0);
  }

  /** What multi_del counts: on one server all keys that it was given. */
  async function one(names: readonly string[]): Promise<number> {
    return (await rig.direct[3]?.multiDel(...names, 'none')) ?? 0;
  }
});

describe('a view of one server', () => {
  test('[#212] sends everything there, and shares connections, state and close with its client', async () => {
    await using client = createSsdb(rig.list.slice(0, 3), { connections: 1 });
    const [node] = client.nodes();
    expect(node).toMatchObject({ name: 'ssdb-1', address: expect.stringContaining('127.0.0.1:') });
    expect(node?.client.constructor).toBe(client.constructor);
    await node?.client.set('b', 'on the first');
    expect(await rig.direct[0]?.get('b')).toBe('on the first');
    expect([client.state, node?.client.state]).toEqual(['ready', 'ready']);
    expect(client.stats().nodes.map(({ name, ready, connections }) => [name, ready, connections.shared.size])).toEqual([
      ['ssdb-1', true, 1],
      ['ssdb-2', false, 0],
      ['ssdb-3', false, 0],
    ]);
    expect(await all((node?.client ?? client).keysIterator())).toEqual(['b']);
    await client.close();
    await expect(node?.client.get('b')).rejects.toMatchObject({ code: 'CLOSED', outcome: 'notSent' });
    expect(node?.client.state).toBe('closed');
  });

  test('[#212] a class of the user keeps its own methods there', async () => {
    const { Ssdb: Base } = await import('../src/index.ts');
    class Own extends Base {
      hello(): string {
        return `hello ${this.address}`;
      }
    }
    const client = createSsdb(rig.list.slice(0, 3), { client: Own });
    expect(client.nodes().map((node) => node.client.hello())).toEqual(
      client.nodes().map(({ address }) => `hello ${address}`),
    );
    await client.close();
  });

  test('[#217] pools: leases belong to the server of a key, and refuse keys of the others', async () => {
    await using pool = await createPool(rig.list.slice(0, 3), { maxSize: 2, keyPrefix: 'user:' });
    await expect(pool.acquire()).rejects.toMatchObject({
      code: 'ARGUMENT',
      message: expect.stringContaining('nodes()'),
    });
    await using lease = await pool.acquire({ key: '1' });
    await lease.set('1', 'mine');
    expect(await rig.direct[0]?.get('user:1')).toBe('mine');
    await expect(lease.set('2', 'theirs')).rejects.toMatchObject({ code: 'ARGUMENT', outcome: 'notSent' });
    await expect(lease.multiGet('1', '2')).rejects.toMatchObject({ code: 'ARGUMENT', outcome: 'notSent' });
    expect([pool.minSize, pool.maxSize, pool.nodes().length]).toEqual([1, 2, 3]);
    await using own = await (pool.nodes()[1]?.client ?? pool).acquire();
    await own.set('anything', 1);
    expect(await rig.direct[1]?.exists('user:anything')).toBe(true);
  });
});

describe('a server that is down', () => {
  let client: Ssdb;

  beforeEach(async () => {
    client = createSsdb(rig.list.slice(0, 3), { backoff: { min: 1, max: 5 } });
    await client.connect();
    await client.multiSet({ a: 1, b: 2, hello: 3 });
  });

  /** Calls end soon that wait for the server that is down. */
  const hasty = (): Ssdb => client.with({ timeout: 150 });
  /** The same, with time enough for the other servers. */
  const patient = (): Ssdb => client.with({ timeout: 1500 });

  async function whileDown(server: number, act: () => Promise<void>): Promise<void> {
    await takeAway(rig.proxies[server]);
    await expect.poll(() => client.stats().nodes[server]?.ready, { interval: 2 }).toBe(false);
    try {
      await act();
    } finally {
      await rig.proxies[server]?.accept();
      await client.close();
    }
  }

  test('[#211] fails its own keys only, and they never wander', () =>
    whileDown(0, async () => {
      await expect(hasty().get('a')).rejects.toMatchObject({ code: 'TIMEOUT', outcome: 'notSent' });
      await expect(hasty().set('a', 'new')).rejects.toMatchObject({ code: 'TIMEOUT', outcome: 'notSent' });
      expect([await client.get('b'), await client.get('hello')]).toEqual(['2', '3']);
      expect(client.state).toBe('ready');
      await rig.proxies[0]?.accept();
      expect(await client.get('a')).toBe('1');
      expect(await holders('a')).toEqual(['ssdb-1']);
    }));

  test('[#216] a split command says part by part what was done, with the names of the servers', () =>
    whileDown(0, async () => {
      const error = await patient()
        .multiDel('a', 'b', 'hello')
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(PartialError);
      expect(error).toMatchObject({
        code: 'BATCH',
        outcome: 'refused',
        message: expect.stringContaining('on ssdb-1'),
        parts: [
          { keys: [0], server: 'ssdb-1', error: { code: 'TIMEOUT', outcome: 'notSent' } },
          { keys: [2], server: 'ssdb-2', value: 1 },
          { keys: [1], server: 'ssdb-3', value: 1 },
        ],
      });
    }));

  test('[#216] reads never give a part for the whole', () =>
    whileDown(0, async () => {
      const late = patient();
      for (const call of [late.multiGet('a', 'b'), late.keys('', '', 10), late.scan('', '', 10), late.dbsize()])
        await expect(call).rejects.toMatchObject({ code: 'BATCH', message: expect.stringContaining('on ssdb-1') });
    }));

  test('[#212] is seen in stats().nodes, with the reason', () =>
    whileDown(0, async () => {
      await hasty()
        .get('a')
        .catch(() => undefined);
      const [first, second] = client.stats().nodes;
      expect([first?.ready, first?.lastError?.code, second?.ready]).toEqual([false, 'CONNECTION', true]);
    }));

  test('[#212] connect() resolves when one server is there', () =>
    whileDown(0, async () => {
      await using late = createSsdb(rig.list.slice(0, 3));
      await late.connect();
      expect(late.state).toBe('ready');
      await using pool = await createPool(rig.list.slice(0, 3));
      expect(await pool.get('b')).toBe('2');
    }));
});

describe('batches', () => {
  test('[#217] results stand in the order of the calls, whatever server they come from', async () => {
    const p = ssdb.pipeline();
    void p.set('a', 1);
    void p.multiSet({ b: 2, hello: 3 });
    void p.incr('a');
    void p.multiGet('hello', 'a', 'b');
    void p.keys('', '', 10);
    void p.del('b');
    void p.multiExists('a', 'b');
    expect(await p.execute()).toEqual([
      true,
      2,
      2,
      new Map([
        ['hello', '3'],
        ['a', '2'],
        ['b', '2'],
      ]),
      ['a', 'b', 'hello'],
      true,
      new Map([
        ['a', true],
        ['b', false],
      ]),
    ]);
  });

  test('[#217] what is called on one key runs in the order of the calls, with thousands under way', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `k${i}`);
    const calls = Array.from({ length: 3000 }, (_, i) => {
      const name = names[i % names.length] as string;
      return Promise.all([ssdb.set(name, i), ssdb.get(name)]);
    });
    const read = await Promise.all(calls);
    expect(read.map(([, value]) => Number(value))).toEqual(read.map((_, i) => i));
  });
});
