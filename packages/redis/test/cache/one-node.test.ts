/** The cache of a client with one server. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isCacheable } from '../../src/cache/cacheable.ts';
import { mayBeMissing } from '../../src/cache/may-be-missing.ts';
import { type CacheEvent, command, createRedis, type Engine, keyValue, Redis } from '../../src/index.ts';
import { knownSpec } from '../../src/protocol/command-table.ts';
import { heard, openPair, until } from './support.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

describe('what is kept', () => {
  test('a value, a null and a hash are asked for once [#107] [#193]', async () => {
    await using pair = await openPair(server);
    const { redis, cached, other } = pair;
    await other.set('a', 'one');
    await other.hset('h', { f: 'v' });
    for (let i = 0; i < 3; i++) {
      expect(await cached.get('a')).toBe('one');
      expect(await cached.get('missing')).toBeNull();
      expect(await cached.hgetall('h')).toEqual({ f: 'v' });
    }
    expect(redis.stats().cache).toMatchObject({ hits: 6, misses: 3, stored: 3, entries: 3, state: 'on' });
  });

  test('a kept value ends when somebody changes the key, and a kept null when the key appears [#193]', async () => {
    await using pair = await openPair(server);
    const { redis, cached, other } = pair;
    expect([await cached.get('a'), await cached.lrange('l', 0, -1)]).toEqual([null, []]);
    await other.set('a', 1);
    await other.rpush('l', 'x');
    await heard(redis);
    expect([await cached.get('a'), await cached.lrange('l', 0, -1)]).toEqual(['1', ['x']]);
    await other.del('a');
    await heard(redis);
    expect(await cached.get('a')).toBeNull();
    expect(redis.stats().cache).toMatchObject({ hits: 0, misses: 5, invalidated: 3 });
  });

  test('a key that expires on the server ends', async () => {
    await using pair = await openPair(server);
    const { cached, other } = pair;
    await other.set('a', 1, { px: 50 });
    expect(await cached.get('a')).toBe('1');
    await until(async () => (await cached.get('a')) === null);
  });

  test('only reads of one key are kept whose reply depends on nothing else [#193]', async () => {
    await using pair = await openPair(server);
    const { redis, cached, other } = pair;
    await other.sadd('s', 'a');
    await other.set('k', 'v');
    for (let i = 0; i < 2; i++) {
      await cached.srandmember('s');
      await cached.ttl('k');
      await cached.sinter('s', 's');
      await cached.evalRo("return redis.call('GET', KEYS[1])", ['k']);
      await cached.time();
      await cached.touch('k');
      await cached.pipeline().execute();
    }
    expect(redis.stats().cache).toMatchObject({ hits: 0, misses: 0, entries: 0 });
  });

  test('nothing is kept that the server calls nondeterministic [#193]', async () => {
    await using redis = createRedis(server.url);
    const rows = (await redis.execute('COMMAND')) as readonly unknown[][];
    const all = rows.flatMap((row) => [row, ...((row[9] as unknown[][] | undefined) ?? [])]);
    const wrong: string[] = [];
    for (const [name, , flags, , , , , tips] of all) {
      const spec = knownSpec(String(name).replace('|', ' ').toUpperCase());
      if (spec === undefined) continue;
      const args = ['key', '0', '1'];
      const kept = isCacheable({ spec, args, flags: spec.flags, blockMs: 0, bytes: false, reply: (raw) => raw });
      const isChanging =
        (tips as Iterable<string>) && [...(tips as Iterable<string>)].includes('nondeterministic_output');
      if (kept && (isChanging || ![...(flags as Iterable<string>)].includes('readonly'))) wrong.push(String(name));
    }
    expect(all.length).toBeGreaterThan(300);
    expect(wrong).toEqual([]);
  });

  test('what a missing key gives is known for what it is, whatever was asked', async () => {
    await using redis = createRedis(server.url);
    const ways = ['', '0', '0 1', '- +', 'GET u8 0', 'FROMLONLAT 0 0 BYRADIUS 1 m'].map((text) => text.split(' '));
    const asked = new Map<string, unknown>();
    const ask = async (name: string, args: readonly string[]): Promise<unknown> =>
      asked.set([name, ...args].join(' '), await redis.execute(name, ...args));
    const calls: Promise<unknown>[] = [];
    for (const [name] of (await redis.execute('COMMAND')) as unknown as readonly [string][]) {
      const spec = knownSpec(name.toUpperCase());
      if (spec === undefined) continue;
      for (const way of ways) {
        const args = ['missing', ...way.filter((arg) => arg !== '')];
        const call = { spec, args, flags: spec.flags, blockMs: 0, bytes: false, reply: (raw: unknown) => raw };
        if (isCacheable(call)) calls.push(ask(name, args));
      }
    }
    await Promise.allSettled(calls); // some ways fit some commands
    expect(asked.size).toBeGreaterThan(50);
    expect([...asked].filter(([, reply]) => !mayBeMissing(reply))).toEqual([]);
    expect(['v', 'OK', 1, 1.5, [null, 'v'], new Map([['f', 'v']]), Uint8Array.of(0)].filter(mayBeMissing)).toEqual([]);
  });

  test('no caller can change what others get [#194]', async () => {
    await using pair = await openPair(server);
    const { redis, cached, other } = pair;
    await other.rpush('l', 'a', 'b');
    await other.set('k', 'abc');
    const bytes = cached.with({ bytes: true });
    for (let i = 0; i < 3; i++) {
      const list = await cached.lrange('l', 0, -1);
      expect(list).toEqual(['a', 'b']);
      list.push('mine');
      const value = (await bytes.get('k')) as Uint8Array;
      expect(Buffer.from(value).toString()).toBe('abc');
      value.fill(0);
      const fields = (await bytes.mget('k')) as Uint8Array[];
      fields[0]?.fill(0);
    }
    expect(redis.stats().cache).toMatchObject({ hits: 6, misses: 3 });
  });

  test('each command with its arguments is an entry of its own, as text and as bytes [#194]', async () => {
    await using pair = await openPair(server);
    const { redis, cached, other } = pair;
    await other.set('k', 'abcdef');
    for (let i = 0; i < 2; i++) {
      expect(await cached.getrange('k', 0, 1)).toBe('ab');
      expect(await cached.getrange('k', 0, 2)).toBe('abc');
      expect(await cached.strlen('k')).toBe(6);
      expect(await cached.send(command('GET', 'k'))).toBe('abcdef');
      expect(await cached.get(new Uint8Array([107]))).toBe('abcdef');
      expect(await cached.with({ bytes: true }).get('k')).toEqual(new Uint8Array(Buffer.from('abcdef')));
    }
    expect(redis.stats().cache).toMatchObject({ hits: 6, misses: 6 });
    await other.append('k', 'g');
    await heard(redis);
    expect([await cached.strlen('k'), await cached.get(new Uint8Array([107]))]).toEqual([7, 'abcdefg']);
  });

  test('keys of bytes that are no UTF-8 are kept and end like others', async () => {
    await using pair = await openPair(server);
    const { redis, cached, other } = pair;
    const [one, two] = [Uint8Array.of(0xff, 1), Uint8Array.of(0xfe, 1)];
    await other.set(one, 'one');
    await other.set(two, 'two');
    expect([await cached.get(one), await cached.get(two), await cached.get(one)]).toEqual(['one', 'two', 'one']);
    await other.set(one, 'changed');
    await heard(redis);
    expect([await cached.get(one), await cached.get(two)]).toEqual(['changed', 'two']);
  });

  test('an error is not kept [#198]', async () => {
    await using pair = await openPair(server);
    const { redis, cached, other } = pair;
    await other.rpush('l', 'x');
    for (let i = 0; i < 2; i++) await expect(cached.get('l')).rejects.toThrow('WRONGTYPE');
    expect(redis.stats().cache).toMatchObject({ hits: 0, misses: 2, stored: 0, entries: 0 });
  });
});

describe('MGET', () => {
  test('asks only for the keys that are missing [#194]', async () => {
    await using pair = await openPair(server);
    const { redis, cached, other } = pair;
    await other.mset({ a: '1', b: '2', c: '3' });
    expect(await cached.mget('a', 'b')).toEqual(['1', '2']);
    await other.set('b', 'new');
    await heard(redis);
    const asked: string[][] = [];
    await using watcher = createRedis(server.url);
    const monitor = watcher.monitor();
    const first = monitor.next();
    await until(async () => (await other.clientList()).includes('flags=O'));
    expect(await cached.mget('a', 'b', 'c', 'b', 'none')).toEqual(['1', 'new', '3', 'new', null]);
    await other.set('end', 1);
    for (let next = await first; !next.done; next = await monitor.next()) {
      if (next.value.args[0] === 'SET') break;
      asked.push([...next.value.args]);
    }
    expect(asked).toEqual([
      ['CLIENT', 'CACHING', 'YES'],
      ['MGET', 'b', 'c', 'none'],
    ]);
    expect(await cached.mget('a', 'b', 'c', 'none')).toEqual(['1', 'new', '3', null]);
    expect(redis.stats().cache).toMatchObject({ hits: 5, misses: 5, joined: 1 });
  });
});

describe('own writes', () => {
  test('are read by every later call, whatever connection they ran on [#197]', async () => {
    await using pair = await openPair(server);
    const { redis, cached } = pair;
    const ways: readonly ((value: string) => Promise<unknown>)[] = [
      (value) => redis.set('k', value),
      (value) => cached.set('k', value),
      async (value) => {
        await using session = await redis.session();
        await session.set('k', value);
      },
      (value) => {
        const multi = redis.multi();
        void multi.set('k', value);
        return multi.execute();
      },
      (value) => {
        const pipeline = cached.pipeline();
        void pipeline.set('k', value);
        return pipeline.execute();
      },
      (value) => redis.transaction(['k'], async () => [command('SET', 'k', value)]),
      (value) => redis.eval("return redis.call('SET', KEYS[1], ARGV[1])", ['k'], [value]),
      (value) => redis.eval(`return redis.call('SET', 'k', '${value}')`, [], []),
      (value) => redis.script("return redis.call('SET', KEYS[1], ARGV[1])", { keys: 1 })('k', value),
      (value) => redis.sendAll([command('GETSET', 'k', value)]),
    ];
    for (const [i, write] of ways.entries()) {
      await cached.get('k');
      const written = write(`${i}`);
      await written;
      expect(await cached.get('k')).toBe(`${i}`);
    }
    await cached.lrange('l', 0, -1);
    const popped = redis.blpop('l', 5);
    await redis.rpush('l', 'a', 'b');
    await popped;
    expect(await cached.lrange('l', 0, -1)).toEqual(['b']);
  });

  test('a read behind a write that is not answered yet gets what was written [#197]', async () => {
    await using pair = await openPair(server);
    const { redis, cached } = pair;
    for (let i = 0; i < 50; i++) {
      void cached.get('k');
      const written = redis.set('k', `${i}`);
      expect(await cached.get('k')).toBe(`${i}`);
      await written;
    }
  });

  test('FLUSHALL, and a command whose keys are unknown, end everything [#197]', async () => {
    await using pair = await openPair(server);
    const { redis, cached, other } = pair;
    for (const name of ['FLUSHALL', 'FLUSHDB', 'NO.SUCH']) {
      await other.set('k', name);
      await heard(redis);
      await cached.get('k');
      await redis.execute(name).catch(() => undefined);
      expect(redis.stats().cache?.entries).toBe(0);
    }
  });
});

describe('many callers', () => {
  test('concurrent reads of one key send one request [#110] [#198]', async () => {
    await using pair = await openPair(server);
    const { redis, cached, other } = pair;
    await other.set('k', 'v');
    await other.configResetstat();
    const values = await Promise.all(Array.from({ length: 100 }, () => cached.get('k')));
    expect(new Set(values)).toEqual(new Set(['v']));
    expect(await other.info('commandstats')).toContain('cmdstat_get:calls=1,');
    expect(redis.stats().cache).toMatchObject({ misses: 1, joined: 99, stored: 1 });
  });

  test('an invalidation makes one request per entry, however many read it [#199]', async () => {
    await using pair = await openPair(server);
    const { redis, cached, other } = pair;
    const rounds = 20;
    for (let round = 0; round < rounds; round++) {
      await other.set('k', round);
      await heard(redis);
      const values = await Promise.all(Array.from({ length: 50 }, () => cached.get('k')));
      expect(new Set(values)).toEqual(new Set([String(round)]));
    }
    expect(redis.stats().cache).toMatchObject({ misses: rounds, joined: 49 * rounds });
  });
});

describe('a read that is not taken', () => {
  test('because the queue is full leaves nothing behind that others would wait for [#198]', async () => {
    await using pair = await openPair(server, { maxQueueBytes: 100 });
    const { redis, cached } = pair;
    const long = 'k'.repeat(200);
    for (let i = 0; i < 3; i++) await expect(cached.get(long)).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    await expect(cached.mget(long, 'a')).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    expect(await cached.mget('a')).toEqual([null]);
    expect(redis.stats().cache).toMatchObject({ misses: 6, joined: 0, entries: 1 });
  });

  test('because of what was put around the client, neither [#198]', async () => {
    await using pair = await openPair(server);
    const engine = Reflect.get(pair.redis, 'client') as Engine;
    let refuses = true;
    const around = new Proxy(engine, {
      get: (target, name) => {
        if (name === 'send' && refuses) return () => Promise.reject(new Error('not now'));
        const found: unknown = Reflect.get(target, name);
        return typeof found === 'function' ? found.bind(target) : found;
      },
    });
    const wrapped = new Redis(around, {}).cached();
    await expect(wrapped.get('k')).rejects.toThrow('not now');
    await expect(wrapped.mget('k')).rejects.toThrow('not now');
    refuses = false;
    expect([await wrapped.get('k'), await wrapped.mget('k')]).toEqual([null, [null]]);
    expect(pair.redis.stats().cache).toMatchObject({ joined: 0, entries: 2 });
  });
});

describe('age', () => {
  test('is bounded by the ttl of the client and by that of the call, from the reply on [#200]', async () => {
    await using pair = await openPair(server, { cache: { ttl: 60 } });
    const { redis, cached } = pair;
    const short = redis.cached({ ttl: 20 });
    const long = redis.cached({ ttl: 60_000 });
    await cached.get('k');
    await new Promise((resolve) => setTimeout(resolve, 30));
    await short.get('k');
    expect(redis.stats().cache).toMatchObject({ hits: 0, misses: 2, expired: 1 });
    await new Promise((resolve) => setTimeout(resolve, 70));
    await long.get('k');
    expect(redis.stats().cache).toMatchObject({ hits: 0, misses: 3, expired: 2 });
  });

  test('of 0 means that each call asks [#200]', async () => {
    await using pair = await openPair(server);
    const { redis } = pair;
    const asks = redis.cached({ ttl: 0 });
    for (let i = 0; i < 50; i++) await asks.get('k');
    expect(redis.stats().cache).toMatchObject({ hits: 0, misses: 50 });
  });

  test('with exactExpiry nothing outlives its key on the server, be the server silent about it [#200]', async () => {
    await using pair = await openPair(server, { cache: { exactExpiry: true } });
    const { redis, cached, other } = pair;
    await other.set('a', 1, { px: 80 });
    await other.set('b', 1);
    for (let i = 0; i < 2; i++) {
      await heard(redis);
      expect([await cached.get('a'), await cached.get('b'), await cached.mget('b', 'c')]).toEqual([
        '1',
        '1',
        ['1', null],
      ]);
    }
    expect(redis.stats().cache).toMatchObject({ hits: 3, misses: 5, entries: 3 });
    server.pause();
    try {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const again = cached.get('a');
      expect(redis.stats().cache).toMatchObject({ expired: 1, hits: 3 });
      server.resume();
      expect(await again).toBeNull();
    } finally {
      server.resume();
    }
  });

  test('a large reply is given to its caller and not kept [#201]', async () => {
    await using pair = await openPair(server, { cache: { maxBytes: 16_000 } });
    const { redis, cached, other } = pair;
    await other.set('k', 'v'.repeat(2000));
    for (let i = 0; i < 2; i++) expect(await cached.get('k')).toHaveLength(2000);
    expect(redis.stats().cache).toMatchObject({ hits: 0, misses: 2, refused: 2, entries: 0 });
    expect(redis.stats().cache?.bytes).toBeLessThan(1000);
  });
});

describe('certainty', () => {
  test('a lost connection and a flush of the server end everything [#109] [#202]', async () => {
    await using pair = await openPair(server);
    const { redis, cached, other } = pair;
    await other.set('k', 1);
    await cached.get('k');
    const id = await redis.clientId();
    await other.clientKill({ id });
    await until(() => redis.stats().cache?.entries === 0);
    await other.set('k', 2);
    expect(await cached.get('k')).toBe('2');
    await other.flushall();
    await heard(redis);
    expect(await cached.get('k')).toBeNull();
    expect(redis.stats().cache).toMatchObject({ flushes: 2, hits: 0 });
    await other.set('k', 3);
    await heard(redis);
    expect(await cached.get('k')).toBe('3'); // the new connection is told of changes, too
  });

  test('after a lost connection each entry is asked for once, on the one new connection [#207]', async () => {
    await using pair = await openPair(server);
    const { redis, cached, other } = pair;
    await Promise.all(Array.from({ length: 100 }, (_, i) => cached.get(`k${i}`)));
    const before = redis.stats().cache?.misses ?? 0;
    const lost = new Promise<void>((resolve) => redis.on('state', () => resolve()));
    await other.clientKill({ id: await redis.clientId() });
    await lost;
    await Promise.all(Array.from({ length: 1000 }, (_, i) => cached.get(`k${i % 100}`)));
    expect(redis.stats().cache?.misses).toBe(before + 100);
    expect(redis.stats().connections.shared.size).toBe(1);
  });

  test('RESET and CLIENT TRACKING cannot reach the connection that is told of changes [#202]', async () => {
    await using pair = await openPair(server);
    const { redis, cached, other } = pair;
    await cached.get('k');
    await expect(redis.execute('RESET')).rejects.toMatchObject({ code: 'ARGUMENT' });
    await expect(redis.execute('CLIENT', 'TRACKING', 'OFF')).rejects.toMatchObject({ code: 'ARGUMENT' });
    await using session = await redis.session();
    await session.execute('RESET');
    await other.set('k', 1);
    await heard(redis);
    expect(await cached.get('k')).toBe('1');
  });

  test.each([
    ['the server speaks RESP2', { protocol: 2 as const }, /RESP3/],
    ['tracking is refused', { username: 'limited', password: 'x' }, /NOPERM/],
    ['CLIENT CACHING is refused', { username: 'half', password: 'x' }, /NOPERM/],
  ])('where %s, reads pass and the state is off, with the cause [#205]', async (_why, options, cause) => {
    await using admin = createRedis(server.url);
    await admin.aclSetuser('limited', 'on', '>x', '~*', '+@all', '-client|tracking');
    await admin.aclSetuser('half', 'on', '>x', '~*', '+@all', '-client|caching');
    await using pair = await openPair(server, options);
    const { redis, cached, other } = pair;
    await other.set('k', 1);
    expect(await cached.get('k')).toBe('1');
    await other.set('k', 2);
    expect(await cached.get('k')).toBe('2');
    expect(await cached.mget('k', 'l')).toEqual(['2', null]);
    const { cache } = redis.stats();
    expect(cache).toMatchObject({ state: 'off', entries: 0, hits: 0 });
    expect(cache?.cause?.message).toMatch(cause);
  });
});

describe('another database', () => {
  test('is what is read from the call of select() on, and nothing of the one before is kept', async () => {
    await using pair = await openPair(server);
    const { redis, cached, other } = pair;
    await other.set('k', 'zero');
    await using one = createRedis(server.url, { db: 1 });
    await one.set('k', 'one');
    expect(await cached.get('k')).toBe('zero');
    const before = cached.strlen('k');
    const selected = redis.select(1);
    expect([await cached.get('k'), await cached.strlen('k'), await before]).toEqual(['one', 3, 4]);
    await selected;
    expect(await cached.get('k')).toBe('one');
    await redis.select(0);
    expect([await cached.get('k'), await cached.strlen('k')]).toEqual(['zero', 4]);
    await one.flushdb();
  });

  test('or another user makes the client ask again', async () => {
    await using pair = await openPair(server);
    const { redis, cached, other } = pair;
    await other.aclSetuser('blind', 'on', '>x', '~other:*', '+@all');
    await cached.get('k');
    await redis.auth('blind', 'x');
    await expect(cached.get('k')).rejects.toThrow('NOPERM');
  });
});

describe('views', () => {
  test('only cached views use what is kept, and with({ cache: false }) does not', async () => {
    await using pair = await openPair(server);
    const { redis, cached } = pair;
    const uncached = cached.with({ cache: false });
    await redis.get('k');
    await uncached.get('k');
    expect(redis.stats().cache).toMatchObject({ hits: 0, misses: 0 });
    await cached.get('k');
    await redis.with({ cache: { ttl: 1000 } }).get('k');
    await cached.with({ timeout: 1000 }).get('k');
    expect(redis.stats().cache).toMatchObject({ hits: 2, misses: 1 });
  });

  test('a key prefix is part of the keys', async () => {
    await using pair = await openPair(server, { keyPrefix: 'p:' });
    const { redis, cached, other } = pair;
    await other.set('p:k', 1);
    expect(await cached.get('k')).toBe('1');
    await other.set('p:k', 2);
    await heard(redis);
    expect(await cached.get('k')).toBe('2');
    await cached.with({ keyPrefix: '' }).get('k');
    expect(redis.stats().cache).toMatchObject({ misses: 2 });
  });

  test('a client without the option refuses cached views, and wrong options are refused', () => {
    const redis = createRedis(server.url);
    expect(() => redis.cached()).toThrow('cache: the client was made without');
    const make = (cache: object) => () => createRedis(server.url, { cache });
    expect(make({ maxBytes: 0 })).toThrow('cache.maxBytes');
    expect(make({ mode: 'all' })).toThrow('cache.mode');
    expect(make({ prefixes: 'a:' })).toThrow('cache.prefixes');
    expect(make({ size: 1 })).toThrow('cache.size');
  });

  test('a client with one connection for everything keeps replies, too', async () => {
    await using pair = await openPair(server, { connections: 'one' });
    const { redis, cached, other } = pair;
    expect([await cached.get('k'), await cached.get('k')]).toEqual([null, null]);
    const popped = redis.blpop('l', 5);
    expect(await cached.get('k')).toBeNull();
    await other.rpush('l', 'x');
    await popped;
    await other.set('k', 1);
    await heard(redis);
    expect(await cached.get('k')).toBe('1');
    await other.clientKill({ id: await redis.clientId() });
    await until(() => redis.stats().cache?.entries === 0);
    await other.set('k', 2);
    expect(await cached.get('k')).toBe('2');
    expect(redis.stats().cache).toMatchObject({ hits: 2 });
  });

  test('KeyValue reads through a cached view', async () => {
    await using pair = await openPair(server);
    const { redis, cached, other } = pair;
    const store = keyValue(cached, { prefix: 'p:' });
    await store.setMany({ a: '1', b: '2' });
    for (let i = 0; i < 2; i++)
      expect([await store.get('a'), await store.has('a'), await store.getMany(['a', 'b', 'c'])]).toEqual([
        '1',
        true,
        ['1', '2', null],
      ]);
    expect(redis.stats().cache).toMatchObject({ hits: 5, misses: 5 });
    await other.set('p:a', 'new');
    await heard(redis);
    expect([await store.get('a'), await store.getMany(['a'])]).toEqual(['new', ['new']]);
  });

  test('a duplicate has a cache of its own', async () => {
    await using pair = await openPair(server);
    const { redis, cached } = pair;
    await using duplicate = cached.duplicate();
    await duplicate.get('k');
    await duplicate.get('k');
    expect([duplicate.stats().cache?.hits, redis.stats().cache?.hits]).toEqual([1, 0]);
  });

  test('flushes and a change of the state are told on kv:cache', async () => {
    const events: CacheEvent[] = [];
    const listener = (message: unknown): void => void events.push(message as CacheEvent);
    subscribe('kv:cache', listener);
    await using pair = await openPair(server, { name: 'watched' });
    const { redis, cached } = pair;
    await cached.get('k');
    await redis.flushall();
    await using off = createRedis(server.url, { cache: {}, name: 'off', protocol: 2 });
    await off.connect();
    unsubscribe('kv:cache', listener);
    expect(events.filter(({ client }) => client === 'watched')[0]).toMatchObject({
      event: 'flush',
      dropped: 1,
      reason: 'own write',
    });
    expect(events.filter(({ client }) => client === 'off')[0]).toMatchObject({ event: 'off', reason: 'handshake' });
  });

  test('a closed client refuses reads that it had kept', async () => {
    await using pair = await openPair(server);
    const { redis, cached } = pair;
    await cached.get('k');
    await redis.close();
    await expect(cached.get('k')).rejects.toMatchObject({ code: 'CLOSED' });
  });
});
