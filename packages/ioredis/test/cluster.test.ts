import { type Cluster as Rig, startCluster } from '@kv/testkit/topology/cluster';
import { bulk, ok } from '@kv/testkit/topology/resp-text';
import { scriptedCluster } from '@kv/testkit/topology/scripted-cluster';
import type { ScriptedNode } from '@kv/testkit/topology/scripted-node';
import { startSentinels } from '@kv/testkit/topology/sentinels';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Cluster, type ClusterNode, type ClusterOptions, Redis, type RedisOptions } from '../src/index.ts';

describe('a cluster', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startCluster({ primaries: 3, replicas: 1 });
  });
  afterAll(() => rig.close());

  function client(options: ClusterOptions = {}): Cluster {
    const seeds = rig.primaries.map(({ port }) => ({ host: '127.0.0.1', port }));
    const cluster = new Cluster(seeds, options);
    onTestFinished(() => cluster.disconnect());
    return cluster;
  }

  it('is one client for all keys, in pipelines too, and tells when it is ready', async () => {
    const cluster = client();
    const events: string[] = [];
    for (const event of ['connecting', 'ready', 'end']) cluster.on(event, () => events.push(event));
    await Promise.all(Array.from({ length: 20 }, (_, i) => cluster.set(`k${i}`, i)));
    expect(await cluster.pipeline().get('k1').get('k2').get('k3').exec()).toEqual([
      [null, '1'],
      [null, '2'],
      [null, '3'],
    ]);
    expect(await cluster.multi().incr('{t}a').incr('{t}b').exec()).toEqual([
      [null, 1],
      [null, 1],
    ]);
    expect([cluster.isCluster, cluster.status]).toEqual([true, 'ready']);
    await cluster.quit();
    await expect.poll(() => events).toEqual(['connecting', 'ready', 'end']);
  });

  it('watches keys, while other commands go to any server', async () => {
    const cluster = client();
    await cluster.watch('{w}a');
    expect(await cluster.pipeline().set('w1', 1).set('w2', 2).get('w1').exec()).toMatchObject([{}, {}, [null, '1']]);
    expect(await cluster.multi().set('{w}a', 1).exec()).toEqual([[null, 'OK']]);
    await cluster.watch('{w}a');
    await cluster.set('{w}a', 2);
    expect(await cluster.multi().get('{w}a').exec()).toBeNull();
    expect(await cluster.mget('{w}a')).toEqual(['2']);
  });

  it('tells libraries its version by INFO, also before it is connected, and refuses it when it is closed', async () => {
    const cluster = client({ lazyConnect: true });
    expect(await cluster.info('server')).toContain('redis_version:');
    expect(await cluster.callBuffer('INFO')).toBeInstanceOf(Buffer);
    cluster.disconnect();
    await expect(cluster.info()).rejects.toThrow('Connection is closed.');
  });

  it('has a duplicate with the same servers when the list of them is empty, as with ioredis', async () => {
    const other = client().duplicate([], { keyPrefix: 'other:' });
    onTestFinished(() => other.disconnect());
    expect([await other.set('a', 1), other.options.keyPrefix]).toEqual(['OK', 'other:']);
  });

  it('has a duplicate with redisOptions of its own beside those that it had', async () => {
    const first = client({ redisOptions: { connectionName: 'first', commandTimeout: 5000 } });
    const redisOptions = { connectionName: 'second', maxRetriesPerRequest: null };
    const other = first.duplicate([], { redisOptions });
    onTestFinished(() => other.disconnect());
    await other.set('a', 1);
    expect(await other.nodes('master')[0]?.client('GETNAME')).toBe('second');
    expect(other.options).toMatchObject({ ...redisOptions, commandTimeout: 5000 });
  });

  it('reaches servers where natMap says, as a function and as an object', async () => {
    const asked: string[] = [];
    const names = rig.primaries.map(({ port }) => `127.0.0.1:${port}`);
    const behind = (key: string): { host: string; port: number } => ({
      host: 'localhost',
      port: Number(key.split(':')[1]),
    });
    const byFunction = client({
      natMap: (key) => {
        asked.push(key);
        return key === names[0] ? behind(key) : null;
      },
    });
    expect(await byFunction.set('a', 1)).toBe('OK');
    expect(asked).toEqual(expect.arrayContaining(names));
    const byObject = client({ natMap: Object.fromEntries(names.map((name) => [name, behind(name)])) });
    expect(await byObject.get('a')).toBe('1');
  });

  it('gives a client per server, by role', async () => {
    const cluster = client();
    await cluster.set('a', 1);
    expect([cluster.nodes('master').length, cluster.nodes('slave').length, cluster.nodes().length]).toEqual([3, 3, 6]);
    const sizes = await Promise.all(cluster.nodes('master').map((node) => node.dbsize()));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(0);
  });

  it('keeps the client of a server ready while its connection is replaced', async () => {
    const cluster = client();
    await cluster.set('a', 1);
    const [node] = cluster.nodes('master');
    node?.disconnect(true);
    expect([await node?.ping(), node?.status]).toEqual(['PONG', 'ready']);
  });

  it('tells which servers it knows, and names the same objects each time', async () => {
    const cluster = client();
    const ports = new Set<unknown>();
    cluster.on('+node', (node: Redis) => ports.add(node.options.port));
    await cluster.set('a', 1);
    expect(cluster.nodes()).toEqual(cluster.nodes());
    expect(cluster.nodes()[0]).toBe(cluster.nodes()[0]);
    expect(ports).toEqual(new Set(rig.nodes.map(({ port }) => port)));
  });

  it.each(['slave', 'all'] as const)('answers reads where scaleReads says: %s', async (scaleReads) => {
    const cluster = client({ scaleReads });
    await cluster.set('read', 1);
    await expect.poll(() => cluster.get('read')).toBe('1');
  });

  it('lets a replica run a script that only reads', async () => {
    const cluster = client({ scaleReads: 'slave' });
    const lua = "return string.match(redis.call('INFO', 'replication'), 'role:(%a+)')";
    cluster.defineCommand('roleOf', { lua, numberOfKeys: 1, readOnly: true });
    const own = cluster as unknown as { roleOf(key: string): Promise<string> };
    await expect.poll(() => own.roleOf('k')).toBe('slave');
    const pipeline = cluster.pipeline() as unknown as { roleOf(key: string): { exec(): Promise<unknown> } };
    expect(await pipeline.roleOf('k').exec()).toEqual([[null, 'slave']]); // a pipeline may send its source
  });

  it('has nodes that can be duplicated, and watched', async () => {
    const cluster = client();
    await cluster.ping();
    const [node] = cluster.nodes('master') as [Redis];
    const twin = node.duplicate();
    expect(await twin.client('ID')).not.toBe(await node.client('ID'));
    expect(twin.options).toMatchObject({ host: node.options.host, port: node.options.port });
    const monitor = await node.monitor();
    const seen = new Promise((resolve) =>
      monitor.on('monitor', (_time, args) => args[0] === 'ECHO' && resolve(args[1])),
    );
    await twin.echo('hello');
    expect(await seen).toBe('hello');
    twin.disconnect();
    monitor.disconnect();
  });

  it('has streams of pages', async () => {
    const cluster = client();
    await cluster.sadd('members', 'a', 'b');
    const pages: string[] = [];
    for await (const page of cluster.sscanStream('members')) pages.push(...(page as string[]));
    expect(pages.sort()).toEqual(['a', 'b']);
  });

  it('subscribes, blocks, runs scripts, and has a duplicate', async () => {
    const cluster = client();
    const heard = new Promise((resolve) => cluster.once('message', (...args) => resolve(args)));
    await cluster.subscribe('news');
    const twin = cluster.duplicate();
    await twin.publish('news', 'hello');
    expect(await heard).toEqual(['news', 'hello']);
    const popped = cluster.blpop('list', 0);
    await twin.rpush('list', 'x');
    expect(await popped).toEqual(['list', 'x']);
    expect(await cluster.eval('return KEYS[1]', 1, 'k')).toBe('k');
    twin.disconnect();
  });
});

it('the client of a replica that joins later puts the key prefix before keys once', async () => {
  const rig = await scriptedCluster({ nodes: 2 });
  onTestFinished(() => rig.close());
  const [a, b] = rig.nodes as [ScriptedNode, ScriptedNode];
  b.role = 'replica';
  for (const node of [a, b]) node.answer = ({ name }) => (name === 'GET' || name === 'NOVEL' ? ok : undefined);
  rig.tell({ epoch: 1, ranges: [{ first: 0, last: 16_383, nodes: [a] }] });
  const cluster = new Cluster([a.address], { keyPrefix: 'p:', kv: { refreshInterval: 20 } } as ClusterOptions);
  onTestFinished(() => cluster.disconnect());
  await cluster.get('k');
  rig.tell({ epoch: 2, ranges: [{ first: 0, last: 16_383, nodes: [a, b] }] });
  // in each turn: before the client connects to it, which an event tells
  while (cluster.nodes('slave').length === 0) await new Promise(setImmediate);
  const [replica] = cluster.nodes('slave');
  expect([await replica?.get('k'), await replica?.call('NOVEL', 'x')]).toEqual(['OK', 'OK']);
  const asked = b.requests.filter(({ name }) => name === 'GET' || name === 'NOVEL').map(({ args }) => args);
  expect(asked).toEqual([['p:k'], ['x']]);
});

it('INFO is answered by a primary that can be reached while another one is away', async () => {
  const rig = await scriptedCluster({ nodes: 2 });
  onTestFinished(() => rig.close());
  const [away, there] = rig.nodes as [ScriptedNode, ScriptedNode];
  there.answer = ({ name }) => (name === 'INFO' ? bulk('redis_version:7.0.15') : undefined);
  await away.stop();
  const cluster = new Cluster([there.address]);
  onTestFinished(() => cluster.disconnect());
  expect(await cluster.info()).toBe('redis_version:7.0.15');
});

describe('a cluster of which no server can be reached', () => {
  /** Ports that refuse all connections. */
  const seeds = [1, 2].map((port) => ({ host: '127.0.0.1', port }));

  it('ends when clusterRetryStrategy gives no number, with all calls that wait, and tells why', async () => {
    const asked: unknown[] = [];
    const clusterRetryStrategy = (times: number, reason?: Error): number | undefined => {
      asked.push([times, reason?.message]);
      return times < 3 ? 1 : undefined;
    };
    const cluster = new Cluster(seeds, { clusterRetryStrategy, lazyConnect: true });
    const told: unknown[] = [];
    cluster.on('error', (error: Error) => told.push(error.message));
    for (const event of ['close', 'reconnecting', 'end']) cluster.on(event, () => told.push(event));
    await expect(cluster.connect()).rejects.toThrow('None of startup nodes is available');
    await expect(cluster.get('a')).rejects.toThrow('Connection is closed.');
    await expect.poll(() => cluster.status).toBe('end');
    expect(asked).toEqual([1, 2, 3].map((times) => [times, 'None of startup nodes is available']));
    const failure = 'Failed to refresh slots cache.';
    expect(told).toEqual([failure, 'close', 'reconnecting', failure, 'close', 'reconnecting', failure, 'close', 'end']);
  });

  it('ends after the first round when there is no clusterRetryStrategy', async () => {
    const cluster = new Cluster(seeds, { clusterRetryStrategy: null as never });
    await expect(cluster.get('a')).rejects.toThrow('None of startup nodes is available');
  });

  it('tells which server could not be reached, and why', async () => {
    const cluster = new Cluster(seeds, { clusterRetryStrategy: () => null, lazyConnect: true });
    const told = new Set<string>();
    cluster.on('node error', ({ code }: NodeJS.ErrnoException, address: string) => told.add(`${code} ${address}`));
    await expect(cluster.connect()).rejects.toThrow('None of startup nodes is available');
    expect(told).toEqual(new Set(['ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED 127.0.0.1:2']));
  });

  it('ends after a round of a server that is named twice, in two ways', async () => {
    const cluster = new Cluster([{ host: '127.0.0.1', port: 1 }, '127.0.0.1:1'], { clusterRetryStrategy: () => null });
    await expect(cluster.get('a')).rejects.toThrow('None of startup nodes is available');
  });

  it('keeps the client that is made in the event end', async () => {
    const cluster = new Cluster(seeds, { clusterRetryStrategy: (times) => (times === 1 ? null : 10_000) });
    const made = new Promise<unknown>((resolve) => {
      cluster.once('end', () => {
        cluster.connect().catch(() => undefined);
        resolve(cluster.kv);
      });
    });
    const again = new Promise((resolve) => cluster.once('reconnecting', resolve));
    const kv = await made;
    await again;
    expect(cluster.kv === kv).toBe(true);
    cluster.disconnect();
  });

  it.each<[string, ClusterNode[], ClusterOptions, object]>([
    ['of the first server', [{ port: 1 }, { port: 2, password: 'p' } as ClusterNode], {}, { password: 'p' }],
    ['of an address', ['rediss://u:p@h:1', 'h:2'], {}, { username: 'u', password: 'p', tls: true }],
    [
      'of redisOptions',
      ['redis://u:p@h:1'],
      { redisOptions: { password: 'q' } },
      { username: undefined, password: 'q' },
    ],
    [
      'of an address beside options that are undefined',
      ['redis://u:p@h:1'],
      { redisOptions: { password: undefined, username: undefined } },
      { username: 'u', password: 'p' },
    ],
  ])('logs in to all servers with the password %s that has one', (_, nodes, more, expected) => {
    const { username, password, tls } = new Cluster(nodes, { ...more, lazyConnect: true }).options as RedisOptions;
    expect({ username, password, tls }).toMatchObject(expected);
  });

  it('is refused when it names no servers', async () => {
    const cluster = new Cluster([], { lazyConnect: true });
    await expect(cluster.connect()).rejects.toThrow('`startupNodes` should contain at least one node.');
    await expect(cluster.get('a')).rejects.toThrow('startupNodes');
  });
});

it('the primary that sentinels name is found, and followed, and a connection to it that is replaced is told once', async () => {
  await using rig = await startSentinels();
  const sentinels = rig.sentinels.map(({ port }) => ({ host: '127.0.0.1', port }));
  const redis = new Redis({ sentinels, name: rig.name });
  const ready = (): Promise<void> => new Promise((resolve) => redis.once('ready', resolve));
  await ready();
  expect(await redis.set('a', 1)).toBe('OK');
  expect(redis.status).toBe('ready');
  const told: string[] = [];
  for (const event of ['close', 'reconnecting', 'ready']) redis.on(event, () => told.push(event));
  redis.disconnect(true);
  await ready();
  expect(told).toEqual(['close', 'reconnecting', 'ready']);
  await redis.quit();
});

describe('sentinels of which none can be reached', () => {
  /** Ports that refuse all connections. */
  const options = { sentinels: [1, 2].map((port) => ({ host: '127.0.0.1', port })), name: 'main' };

  function client(more: RedisOptions = {}): { readonly redis: Redis; readonly told: string[] } {
    const redis = new Redis({ ...options, ...more });
    onTestFinished(() => redis.disconnect());
    const told: string[] = [];
    for (const event of ['sentinelError', 'error'])
      redis.on(event, ({ message }: Error) => told.push(`${event} ${message}`));
    redis.on('end', () => told.push('end'));
    return { redis, told };
  }

  it('are told of in each round, also before the first call', async () => {
    const { redis, told } = client();
    await expect.poll(() => told.length, { timeout: 10_000 }).toBeGreaterThan(3);
    expect(told.slice(0, 2)).toEqual([
      expect.stringMatching(/^sentinelError failed to connect to a sentinel because .*127\.0\.0\.1:[12]$/),
      expect.stringMatching(
        /^error All sentinels are unreachable\. They are asked again\. Last error: .*127\.0\.0\.1:[12]$/,
      ),
    ]);
    expect(redis.status).toBe('connecting');
  });

  it('end the client when sentinelRetryStrategy gives no number, with all calls that wait', async () => {
    const asked: number[] = [];
    const sentinelRetryStrategy = (times: number): number | null => (asked.push(times) < 2 ? 1 : null);
    const { redis, told } = client({ sentinelRetryStrategy });
    const unreachable = 'All sentinels are unreachable and retry is disabled';
    await expect(redis.get('a')).rejects.toThrow(unreachable);
    await expect.poll(() => redis.status).toBe('end');
    expect(asked).toEqual([1, 2]);
    expect(told.slice(-2)).toEqual([expect.stringContaining(`error ${unreachable}`), 'end']);
    await expect(redis.get('a')).rejects.toThrow('Connection is closed.');
  });

  it('end it at once when there is no sentinelRetryStrategy, and reject connect()', async () => {
    const { redis } = client({ sentinelRetryStrategy: null as never, lazyConnect: true });
    await expect(redis.connect()).rejects.toThrow('All sentinels are unreachable and retry is disabled');
    expect(redis.status).toBe('end');
  });
});
