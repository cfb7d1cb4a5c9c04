/** What a cache bears: bytes that come in any pieces, refusals, callers that change what they gave or got, fake timers. */

import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { array, bulk, error, ok, push } from '@kv/testkit/topology/resp-text';
import { type Answer, ScriptedNode, type ScriptedRequest } from '@kv/testkit/topology/scripted-node';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { command, createRedis, type Redis } from '../../src/index.ts';
import { heard, openPair } from './support.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const close of open.splice(0).reverse()) await close();
});

const invalidated = (key: string): string => push(bulk('invalidate'), array(bulk(key)));

interface Scene {
  readonly node: ScriptedNode;
  readonly redis: Redis;
  readonly cached: Redis;
}

/** A client of a server that answers what is asked of keys, and CLIENT CACHING, as the test says. */
async function scene(answer: (request: ScriptedRequest) => Answer | undefined): Promise<Scene> {
  const node = new ScriptedNode(0);
  await node.start();
  open.push(() => node.stop());
  node.answer = answer;
  const redis = createRedis(`redis://${node.address}`, { cache: {} });
  open.push(() => redis.close({ timeout: 0 }));
  await redis.connect();
  return { node, redis, cached: redis.cached() };
}

test('bytes that come in two pieces, cut anywhere, mean what they mean in one [#196]', async () => {
  let isSilent = false;
  const { node, redis, cached } = await scene(({ name, args }) => {
    if (name !== 'GET' && args[0] !== 'CACHING') return undefined;
    if (isSilent) return '';
    return name === 'GET' ? bulk('new') : ok;
  });
  const streamOf = (round: number): string =>
    ok + invalidated(`a${round}`) + bulk('old') + ok + bulk('old') + invalidated(`b${round}`) + ok + bulk('old');
  const { length } = streamOf(100);
  for (let cut = 1; cut < length; cut++) {
    const keys = ['a', 'b', 'c'].map((name) => `${name}${100 + cut}`);
    const stream = streamOf(100 + cut);
    isSilent = true;
    const asked = node.countOf('GET');
    const first = Promise.all(keys.map((key) => cached.get(key)));
    await node.asked('GET', asked + 3);
    node.push(stream.slice(0, cut));
    await new Promise((resolve) => setImmediate(resolve));
    node.push(stream.slice(cut));
    expect(await first).toEqual(['old', 'old', 'old']);
    isSilent = false;
    await heard(redis);
    expect([cut, await Promise.all(keys.map((key) => cached.get(key)))]).toEqual([cut, ['new', 'new', 'old']]);
  }
});

describe('a server that refuses CLIENT CACHING', () => {
  test.each(['ERR unknown subcommand', 'NOPERM no permissions'])(
    'with %s is read as without a cache, also by reads that were under way [#205]',
    async (refusal) => {
      let count = 0;
      const { redis, cached } = await scene(({ name, args }) => {
        if (args[0] === 'CACHING') return error(refusal);
        return name === 'GET' ? bulk(`${++count}`) : undefined;
      });
      expect(await Promise.all([cached.get('a'), cached.get('a'), cached.get('b'), redis.get('c')])).toEqual([
        '1',
        '1',
        '2',
        '3',
      ]);
      expect([await cached.get('a'), await cached.get('a')]).toEqual(['4', '5']);
      expect(redis.stats()).toMatchObject({ pending: 0, cache: { state: 'off', entries: 0, bytes: 8 } });
    },
  );

  test('and the read as well gives the refusal of the read [#205]', async () => {
    const { redis, cached } = await scene(({ name, args }) => {
      if (args[0] === 'CACHING') return error('ERR first');
      return name === 'GET' ? error('ERR second') : undefined;
    });
    await expect(cached.get('a')).rejects.toMatchObject({ code: 'REPLY', command: 'GET', message: 'ERR second' });
    expect(await redis.ping()).toBe('PONG');
  });
});

describe('callers of one MGET and of reads of its keys', () => {
  test('each keep their own deadline and signal, and what one gives up is asked for again once [#198]', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { node, redis, cached } = await scene(({ name, args }) => {
      if (name !== 'MGET') return undefined;
      const answer = (sign: string): string => array(...args.map((key) => bulk(key + sign)));
      return node.countOf('MGET') <= 2 ? released.then(() => answer('?')) : answer('!');
    });
    const stop = new AbortController();
    const leader = cached.with({ signal: stop.signal }).mget('a', 'b', 'c');
    const late = cached
      .with({ timeout: 30 })
      .mget('b', 'd')
      .catch((error: unknown) => error);
    const patient = [cached.mget('a'), cached.mget('c', 'a'), cached.mget('b')];
    await node.asked('MGET', 2);
    expect(await late).toMatchObject({ code: 'TIMEOUT' });
    stop.abort();
    release();
    await expect(leader).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await Promise.all(patient)).toEqual([['a!'], ['c!', 'a!'], ['b!']]);
    expect(redis.stats().pending).toBe(0);
  });
});

test.each(['GET', 'MGET'])(
  'a %s that waited for one that timed out asks for the key that it was called with',
  async (name) => {
    const { node, cached } = await scene((request) => {
      if (request.args[0] === 'CACHING') return ok;
      if (request.name !== name) return undefined;
      if (request.args[0] === 'two') return name === 'GET' ? bulk('II') : array(bulk('II'));
      const answer = name === 'GET' ? bulk('I') : array(bulk('I'));
      return node.countOf(name) > 1 ? answer : node.asked(name, 2).then(() => answer);
    });
    const read = (key: Buffer, timeout: number): Promise<unknown> => {
      const view = cached.with({ timeout });
      return name === 'GET' ? view.get(key) : view.mget(key);
    };
    const first = read(Buffer.from('one'), 50);
    const key = Buffer.from('one');
    const second = read(key, 5000);
    key.write('two');
    await expect(first).rejects.toMatchObject({ code: 'TIMEOUT' });
    const one = name === 'GET' ? 'I' : ['I'];
    expect(await second).toEqual(one);
    expect(await read(Buffer.from('one'), 5000)).toEqual(one);
    expect(node.requests.filter((request) => request.name === name).map(({ args }) => args)).toEqual([
      ['one'],
      ['one'],
    ]);
  },
);

describe('with a real server', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  test('bytes of a key or an argument that a caller changes later do not change what is kept [#194]', async () => {
    await using pair = await openPair(server);
    const { redis, cached, other } = pair;
    await other.hset('h', { one: '1', two: '2' });
    await other.mset({ one: 'I', two: 'II' });
    const name = Buffer.from('one');
    expect([await cached.hget('h', name), await cached.get(name), await cached.mget(name)]).toEqual(['1', 'I', ['I']]);
    name.write('two');
    expect([await cached.hget('h', name), await cached.get(name), await cached.mget(name)]).toEqual([
      '2',
      'II',
      ['II'],
    ]);
    name.write('one');
    expect([await cached.hget('h', name), await cached.get(name), await cached.mget(name)]).toEqual(['1', 'I', ['I']]);
    expect(redis.stats().cache).toMatchObject({ misses: 6, hits: 3 });
  });

  test('bytes that are changed before they are written are kept under the key that was asked for [#194]', async () => {
    await using pair = await openPair(server);
    const { cached, other } = pair;
    await other.mset({ one: 'I', two: 'II' });
    const name = Buffer.from('one');
    const [single, many] = [cached.get(name), cached.mget(name)];
    name.write('two');
    expect([await single, await many]).toEqual(['I', ['I']]);
    expect([await cached.get(Buffer.from('one')), await cached.mget(Buffer.from('one'))]).toEqual(['I', ['I']]);
  });

  test('an expiry is asked of the key that was read, also when its bytes are changed before they are written', async () => {
    await using pair = await openPair(server, { cache: { exactExpiry: true } });
    const { cached, other } = pair;
    await other.set('one', 'I');
    const name = Buffer.from('one');
    const [single, many] = [cached.get(name), cached.mget(name)];
    name.write('two');
    expect([await single, await many]).toEqual(['I', ['I']]);
    const own = (): Promise<unknown> => Promise.all([cached.get(Buffer.from('one')), cached.mget(Buffer.from('one'))]);
    await heard(pair.redis);
    expect(await own()).toEqual(['I', ['I']]);
    expect(pair.redis.stats().cache).toMatchObject({ hits: 2, misses: 2, stored: 2 });
  });

  test('replies in the shapes of RESP2 and those of the same command are told apart', async () => {
    await using pair = await openPair(server);
    const { cached, other } = pair;
    await other.hset('h', { f: 'v' });
    await other.zadd('z', [{ member: 'm', score: 1.5 }]);
    const flat = cached.with({ replies: 'resp2' });
    for (let i = 0; i < 2; i++) {
      expect(await cached.hgetall('h')).toEqual({ f: 'v' });
      expect(await flat.execute('HGETALL', 'h')).toEqual(['f', 'v']);
      expect(await cached.execute('HGETALL', 'h')).toEqual(new Map([['f', 'v']]));
      expect(await flat.execute('ZSCORE', 'z', 'm')).toBe('1.5');
      expect(await cached.zscore('z', 'm')).toBe(1.5);
    }
  });

  test('a prefix of a view belongs to the key, in reads and in own writes', async () => {
    await using pair = await openPair(server, { keyPrefix: 'p:' });
    const { redis, cached, other } = pair;
    await other.mset({ k: 'bare', 'p:k': 'prefixed', 'q:k': 'another' });
    const bare = cached.with({ keyPrefix: '' });
    const another = cached.with({ keyPrefix: 'q:' });
    const all = async (): Promise<unknown> => [await cached.get('k'), await bare.get('k'), await another.get('k')];
    expect([await all(), await all()]).toEqual([
      ['prefixed', 'bare', 'another'],
      ['prefixed', 'bare', 'another'],
    ]); // only keys behind the client's own prefix are kept
    await redis.with({ keyPrefix: 'q:' }).set('k', 'written');
    expect([await all(), redis.stats().cache?.misses]).toEqual([['prefixed', 'bare', 'written'], 1]);
  });

  test('reads of a session, of multi() and of a transaction from a cached view ask the server', async () => {
    await using pair = await openPair(server);
    const { redis, cached, other } = pair;
    await other.set('k', 'old');
    await cached.get('k');
    await other.set('k', 'new');
    await using session = await cached.session();
    const multi = cached.multi();
    void multi.get('k');
    const read = cached.transaction('k', async (own) => [command('SET', 'seen', (await own.get('k')) ?? '')]);
    expect([await session.get('k'), await multi.execute(), await read]).toEqual(['new', ['new'], ['OK']]);
    expect([await redis.get('seen'), redis.stats().cache?.misses]).toEqual(['new', 1]);
  });

  test('fake timers of a test neither stop a cached read nor let what is kept end [#200]', async () => {
    await using pair = await openPair(server, { cache: { ttl: 60_000 } });
    const { redis, cached, other } = pair;
    await other.set('k', 'v');
    vi.useFakeTimers({
      toFake: ['setTimeout', 'setInterval', 'setImmediate', 'Date', 'performance', 'queueMicrotask'],
    });
    expect(await cached.get('k')).toBe('v');
    vi.advanceTimersByTime(3_600_000);
    expect([await cached.get('k'), redis.stats().cache?.hits]).toEqual(['v', 1]);
    vi.useRealTimers();
  });

  test('what a connection changes about tracking is refused, for it would end what the server tells', async () => {
    await using pair = await openPair(server);
    const { redis } = pair;
    const ways = [['CLIENT', 'TRACKING', 'OFF'], ['CLIENT CACHING', 'NO'], ['RESET'], ['HELLO', '2']] as const;
    for (const [name, ...args] of ways)
      await expect(redis.execute(name, ...args)).rejects.toMatchObject({ code: 'ARGUMENT' });
  });
});
