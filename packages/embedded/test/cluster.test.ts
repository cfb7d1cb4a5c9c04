/** A cluster inside the process: what its nodes say is what real ones say, and the client works with it. */
import { createRedis, type Redis } from '@kv/redis';
import type { Reply } from '@kv/resp-parser';
import { ErrorReply } from '@kv/resp-parser';
import { Cluster as RealCluster, startCluster } from '@kv/testkit/topology/cluster';
import { judge, judgeTags } from '@kv/testkit/topology/judge';
import { startMover } from '@kv/testkit/topology/mover';
import { type RawCommand, RespConnection } from '@kv/testkit/topology/resp-connection';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type EmbeddedCluster, type EmbeddedNode, startEmbedded } from '../src/index.ts';

const SLOT = 15_495; // of the key a

async function started(nodes = 3): Promise<{ readonly url: string; readonly cluster: EmbeddedCluster }> {
  const embedded = await startEmbedded({ redis: { cluster: nodes } });
  onTestFinished(() => embedded.close());
  return { url: embedded.redis.url, cluster: embedded.cluster };
}

/** A free port whose next one is free as well. */
async function freePair(): Promise<number> {
  for (;;) {
    await using free = await startEmbedded({ redis: { port: 0 } });
    const { port = 0 } = free.redis;
    await free.close();
    const pair = await startEmbedded({ redis: { cluster: 2, port } }).catch(() => undefined);
    if (pair === undefined) continue;
    await pair.close();
    return port;
  }
}

function client(url: string): Redis {
  const redis = createRedis(url);
  onTestFinished(() => redis.close());
  return redis;
}

describe('answers as a real cluster does', () => {
  /** Where both clusters are, in the order of their slots. */
  interface Nodes {
    readonly places: readonly { readonly port: number; readonly id: string }[];
    readonly connections: readonly RespConnection[];
  }
  let real: RealCluster;
  let both: readonly Nodes[];
  const open: { close(): unknown }[] = [];

  beforeAll(async () => {
    real = await startCluster({ primaries: 3, replicas: 0 });
    const embedded = await startEmbedded({ redis: { cluster: 3 } });
    open.push(real, embedded);
    const dial = async (places: Nodes['places']): Promise<Nodes> => {
      const connections = await Promise.all(places.map(({ port }) => RespConnection.dial({ port })));
      open.push(...connections);
      return { places, connections };
    };
    const ordered = real.nodes.toSorted((x, y) => (x.slots[0]?.[0] ?? 0) - (y.slots[0]?.[0] ?? 0));
    both = [await dial(ordered), await dial(embedded.cluster.nodes)];
  }, 60_000);
  afterAll(async () => {
    for (const one of open.reverse()) await one.close();
  });

  /** A reply in which the nodes have names instead of their ids and ports. */
  function named(reply: Reply, { places }: Nodes): string {
    let text = JSON.stringify(reply instanceof ErrorReply ? `-${reply.message}` : reply);
    for (const [i, { port, id }] of places.entries())
      text = text.replaceAll(id, `id${i}`).replaceAll(String(port), `port${i}`);
    return text;
  }

  /** What a node of both clusters answers, checked to be the same. `idN` and `portN` in commands stand for node N. */
  async function asked(node: number, ...commands: readonly RawCommand[]): Promise<string[]> {
    const answers = await Promise.all(
      both.map(async (nodes) => {
        const filled = commands.map((command) =>
          command.map((word) => {
            const [, kind, at] = /^(id|port)(\d)$/.exec(String(word)) ?? [];
            const place = nodes.places[Number(at)];
            return kind === undefined || place === undefined ? word : String(kind === 'id' ? place.id : place.port);
          }),
        );
        const replies = await (nodes.connections[node] as RespConnection).replies(
          ...(filled as unknown as RawCommand[]),
        );
        return replies.map((reply) => named(reply, nodes));
      }),
    );
    expect(answers[1]).toEqual(answers[0]);
    return answers[0] as string[];
  }

  it('to commands on keys of its slots, of others, and of several', async () => {
    expect(await asked(2, ['SET', 'a', '1'], ['GET', 'a'])).toEqual(['"OK"', '"1"']);
    expect(await asked(0, ['GET', 'a'])).toEqual([`"-MOVED ${SLOT} 127.0.0.1:port2"`]);
    await asked(1, ['MGET', 'a', 'a'], ['MGET', 'a', 'b'], ['SSUBSCRIBE', 'a'], ['SPUBLISH', 'a', 'm'], ['WATCH', 'a']);
    await asked(2, ['MSET', 'a', '1', 'b', '2'], ['SINTERSTORE', 'a', 'b'], ['LMPOP', '2', 'a', 'b', 'LEFT']);
    await asked(2, ['BLPOP', 'b', '0'], ['COPY', 'a', 'b'], ['SORT', 'a', 'STORE', 'b'], ['DEL', 'a', '{a}2']);
  });

  it('to what a cluster does not have', async () => {
    await asked(
      2,
      ['SELECT', '0'],
      ['SELECT', '1'],
      ['MOVE', 'a', '1'],
      ['SWAPDB', '0', '1'],
      ['COPY', 'a', '{a}', 'DB', '1'],
    );
    await asked(2, ['SORT', 'a', 'BY', 'w*'], ['SORT', 'a', 'GET', '#'], ['SORT', 'a', 'BY', 'nosort']);
  });

  it('about slots, and keys in them', async () => {
    await asked(
      0,
      ['CLUSTER', 'SLOTS'],
      ['CLUSTER', 'KEYSLOT', '{user}:1'],
      ['CLUSTER', 'KEYSLOT', 'ключ'],
      ['CLUSTER', 'MYID'],
    );
    await asked(2, ['SET', 'a', '1'], ['SET', '{a}2', '1']);
    await asked(2, ['CLUSTER', 'COUNTKEYSINSLOT', String(SLOT)], ['CLUSTER', 'COUNTKEYSINSLOT', '16384']);
    await asked(2, ['CLUSTER', 'GETKEYSINSLOT', String(SLOT), '-1'], ['CLUSTER', 'GETKEYSINSLOT', 'x', '1']);
    await asked(
      2,
      ['CLUSTER', 'SETSLOT', String(SLOT), 'NODE', 'id0'],
      ['CLUSTER', 'SETSLOT', String(SLOT), 'X', 'id0'],
    );
    await asked(2, ['CLUSTER', 'SETSLOT', String(SLOT), 'IMPORTING', 'id0'], ['CLUSTER', 'SETSLOT', '99999', 'STABLE']);
    await asked(
      0,
      ['CLUSTER', 'SETSLOT', String(SLOT), 'MIGRATING', 'id0'],
      ['CLUSTER', 'SETSLOT', '1', 'MIGRATING', 'x'],
    );
    await asked(2, ['DEL', 'a', '{a}2']);
  });

  it('to transactions', async () => {
    await asked(2, ['MULTI'], ['SET', 'a', '1'], ['EXEC']);
    await asked(2, ['MULTI'], ['SET', 'a', '1'], ['GET', 'b'], ['EXEC']);
    await asked(2, ['MULTI'], ['SET', 'a', '1'], ['GET', 'foo'], ['EXEC']);
    await asked(0, ['MULTI'], ['GET', 'a'], ['EXEC'], ['PING']);
    await asked(2, ['DEL', 'a']);
  });

  it('while a slot is on its way, key by key, and afterwards', async () => {
    const slot = String(SLOT);
    await asked(2, ['MSET', 'a', '1', '{a}2', '2']);
    await asked(0, ['CLUSTER', 'SETSLOT', slot, 'IMPORTING', 'id2']);
    await asked(2, ['CLUSTER', 'SETSLOT', slot, 'MIGRATING', 'id0']);
    expect(
      await asked(
        2,
        ['MIGRATE', '127.0.0.1', 'port0', 'a', '0', '1000'],
        ['MIGRATE', '127.0.0.1', 'port0', 'a', '0', '1000'],
      ),
    ).toEqual(['"OK"', '"NOKEY"']);
    expect(await asked(2, ['GET', 'a'], ['GET', '{a}2'], ['GET', '{a}3'])).toEqual([
      `"-ASK ${SLOT} 127.0.0.1:port0"`,
      '"2"',
      `"-ASK ${SLOT} 127.0.0.1:port0"`,
    ]);
    await asked(
      2,
      ['MGET', 'a', '{a}2'],
      ['MGET', 'a', '{a}3'],
      ['MULTI'],
      ['GET', '{a}2'],
      ['EXEC'],
      ['MULTI'],
      ['GET', 'a'],
      ['EXEC'],
    );
    await asked(0, ['GET', 'a'], ['ASKING'], ['GET', 'a'], ['GET', 'a'], ['ASKING'], ['PING'], ['GET', 'a']);
    await asked(0, ['ASKING'], ['MGET', 'a', '{a}2'], ['ASKING'], ['GET', '{a}2'], ['ASKING'], ['SET', '{a}4', '4']);
    await asked(0, ['ASKING'], ['MULTI'], ['INCR', 'a'], ['GET', '{a}4'], ['EXEC'], ['GET', 'a'], ['DISCARD']);
    await asked(2, ['MIGRATE', '127.0.0.1', 'port0', '', '0', '1000', 'REPLACE', 'KEYS', '{a}2', '{a}9']);
    for (const node of [0, 2, 1]) await asked(node, ['CLUSTER', 'SETSLOT', slot, 'NODE', 'id0']);
    expect(await asked(2, ['GET', 'a'])).toEqual([`"-MOVED ${SLOT} 127.0.0.1:port0"`]);
    await asked(0, ['MGET', 'a', '{a}2', '{a}4'], ['CLUSTER', 'SLOTS'], ['DEL', 'a', '{a}2', '{a}4']);
  });
});

describe('with the client', () => {
  it('keys of all nodes are reached, and commands over them are divided', async () => {
    const { url, cluster } = await started();
    const redis = client(url);
    const keys = Array.from({ length: 60 }, (_, i) => `k${i}`);
    await redis.mset(Object.fromEntries(keys.map((key) => [key, key])));
    expect(await redis.mget(...keys)).toEqual(keys);
    expect(await redis.dbsize()).toBe(60);
    const found: string[] = [];
    for await (const key of redis.scanIterator()) found.push(key);
    expect(found.toSorted()).toEqual(keys.toSorted());
    expect(redis.nodes().map(({ id }) => id)).toEqual(cluster.nodes.map(({ id }) => id));
    const sizes = await Promise.all(redis.nodes().map(({ client: one }) => one.dbsize()));
    expect(sizes.every((size) => size > 0 && size < 60)).toBe(true);
  });

  it('a slot that is moved takes its keys, their times to live, its poppers and its channels along', async () => {
    const embedded = await startEmbedded({ redis: { cluster: 3 }, frozenAt: 1_700_000_000_000 });
    onTestFinished(() => embedded.close());
    const { cluster } = embedded;
    const redis = client(embedded.redis.url);
    await redis.set('a', 'v', { px: 5000 });
    const popped = redis.blpop('{a}list', 30);
    const news = await redis.ssubscribe('{a}news');
    const gap = new Promise((resolve) => news.on('gap', resolve));
    const [target] = cluster.nodes as [EmbeddedNode];
    expect(cluster.nodeOf(SLOT)).toBe(cluster.nodes[2]);
    cluster.moveSlot(SLOT, target);
    expect(cluster.nodeOf(SLOT)).toBe(target);
    expect([await redis.get('a'), await redis.pttl('a')]).toEqual(['v', 5000]);
    await redis.rpush('{a}list', 'x');
    expect(await popped).toEqual({ key: '{a}list', element: 'x' });
    expect(await gap).toEqual({ reason: 'moved' });
    await redis.spublish('{a}news', 'here');
    expect((await news.next()).value).toMatchObject({ message: 'here' });
    embedded.advance(5000);
    expect(await redis.get('a')).toBeNull();
    await using alone = createRedis(target.url);
    expect(await alone.exists('a')).toBe(0);
  });

  it('messages of channels reach subscribers of all nodes', async () => {
    const { url, cluster } = await started();
    const redis = client(url);
    const news = await redis.subscribe('news');
    for (const [i, node] of cluster.nodes.entries()) {
      await using alone = createRedis(node.url);
      await alone.publish('news', String(i));
      expect((await news.next()).value).toMatchObject({ message: String(i) });
    }
  });

  it('order, counts and redirects are right while slots move key by key', async () => {
    const { url, cluster } = await started();
    const moved = await RealCluster.attach(cluster.nodes.map(({ port }, shard) => ({ port, busPort: 0, shard })));
    const redis = client(url);
    await redis.connect();
    const slots = await Promise.all(judgeTags(8).map((tag) => moved.slotOf(tag)));
    const mover = startMover(moved, { slots, duration: 30_000 });
    const verdict = await judge(
      {
        set: (key, value) => redis.set(key, value),
        get: (key) => redis.get(key),
        incr: (key) => redis.incr(key),
        close: () => redis.close(),
      },
      {
        duration: 3000,
        keysPerTag: 2, // servers, client and mover share one event loop
        inFlight: 1,
        actual: async (key) => {
          await mover.stop();
          return redis.get(key);
        },
      },
    );
    const { moves } = await mover.stop();
    expect(verdict).toMatchObject({ redirects: 0, rejected: 0, wrongGets: [], wrongCounters: [], hung: 0 });
    expect(moves).toBeGreaterThan(0);
  }, 30_000);

  it('transactions and sessions are on the node of their key', async () => {
    const { url, cluster } = await started();
    const redis = client(url);
    const multi = redis.multi();
    void multi.incr('a');
    void multi.incr('a');
    expect(await multi.execute()).toEqual([1, 2]);
    const session = await redis.session({ key: 'a' });
    cluster.moveSlot(SLOT, 1);
    expect(await session.get('a').catch((error: { prefix: string }) => error.prefix)).toBe('MOVED');
    await session.release();
    expect(await redis.get('a')).toBe('2');
  });
});

describe('startEmbedded', () => {
  it('takes a first port, and a password that all nodes ask for', async () => {
    const port = await freePair();
    const embedded = await startEmbedded({ redis: { cluster: 2, port, password: 'secret' } });
    onTestFinished(() => embedded.close());
    expect(embedded.cluster.nodes.map((node) => node.port)).toEqual([port, port + 1]);
    expect(embedded.redis.url).toBe(`redis+cluster://127.0.0.1:${port},127.0.0.1:${port + 1}`);
    const redis = createRedis(embedded.redis.address, { password: 'secret' });
    onTestFinished(() => redis.close());
    await redis.mset({ a: '1', b: '2' });
    expect(await redis.mget('a', 'b')).toEqual(['1', '2']);
    await expect(client(embedded.redis.url).get('a')).rejects.toMatchObject({ outcome: 'notSent' });
  });

  it.each([0, -1, 1.5, 101, Number.NaN])('refuses %d nodes', async (cluster) => {
    await expect(startEmbedded({ redis: { cluster } })).rejects.toThrow(RangeError);
  });

  it('moves no slot that is not there, and to no node that is not there', async () => {
    const { cluster } = await started(2);
    for (const slot of [-1, 16_384, 0.5]) expect(() => cluster.moveSlot(slot, 0)).toThrow(RangeError);
    for (const node of [2, -1]) expect(() => cluster.moveSlot(0, node)).toThrow(RangeError);
    expect(() => cluster.nodeOf(16_384)).toThrow(RangeError);
  });

  it('leaves nothing behind when a port is taken', async () => {
    const port = await freePair();
    await using second = await startEmbedded({ redis: { port: port + 1 } });
    await expect(startEmbedded({ redis: { cluster: 2, port } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await using first = await startEmbedded({ redis: { port } }); // it is free again
    expect([first.redis.port, second.redis.port]).toEqual([port, port + 1]);
  });
});
