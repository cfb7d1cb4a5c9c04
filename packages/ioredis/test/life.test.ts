/** The order of what a user sees: events, callbacks, and the end. */
import { freePort, type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { Redis, type RedisOptions } from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

function client(options: RedisOptions = {}): Redis {
  const redis = new Redis({ port: server.port, host: '127.0.0.1', ...options });
  onTestFinished(() => redis.disconnect());
  return redis;
}

const once = (redis: Redis, event: string): Promise<unknown[]> =>
  new Promise((resolve) => redis.once(event, (...args) => resolve(args)));

it('callbacks and promises are told in the order of the calls', async () => {
  const redis = client();
  const told: number[] = [];
  await Promise.all([
    redis.get('a').then(() => told.push(1)),
    redis.get('a', () => told.push(2)),
    redis.get('a').then(() => told.push(3)),
    redis.get('a', () => told.push(4)),
  ]);
  expect(told).toEqual([1, 2, 3, 4]);
});

it('the status is that of the event while it is told', async () => {
  const redis = client({ lazyConnect: true });
  const seen: string[] = [];
  for (const event of ['connecting', 'connect', 'ready', 'close', 'end'])
    redis.on(event, () => seen.push(`${event} ${redis.status}`));
  await redis.connect();
  expect(redis.status).toBe('ready');
  const ended = once(redis, 'end');
  await redis.quit();
  await ended;
  expect(seen).toEqual(['connecting connecting', 'connect connect', 'ready ready', 'close close', 'end end']);
});

it.each([
  ['disconnect(true), also twice', (redis: Redis) => [redis.disconnect(true), redis.disconnect(true)]],
  ['reconnectOnError', (redis: Redis) => redis.lpush('text', 1).catch(() => undefined)],
])('a connection that is replaced is told as closed: %s', async (_, replace) => {
  const redis = client({ reconnectOnError: ({ message }) => message.startsWith('WRONGTYPE') });
  await redis.set('text', 'x');
  const seen: string[] = [];
  for (const event of ['close', 'reconnecting', 'connecting', 'connect', 'ready', 'end'])
    redis.on(event, () => seen.push(`${event} ${redis.status}`));
  const ready = once(redis, 'ready');
  void replace(redis);
  await ready;
  const told = ['close', 'reconnecting', 'connecting', 'connect', 'ready'];
  expect(seen).toEqual(told.map((event) => `${event} ${event}`));
});

it('a connection that was replaced can be lost later, and the client stays ready', async () => {
  const redis = client({ connectionName: 'replaced' });
  const popped = redis.blpop('none', 0).catch((error: unknown) => error);
  const other = client();
  const list = async (): Promise<string> => String(await other.client('LIST'));
  await expect.poll(list).toMatch(/ name=replaced .* cmd=blpop /);
  const [, id = ''] = /^id=(\d+) .* name=replaced /m.exec(await list()) ?? [];
  const ready = once(redis, 'ready');
  redis.disconnect(true);
  await ready;
  await other.client('KILL', 'ID', id);
  expect(await popped).toMatchObject({ code: 'CONNECTION', outcome: 'unknown' });
  expect([redis.status, await redis.ping()]).toEqual(['ready', 'PONG']);
});

it('without the offline queue a handshake command goes in the event connect, and others do not', async () => {
  const redis = client({ enableOfflineQueue: false });
  const [early, selected] = await new Promise<[Promise<unknown>, Promise<unknown>]>((resolve) =>
    redis.on('connect', () => resolve([redis.get('a').catch((error: Error) => error.message), redis.select(1)])),
  );
  expect(await early).toContain("Stream isn't writeable");
  expect(await selected).toBe('OK');
});

it('disconnect() lets what was sent be answered, and does not wait for a blocked command', async () => {
  const redis = client();
  await once(redis, 'ready');
  const sent = redis.set('a', 1);
  redis.disconnect();
  expect(await sent).toBe('OK');
  const blocked = client();
  await once(blocked, 'ready');
  const pop = blocked.blpop('none', 0).catch((error: Error) => error.message);
  blocked.disconnect();
  expect(await pop).toBe('Connection is closed.');
});

it('disconnect() fails what still waits for a connection', async () => {
  const redis = client({ port: 1, retryStrategy: () => 10_000 });
  redis.on('error', () => undefined);
  const waiting = redis.get('a');
  redis.disconnect();
  await expect(waiting).rejects.toThrow('Connection is closed.');
});

it('the event select tells of another database, once', async () => {
  const redis = client();
  const changes: unknown[] = [];
  redis.on('select', (db) => changes.push(db));
  for (const db of [2, 4, 4]) await redis.select(db);
  expect(changes).toEqual([2, 4]);
});

it('a blocking command gives null when blockingTimeout has passed', async () => {
  const redis = client({ blockingTimeout: 50 });
  expect(await redis.blpop('none', 0)).toBeNull();
  expect(await redis.ping()).toBe('PONG');
});

it('a client that monitors takes no commands, and says that it monitors', async () => {
  const redis = client();
  const monitor = await redis.monitor();
  onTestFinished(() => monitor.disconnect());
  expect([redis.mode, monitor.mode]).toEqual(['normal', 'monitor']);
  await expect(monitor.get('a')).rejects.toThrow('Connection is in monitoring mode');
});

it('the client under it has the same key prefix, and stays one object', async () => {
  const redis = client({ keyPrefix: 'p:' });
  await redis.set('same', '1');
  expect([await redis.kv.get('same'), await redis.kv.keys('sam*')]).toEqual(['1', ['same']]);
  expect(redis.kv).toBe(redis.kv);
});

it('keys that are watched have the prefix once', async () => {
  const redis = client({ keyPrefix: 'p:' });
  await redis.set('a', '1');
  await redis.watch('a');
  expect(await redis.get('a')).toBe('1');
  await client().set('p:a', '2');
  expect(await redis.multi().set('a', '3').exec()).toBeNull();
});

it('replyMapping resp3 gives objects and numbers, legacy the shapes of RESP2, and both speak RESP3', async () => {
  const legacy = client();
  await legacy.zadd('z', 1.5, 'a');
  expect(await legacy.zrange('z', '0', '-1', 'WITHSCORES')).toEqual(['a', '1.5']);
  expect(await legacy.zscoreBuffer('z', 'a')).toEqual(Buffer.from('1.5'));
  expect(await legacy.client('INFO')).toContain('resp=3');
  const native = client({ replyMapping: 'resp3' });
  expect(await native.zscore('z', 'a')).toBe(1.5);
  expect(await native.config('GET', 'maxmemory')).toEqual({ maxmemory: '0' });
  expect(() => client({ protocol: 2, replyMapping: 'resp3' })).toThrow('protocol 3');
});

it('the reply to quit comes before the events close and end, as text and as bytes', async () => {
  const redis = client();
  const told: unknown[] = [];
  for (const event of ['close', 'end']) redis.on(event, () => told.push(event));
  const ended = once(redis, 'end');
  void redis.quit((_, reply) => told.push(reply));
  await ended;
  expect(told).toEqual(['OK', 'close', 'end']);
  expect(await client().callBuffer('quit')).toEqual(Buffer.from('OK'));
});

it('a client that was closed can be connected in the same tick, and is not told of the end of the former one', async () => {
  const redis = client();
  await redis.quit();
  await redis.connect();
  expect(await redis.ping()).toBe('PONG');
  expect(redis.status).toBe('ready');
});

it('what waits is told that the connection is closed when the strategy gives up at its first attempt', async () => {
  const redis = client({ port: await freePort(), maxRetriesPerRequest: 0, retryStrategy: () => null });
  redis.on('error', () => undefined);
  await expect(redis.get('a')).rejects.toThrow('Connection is closed.');
});

it('libraries read a prefix of keys that was not given as an empty one', async () => {
  const redis = client({ lazyConnect: true });
  expect(redis.options.keyPrefix).toBe('');
  await redis.set('unprefixed', 1);
  const [, keys] = await redis.scan('0', 'MATCH', `${redis.options.keyPrefix}unprefix*`, 'COUNT', 1000);
  expect(keys).toEqual(['unprefixed']);
});
