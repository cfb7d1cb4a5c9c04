import { type FaultProxy, faultProxy } from '@kv/testkit/fault-proxy';
import { seeded } from '@kv/testkit/random';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { append, get, set } from '../src/commands/index.ts';
import { createRedis, type KvError, type Redis } from '../src/index.ts';

let server: RedisServer;
let other: Redis;
beforeAll(async () => {
  server = await startRedis();
  other = createRedis(server.url);
});
afterAll(async () => {
  await other.close();
  await server.stop();
});

const settle = (call: Promise<unknown>): Promise<unknown> => call.catch((error: KvError) => error);
const large = 'x'.repeat(1_000_000);

const clientList = (): Promise<string> => other.execute('CLIENT LIST') as Promise<string>;

/** Resolves when a condition holds. */
const until = (holds: () => boolean | Promise<boolean>): Promise<void> =>
  expect.poll(holds, { timeout: 20_000, interval: 5 }).toBe(true);

describe.each([2, 3] as const)('a client with bulkAbove in RESP%i', (protocol) => {
  let proxy: FaultProxy;
  let redis: Redis;

  beforeEach(async () => {
    await other.flushall();
    proxy = await faultProxy(server);
    redis = createRedis(`redis://127.0.0.1:${proxy.port}`, { protocol, bulkAbove: 10_000, name: 'bulky' });
    await redis.ping();
    await redis.set('opened', 'x'.repeat(10_001));
    expect(proxy.total).toBe(2);
  });
  afterEach(async () => {
    await redis.close({ timeout: 0 });
    await proxy.close();
  });

  const stall = (which: 'shared' | 'bulk', side: 'toServer' | 'toClient' = 'toServer'): void =>
    proxy.connections[which === 'shared' ? 0 : 1]?.stall(side);

  it('answers small calls while a large argument does not get through', async () => {
    stall('bulk');
    const written = redis.set('large', large);
    expect(await redis.get('small')).toBeNull();
    expect(await redis.incr('n')).toBe(1);
    expect(await other.exists('large')).toBe(0);
    proxy.resume();
    expect(await written).toBe('OK');
    expect(await redis.strlen('large')).toBe(large.length);
  });

  it('answers small calls while a large reply does not get through, if the caller says which it is', async () => {
    await other.set('large', large);
    stall('bulk', 'toClient');
    const read = redis.with({ bulk: true }).get('large');
    expect(await redis.get('small')).toBeNull();
    proxy.resume();
    expect((await read)?.length).toBe(large.length);
  });

  it('sends bytes, text and what has a prefix alike', async () => {
    stall('bulk');
    const bytes = redis.with({ bytes: true, keyPrefix: 'p:' });
    const calls = [bytes.set('bytes', new Uint8Array(20_000)), redis.hset('hash', 'f', 'ü'.repeat(10_001))];
    expect(await redis.get('small')).toBeNull();
    expect(await other.exists('p:bytes', 'hash')).toBe(0);
    proxy.resume();
    expect(await Promise.all(calls)).toEqual(['OK', 1]);
    expect(await bytes.get('bytes')).toEqual(new Uint8Array(20_000));
  });

  it('counts the arguments of a call together, and what is not above the limit stays on the shared connection', async () => {
    stall('bulk');
    expect(await redis.set('a', 'x'.repeat(9_999))).toBe('OK'); // with its key as many as the limit
    const several = redis.mset({ b: 'x'.repeat(6000), c: 'x'.repeat(6000) });
    expect(await redis.get('small')).toBeNull();
    expect(await other.exists('b')).toBe(0);
    proxy.resume();
    expect(await several).toBe('OK');
  });

  it('keeps the order of calls on a key: what is called behind a large one follows it', async () => {
    stall('bulk');
    const calls = [redis.set('a', large), redis.append('a', 'y'), redis.strlen('a')];
    expect(await redis.get('b')).toBeNull();
    proxy.resume();
    expect(await Promise.all(calls)).toEqual(['OK', large.length + 1, large.length + 1]);
  });

  it('keeps the order of calls on a key: a large one waits for those before it', async () => {
    stall('shared');
    const key = new TextEncoder().encode('a');
    const calls = [redis.append('a', 'first'), redis.append(key, 'x'.repeat(20_000)), redis.strlen('a')];
    const elsewhere = redis.set('b', large); // also behind the large one that waits
    await until(() => redis.stats().connections.shared.waiting === 3);
    expect(await other.exists('a', 'b')).toBe(0);
    proxy.resume();
    expect(await Promise.all(calls)).toEqual([5, 20_005, 20_005]);
    expect(await elsewhere).toBe('OK');
  });

  it('does not let a later call overtake a large one that has passed its deadline', async () => {
    stall('bulk');
    const late = settle(redis.with({ timeout: 50 }).set('a', large));
    expect(await late).toMatchObject({ code: 'TIMEOUT' });
    const after = redis.set('a', 'after');
    expect(await redis.get('b')).toBeNull();
    expect(await other.exists('a')).toBe(0);
    proxy.resume();
    expect(await after).toBe('OK');
    expect(await other.get('a')).toBe('after');
  });

  it('does not let a large call overtake an earlier one that has passed its deadline', async () => {
    stall('shared');
    const late = redis.with({ timeout: 50 }).set('a', 'early');
    expect(await settle(late)).toMatchObject({ code: 'TIMEOUT', outcome: 'unknown' });
    const after = redis.set('a', large);
    await until(() => redis.stats().connections.shared.waiting === 1);
    proxy.resume();
    expect(await after).toBe('OK');
    expect(await other.strlen('a')).toBe(large.length);
  });

  it('says what a large call waited for that was not sent', async () => {
    stall('shared');
    const early = redis.append('a', 'x');
    const late = await settle(redis.with({ timeout: 50 }).set('a', large));
    expect(late).toMatchObject({ code: 'TIMEOUT', outcome: 'notSent' });
    expect((late as KvError).message).toContain('waiting for earlier calls on its keys or another large call');
    proxy.resume();
    expect(await early).toBe(1);
  });

  it('keeps the order on each key whatever the sizes of the calls are', async () => {
    const random = seeded(7);
    const keys = ['a', 'b', 'c'];
    const expected: Record<string, string> = { a: '', b: '', c: '' };
    const calls = Array.from({ length: 400 }, (_, i) => {
      const key = keys[random.below(3)] as string;
      const text = `${i};`.padEnd(random.below(10) === 0 ? 12_000 : 0, '.');
      expected[key] += text;
      return random.below(4) === 0 ? redis.sendAll([append(key, text), get(key)]) : redis.append(key, text);
    });
    await Promise.all(calls);
    for (const key of keys) expect(await other.get(key)).toBe(expected[key]);
  });

  it('sends a transaction with a large argument as a whole', async () => {
    stall('bulk');
    const multi = redis.multi();
    void multi.set('a', 'small');
    void multi.set('b', large);
    void multi.strlen('b');
    const ran = multi.execute();
    const follows = redis.get('a');
    expect(await redis.get('c')).toBeNull();
    proxy.resume();
    expect(await ran).toEqual(['OK', 'OK', large.length]);
    expect(await follows).toBe('small');
  });

  it('sends each command of a pipeline by its own size', async () => {
    stall('bulk');
    const sent = redis.sendAll([set('a', 'small'), set('b', large), get('b')]);
    await until(async () => (await other.get('a')) === 'small');
    expect(await other.exists('b')).toBe(0);
    proxy.resume();
    expect(await sent).toEqual(['OK', 'OK', large]);
  });

  it('opens the connection with the first large call, and shows it in its statistics', async () => {
    await using fresh = createRedis(server.url, { protocol, bulkAbove: 10_000 });
    await fresh.set('a', 'x'.repeat(10_000 - 1));
    await fresh.setName('fresh');
    expect(fresh.stats().connections.bulk).toBeUndefined();
    await fresh.set('a', large);
    const { shared, bulk, sessions } = fresh.stats().connections;
    expect([shared.size, bulk?.size, sessions.size]).toEqual([1, 1, 0]);
  });

  it('replaces a lost connection, repeats what may be repeated, and stays ready', async () => {
    await other.set('a', large);
    const states: string[] = [];
    redis.on('state', ({ to }) => states.push(to));
    stall('bulk');
    const read = redis.with({ bulk: true }).get('a');
    const waits = redis.set('b', large);
    await redis.ping();
    proxy.connections[1]?.cut();
    expect((await read)?.length).toBe(large.length);
    expect(await waits).toBe('OK');

    proxy.connections[1]?.stall('toServer');
    const write = settle(redis.set('b', large));
    await redis.ping();
    proxy.connections[1]?.cut();
    expect(await write).toMatchObject({ code: 'CONNECTION', outcome: 'unknown' });
    expect(await redis.set('c', large)).toBe('OK');
    expect(proxy.total).toBe(4);
    expect(states).toEqual([]);
  });

  it('ends a large call at its signal, and goes on with the next', async () => {
    stall('bulk');
    const abort = new AbortController();
    const stuck = settle(redis.with({ signal: abort.signal }).set('a', large));
    await redis.ping();
    abort.abort();
    expect(await stuck).toMatchObject({ code: 'ABORTED' });
    const next = redis.set('b', large);
    proxy.resume();
    expect(await next).toBe('OK');
  });

  it('settles large calls when it is closed, whether they are written or wait for their turn', async () => {
    stall('bulk');
    stall('shared');
    const calls = [redis.set('a', large), redis.get('b'), redis.set('b', large)].map(settle);
    await redis.close({ timeout: 0 });
    for (const call of calls) expect(await call).toMatchObject({ code: 'CLOSED' });
  });

  it('lets large calls end before it is closed', async () => {
    const calls = [redis.set('a', large), redis.get('a'), redis.set('b', large)];
    await redis.close();
    expect(await Promise.all(calls)).toEqual(['OK', large, 'OK']);
  });

  it('has the database, the name and the login of the client on both connections', async () => {
    await redis.select(3);
    await redis.set('a', large);
    expect(await redis.strlen('a')).toBe(large.length);
    await redis.setName('renamed');
    await redis.set('a', large);
    await until(async () => (await clientList()).split('name=bulky').length === 1);
    const [first = '', ...others] = (await clientList()).split('\n').filter((line) => line.includes('name=renamed'));
    expect(others).toHaveLength(1);
    for (const line of [first, ...others]) expect(line).toContain(' db=3 ');
  });

  it('lets calls before and after select() find their database, also where none of them is awaited', async () => {
    stall('bulk');
    const calls = [redis.set('a', large), redis.set('b', large), redis.append('b', '1')];
    calls.push(redis.select(4), redis.set('b', 'small'), redis.set('c', large), redis.set('a', 'also small'));
    await redis.session().then((session) => session.release()); // has turns of the event loop pass
    proxy.resume();
    await Promise.all(calls);
    const lengths = (of: Redis): Promise<number[]> => Promise.all(['a', 'b', 'c'].map((key) => of.strlen(key)));
    expect(await lengths(redis)).toEqual([10, 5, large.length]);
    expect(await lengths(other)).toEqual([large.length, large.length + 1, 0]);
  });

  it('lets a call behind select() find its database although a large one on its key was given up before', async () => {
    stall('bulk');
    const abort = new AbortController();
    const late = settle(redis.with({ signal: abort.signal }).set('a', 'y'.repeat(20_000)));
    await redis.ping();
    abort.abort();
    expect(await late).toMatchObject({ code: 'ABORTED', outcome: 'unknown' });
    const calls = [redis.select(4), redis.set('a', 'x')];
    await redis.session().then((session) => session.release()); // has turns of the event loop pass
    proxy.resume();
    expect(await Promise.all(calls)).toEqual(['OK', 'OK']);
    expect(await redis.get('a')).toBe('x');
    await until(async () => (await other.strlen('a')) === 20_000);
  });

  it('cancels blocking calls while select() waits for large ones', async () => {
    stall('bulk');
    const calls = [redis.set('a', large), redis.select(4)];
    const abort = new AbortController();
    const popped = settle(redis.with({ signal: abort.signal }).blpop('list', 0));
    await until(async () => (await clientList()).includes(' cmd=blpop'));
    abort.abort();
    expect(await popped).toMatchObject({ code: 'ABORTED', outcome: 'refused' });
    proxy.resume();
    expect(await Promise.all(calls)).toEqual(['OK', 'OK']);
  });

  it('goes on when select() is given up while it waits for large calls', async () => {
    stall('bulk');
    const before = redis.set('a', large);
    const selected = settle(redis.with({ timeout: 50 }).select(4));
    const after = redis.set('b', '1');
    expect(await selected).toMatchObject({ code: 'TIMEOUT', outcome: 'notSent' });
    expect(await redis.get('c')).toBeNull();
    proxy.resume();
    expect(await Promise.all([before, after])).toEqual(['OK', 'OK']);
    expect(await other.exists('a', 'b')).toBe(2);
  });

  it('loses one call and its connection when the bytes of an argument are taken away while they are written', async () => {
    const bytes = new Uint8Array(20_000_000);
    stall('bulk');
    const call = settle(redis.set('a', bytes));
    const behind = redis.get('a');
    expect(await redis.get('small')).toBeNull();
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    expect(await call).toMatchObject({ code: 'CONNECTION', outcome: 'unknown' });
    proxy.resume();
    expect(await behind).toBeNull();
    expect(await redis.set('b', large)).toBe('OK');
  });
});

describe.each(['optIn', 'broadcast'] as const)('a client with bulkAbove and a cache in mode %s', (mode) => {
  let redis: Redis;
  beforeEach(async () => {
    await other.flushall();
    redis = createRedis(server.url, { bulkAbove: 10_000, cache: { mode } });
    await redis.set('opened', large);
  });
  afterEach(() => redis.close());

  it('keeps what it has while large calls are under way, and nothing of what these read', async () => {
    await other.mset({ a: '1', b: large });
    const cached = redis.cached();
    await cached.get('a');
    expect((await cached.with({ bulk: true }).get('b'))?.length).toBe(large.length);
    await redis.set('c', large);
    expect(await cached.get('a')).toBe('1');
    expect(redis.stats().cache).toMatchObject({ misses: 1, stored: 1, hits: 1, entries: 1, state: 'on' });
  });

  it('does not keep a read that follows a large call on its key, and keeps the next one', async () => {
    const cached = redis.cached();
    await cached.get('other');
    const calls = [redis.set('a', large), cached.get('a'), cached.mget('a', 'b')];
    expect(await Promise.all(calls)).toEqual(['OK', large, [large, null]]);
    expect(redis.stats().cache).toMatchObject({ stored: 1, entries: 1, state: 'on' });
    await other.set('a', 'changed');
    expect(await cached.get('a')).toBe('changed');
    expect(await cached.get('a')).toBe('changed');
    expect(redis.stats().cache).toMatchObject({ stored: 2, hits: 1 });
  });
});

it('refuses options that do not fit', async () => {
  expect(() => createRedis(server.url, { bulkAbove: 0 })).toThrow('bulkAbove');
  expect(() => createRedis(server.url, { bulkAbove: 1000, connections: 'one' })).toThrow(
    "bulkAbove: with connections: 'one' there is no connection for bulk",
  );
  await using redis = createRedis(`${server.url}?bulkAbove=1000`);
  expect(await redis.with({ bulk: true }).ping()).toBe('PONG');
  await using plain = createRedis(server.url);
  expect(() => plain.with({ bulk: true })).toThrow('bulk: the client was made without bulkAbove');
});
