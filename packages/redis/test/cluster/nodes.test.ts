import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type Cluster, startCluster } from '@kv/testkit/topology/cluster';
import type { ClusterNode } from '@kv/testkit/topology/cluster-node';
import { ok } from '@kv/testkit/topology/resp-text';
import { scriptedCluster } from '@kv/testkit/topology/scripted-cluster';
import type { ScriptedNode } from '@kv/testkit/topology/scripted-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CommandEvent, type ConnectEvent, createRedis, type KvError, Redis } from '../../src/index.ts';
import { otherPrimary, slotMoved } from './moves.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ primaries: 3, replicas: 1 });
}, 60_000);
afterAll(() => cluster.close());

let redis: Redis;
beforeEach(async () => {
  redis = createRedis(cluster.url, { protocol: 3 });
  await redis.flushall();
});
afterEach(() => redis.close());

const settle = (call: Promise<unknown>): Promise<KvError> =>
  call.then(
    (value) => expect.fail(`expected an error, got ${String(value)}`),
    (error: KvError) => error,
  );

const addresses = (nodes: readonly { readonly address: string }[]): string[] =>
  nodes.map(({ address }) => address).sort();

describe('nodes()', () => {
  it('lists the servers of the map, with their roles, ids and slots [#151]', async () => {
    await cluster.settled();
    await using fresh = createRedis(cluster.url);
    expect(fresh.nodes()).toEqual([]);
    await fresh.connect();
    await expect.poll(() => addresses(fresh.nodes())).toEqual(addresses(cluster.nodes));
    expect(addresses(fresh.nodes('primary'))).toEqual(addresses(cluster.primaries));
    expect(addresses(fresh.nodes('replica'))).toEqual(addresses(cluster.replicas));
    const slots = fresh.nodes('primary').flatMap((node) => node.slots);
    expect(slots.reduce((sum, [first, last]) => sum + last - first + 1, 0)).toBe(16_384);
    for (const { id, address, az } of fresh.nodes()) {
      expect(cluster.nodes.find((node) => node.id === id)?.address).toBe(address);
      expect(az).toBeUndefined();
    }
  });

  it('gives clients of the same class that speak to one server only, and show its MOVED [#151]', async () => {
    class Mine extends Redis {
      rank(): Promise<unknown> {
        return this.execute('ROLE');
      }
    }
    await using mine = createRedis(cluster.url, { client: Mine, keyPrefix: 'p:' });
    await mine.set('{k}', 'v');
    const owner = await cluster.slotOwner(await cluster.slotOf('p:{k}'));
    for (const { address, role, client } of mine.nodes()) {
      expect(client).toBeInstanceOf(Mine);
      expect(client.address).toBe(address);
      expect(await client.rank()).toContain(role === 'primary' ? 'master' : 'slave');
      if (address === owner.address) expect(await client.get('{k}')).toBe('v');
      else if (role === 'primary') expect(await settle(client.get('{k}'))).toMatchObject({ prefix: 'MOVED' });
    }
    const { client } = mine.nodes('primary')[0] ?? expect.fail('no primary');
    await using session = await client.session();
    expect(await session.execute('CLUSTER MYID')).toBe(mine.nodes('primary')[0]?.id);
  });

  it('replicas answer reads there: their connections said READONLY [#172]', async () => {
    await redis.set('{r}', 'v');
    const owner = await cluster.slotOwner(await cluster.slotOf('{r}'));
    const replica = cluster.replicas.find(({ primaryId }) => primaryId === owner.id) as ClusterNode;
    await expect.poll(() => addresses(redis.nodes('replica'))).toContain(replica.address);
    const node = redis.nodes('replica').find(({ address }) => address === replica.address);
    await expect.poll(() => node?.client.get('{r}')).toBe('v');
    expect(await settle(node?.client.set('{r}', 'x') as Promise<unknown>)).toMatchObject({ prefix: 'MOVED' });
  });

  it('commands that speak of one server name nodes(), and run there [#151]', async () => {
    await redis.connect();
    for (const refused of [
      redis.info(),
      redis.scan('0'),
      redis.execute('CLIENT LIST'),
      redis.execute('SLOWLOG GET'),
      redis.monitor().next(),
    ]) {
      const error = await settle(refused as Promise<unknown>);
      expect(error).toMatchObject({ name: 'ArgumentError' });
      expect(error.message).toContain('nodes()');
    }
    const { client } = redis.nodes('primary')[0] ?? expect.fail('no primary');
    expect(await client.execute('INFO', 'cluster')).toContain('cluster_enabled:1');
    expect((await client.scan('0')).keys).toEqual([]);
    const seen = client.monitor();
    let isSeen = false;
    const watching = (async () => {
      for await (const { args } of seen) if (args[0] === 'PING') break; // others may ask this server meanwhile
      isSeen = true;
    })();
    await expect
      .poll(async () => {
        await client.execute('PING', 'hello');
        return isSeen;
      })
      .toBe(true);
    await watching;
  });

  it('one server alone is a list of one [#151]', async () => {
    await using single = createRedis(`redis://${cluster.primaries[0]?.address}`);
    const [only, ...others] = single.nodes();
    expect(others).toEqual([]);
    expect(only).toMatchObject({ address: cluster.primaries[0]?.address, role: 'primary' });
    expect(await only?.client.execute('PING')).toBe('PONG');
    expect(single.nodes('replica')).toEqual([]);
  });
});

describe('what is told of servers', () => {
  it('stats() shows each server, and events and errors its address [#151]', async () => {
    const commands: CommandEvent[] = [];
    const connects: ConnectEvent[] = [];
    const onCommand = (event: unknown): void => void commands.push(event as CommandEvent);
    const onConnect = (event: unknown): void => void connects.push(event as ConnectEvent);
    subscribe('kv:command', onCommand);
    subscribe('kv:connect', onConnect);
    try {
      await using told = createRedis(cluster.url, { name: 'told' });
      await told.set('{e}', '1');
      await told.get('{e}');
      const owner = await cluster.slotOwner(await cluster.slotOf('{e}'));
      const mine = commands.filter(({ client, command }) => client === 'told' && command === 'GET');
      expect(mine.map(({ address }) => address)).toEqual([owner.address]);
      expect(connects.map(({ address }) => address)).toContain(owner.address);
      expect(told.stats().nodes).toContainEqual(
        expect.objectContaining({ name: owner.id, address: owner.address, role: 'primary', ready: true }),
      );
    } finally {
      unsubscribe('kv:command', onCommand);
      unsubscribe('kv:connect', onConnect);
    }
  });

  it('errors of calls that were under way name the server that had them [#151]', async () => {
    await using scripted = await scriptedCluster({ nodes: 2 });
    const [node] = scripted.nodes as [ScriptedNode];
    node.answer = ({ name, reset }) => {
      if (name === 'INCR') reset();
      if (name === 'SET') return ok;
      return name === 'GET' ? new Promise<string>(() => {}) : undefined;
    };
    await using client = createRedis(scripted.url);
    await client.set('b', '1'); // connected
    const late = await settle(client.with({ timeout: 200 }).get('b')); // slot 3300, of the first node
    expect(late).toMatchObject({ code: 'TIMEOUT', outcome: 'unknown' });
    expect(late.message).toContain(node.address);
    const lost = await settle(client.incr('b'));
    expect(lost).toMatchObject({ code: 'CONNECTION', outcome: 'unknown' });
    expect(lost.message).toContain(node.address);
  });

  it('a client of one server shows MOVED, and which address would follow it [#181]', async () => {
    await redis.set('{one}', 'v');
    const stranger = await otherPrimary(cluster, '{one}');
    await using single = createRedis(`redis://${stranger.address}`);
    const error = await settle(single.get('{one}'));
    expect(error).toMatchObject({ name: 'ReplyError', prefix: 'MOVED' });
    expect(error.message).toMatch(/^MOVED \d+ /);
    expect(error.message).toContain('redis+cluster:');
  });
});

describe('scripts', () => {
  const calls = async (name: string): Promise<number[]> => {
    const infos = await Promise.all(cluster.primaries.map((node) => node.askText('INFO', 'commandstats')));
    return infos.map((info) => Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(info)?.[1] ?? 0));
  };

  it('a batch brings the source along once to each server that it goes to [#149]', async () => {
    const append = redis.script('return redis.call("APPEND", KEYS[1], ARGV[1])', { keys: 1 });
    await redis.execute('SCRIPT FLUSH');
    await Promise.all(cluster.nodes.map((node) => node.ask('CONFIG', 'RESETSTAT')));
    const p = redis.pipeline();
    const keys = Array.from({ length: 30 }, (_, i) => `{b${i}}`);
    for (const text of ['1', '2']) for (const key of keys) void p.send(append.command(key, text));
    await p.execute();
    expect(await redis.mget(...keys)).toEqual(keys.map(() => '12'));
    expect(await calls('eval')).toEqual([1, 1, 1]);
    expect((await calls('evalsha')).reduce((sum, count) => sum + count)).toBe(57);
  });

  it('one that does not know a script gets its source, also where the call was sent on [#149]', async () => {
    const add = redis.script('return redis.call("INCRBY", KEYS[1], ARGV[1])', { keys: 1 });
    expect(await add('{s}', '1')).toBe(1);
    const target = await otherPrimary(cluster, '{s}');
    await target.ask('SCRIPT', 'FLUSH');
    await cluster.moveSlot(await cluster.slotOf('{s}'), target);
    expect(await Promise.all([add('{s}', '1'), add('{s}', '1')])).toEqual([2, 3]);

    const slot = await cluster.slotOf('{s}');
    const next = await otherPrimary(cluster, '{s}');
    await next.ask('SCRIPT', 'FLUSH');
    await cluster.importing(slot, next, target);
    await cluster.migrating(slot, target, next);
    await cluster.migrateKeys(slot, target, next);
    expect(await add('{s}', '1')).toBe(4); // ASK
    await cluster.setNode(slot, next);
    await slotMoved(cluster, '{s}');
  });
});
