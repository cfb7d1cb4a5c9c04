import { setImmediate as turn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRedis, type KvError, type Redis } from '../src/index.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

describe.each([2, 3] as const)('data in RESP%i', (protocol) => {
  let redis: Redis;
  beforeEach(() => {
    redis = createRedis(server.url, { protocol, timeout: 60_000 });
    return async () => {
      await redis.flushall();
      await redis.close();
    };
  });

  it('23: 100,000 commands at once give the right answers', async () => {
    const keys = Array.from({ length: 50_000 }, (_, i) => `k${i}`);
    const set = Promise.all(keys.map((key, i) => redis.set(key, i)));
    const got = await Promise.all(keys.map((key) => redis.get(key)));
    expect(new Set(await set)).toEqual(new Set(['OK']));
    expect(got.every((value, i) => value === String(i))).toBe(true);
    expect(redis.stats()).toMatchObject({ pending: 0, queuedBytes: 0, connections: { shared: { size: 1 } } });
  }, 60_000);

  it('what calls and large values needed is given back: five rounds need no more than one', async () => {
    const raw = redis.with({ bytes: true });
    const round = async (): Promise<number> => {
      await redis.set('large', new Uint8Array(16 << 20));
      await raw.get('large');
      await Promise.all(Array.from({ length: 50_000 }, (_, i) => redis.set(`k${i % 100}`, i)));
      await turn();
      collect();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const first = await round();
    let last = first;
    for (let i = 0; i < 4; i++) last = await round();
    expect(last - first).toBeLessThan(40 << 20); // four rounds carried 128 MB
  }, 60_000);

  it('names that are no UTF-8 never hide each other: several are refused, and can be had as bytes [#13]', async () => {
    const fields = [Buffer.from([0x66, 0xfe]), Buffer.from([0x66, 0xff])] as const;
    const raw = redis.with({ bytes: true });
    for (const field of fields) await redis.hset('h', field, 'v');
    await redis.xadd(
      's',
      '*',
      new Map([
        [fields[0], '1'],
        [fields[1], '2'],
      ]) as unknown as Map<string, string>,
    );
    for (const call of [redis.hgetall('h'), raw.hgetall('h'), redis.xrange('s', '-', '+'), raw.xrange('s', '-', '+')])
      await expect(call).rejects.toMatchObject({ code: 'PROTOCOL', message: expect.stringContaining('UTF-8') });
    expect(await redis.get('after')).toBeNull();
    const found = await raw.execute('HGETALL', 'h');
    const names = found instanceof Map ? [...found.keys()] : (found as unknown[]).filter((_, i) => i % 2 === 0);
    expect(names.map((name) => Buffer.from(name as Uint8Array).toString('hex')).sort()).toEqual(['66fe', '66ff']);
    expect(await redis.execute('HGETALL', 'h')).toEqual(['f\ufffd', 'v', 'f\ufffd', 'v']);
  });

  it('members that are no UTF-8 never hide each other, in any kind of call [#13]', async () => {
    const members = [Buffer.from([0x66, 0xfe]), Buffer.from([0x66, 0xff])] as const;
    await redis.sadd('set', ...members);
    for (const member of members) await redis.hset('h', member, 'v');
    await redis.set('k', 'v');
    const both = ['f\ufffd', 'f\ufffd'];
    expect(await redis.smembers('set')).toEqual(both);
    expect(await redis.sinter('set')).toEqual(both);
    expect([...((await redis.execute('SMEMBERS', 'set')) as Iterable<unknown>)]).toEqual(both);
    const multi = redis.multi();
    const [found, fields] = [multi.smembers('set'), multi.hgetall('h')];
    void multi.dump('k'); // bytes, so all of the answer comes as bytes
    await expect(multi.execute()).rejects.toMatchObject({ code: 'BATCH' });
    expect(await found).toEqual(both);
    await expect(fields).rejects.toMatchObject({ code: 'PROTOCOL', message: expect.stringContaining('UTF-8') });
    expect(await redis.spop('set', 2)).toEqual(both);
  });

  it('one name that comes twice in a reply is no reason to refuse it [#13]', async () => {
    await redis.execute('XADD', 's', '*', 'f', '1', 'f', '2');
    expect(await redis.xrange('s', '-', '+')).toMatchObject([{ fields: { f: '2' } }]);
  });

  it('a byte order mark is data, wherever text is asked for', async () => {
    const marked = '\ufeffmarked';
    await redis.hset(marked, { [marked]: marked });
    await redis.set('k', marked);
    const raw = redis.with({ bytes: true });
    expect(Object.keys(await raw.hgetall(marked))).toEqual([marked]);
    expect([await redis.get('k'), await redis.hgetall(marked)]).toEqual(['\ufeffmarked', { [marked]: marked }]);
    const m = redis.multi();
    const text = m.get('k');
    void m.dump('k'); // bytes in any case
    await m.execute();
    expect(await text).toBe(marked);
    await using heard = await redis.subscribe(marked);
    await using _bytes = await raw.subscribe(marked);
    await redis.publish(marked, marked);
    expect((await heard.next()).value).toEqual({ channel: marked, message: marked });
  });

  it('values of 1 MB and 64 MB come back whole, as text and as bytes', async () => {
    for (const size of [1 << 20, 64 << 20]) {
      const ascii = `${'x'.repeat(size - 3)}end`;
      await redis.set('large', ascii);
      expect((await redis.get('large')) === ascii).toBe(true);
      const bytes = new Uint8Array(size).map((_, i) => i % 251);
      await redis.set('large', bytes);
      const back = await redis.with({ bytes: true }).get('large');
      expect(back !== null && Buffer.compare(back, bytes) === 0).toBe(true);
    }
  }, 60_000);

  it('large values of many calls at once come back to the calls that they belong to, as text and as bytes', async () => {
    const texts = Array.from({ length: 12 }, (_, i) => `${i}${'é€x'.charAt(i % 3)}`.repeat(60_000 + i * 9001));
    await Promise.all(texts.map((text, i) => redis.set(`large ${i}`, text)));
    const raw = redis.with({ bytes: true });
    const got = await Promise.all(texts.flatMap((_, i) => [redis.get(`large ${i}`), raw.get(`large ${i}`)]));
    const same = got.map((value, i) => Buffer.from(value ?? '').equals(Buffer.from(texts[i >> 1] ?? '?')));
    expect(same).toEqual(got.map(() => true));
  });

  it('keys and values may hold any byte', async () => {
    const every = Uint8Array.from({ length: 256 }, (_, i) => i);
    const raw = redis.with({ bytes: true });
    expect(await raw.set(every, every)).toBe('OK');
    expect(await raw.get(every)).toEqual(every);
    expect(await raw.keys('*')).toEqual([every]);
  });

  it('empty strings and UTF-8 of every width', async () => {
    const texts = ['', 'a', 'é', '€', '𐍈', '\r\n$-1\r\n', '\0', 'é'.repeat(100), `${'a'.repeat(5000)}𐍈`];
    await Promise.all(texts.map((text, i) => redis.set(`key ${text}`, `${text}${i}`)));
    const got = await Promise.all(texts.map((text) => redis.get(`key ${text}`)));
    expect(got).toEqual(texts.map((text, i) => `${text}${i}`));
    await redis.set('', '');
    expect(await redis.get('')).toBe('');
  });

  it('integers are exact: number when safe, else bigint', async () => {
    await redis.set('n', '9007199254740991');
    expect(await redis.incr('n')).toBe(9007199254740992n);
    expect(await redis.incrby('n', -1)).toBe(9007199254740991);
  });
});

describe('bad input', () => {
  it.each([
    ['undefined', undefined],
    ['null', null],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['an object', { a: 1 }],
    ['an array', [1]],
    ['a symbol', Symbol('x')],
    ['a function', () => 1],
    ['a boolean', true],
    ['a lone surrogate', '\ud800'],
  ])('%s is refused by name, and nothing is sent', async (_, value) => {
    await using redis = createRedis(server.url);
    const before = Number(/total_commands_processed:(\d+)/.exec(await redis.info('stats'))?.[1]);
    const errors = await Promise.all(
      [redis.set(value as string, 'v'), redis.set('k', value as string), redis.execute('SET', 'k', value)].map((call) =>
        call.catch((error: KvError) => error),
      ),
    );
    expect(errors).toMatchObject([
      { code: 'ARGUMENT', outcome: 'notSent', command: 'SET', message: expect.stringContaining('key') },
      { code: 'ARGUMENT', outcome: 'notSent', command: 'SET', message: expect.stringContaining('value') },
      { code: 'ARGUMENT', outcome: 'notSent', message: expect.stringContaining('argument 2') },
    ]);
    const after = Number(/total_commands_processed:(\d+)/.exec(await redis.info('stats'))?.[1]);
    expect(after - before).toBe(1);
  });

  it('more arguments than a command takes are refused, not dropped', async () => {
    await using redis = createRedis(server.url);
    await redis.flushall();
    type Loose = (...args: unknown[]) => Promise<unknown>;
    const calls: (() => Promise<unknown>)[] = [
      () => (redis.zadd as Loose).call(redis, 'z', 1, 'a', { nx: true }),
      () => (redis.get as Loose).call(redis, 'z', () => {}),
      () => (redis.expire as Loose).call(redis, 'z', 10, { nx: true }, 'NX'),
      () => (redis.blpop as Loose).call(redis, ['z'], 1, 2),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        code: 'ARGUMENT',
        message: expect.stringMatching(/more arguments/),
      });
    }
    for (const batch of [redis.pipeline(), redis.multi()]) {
      void batch.set('a', 1);
      void (batch.zadd as Loose).call(batch, 'z', 1, 'a', { nx: true });
      await expect(batch.execute()).rejects.toMatchObject({
        code: 'ARGUMENT',
        command: 'ZADD',
        message: expect.stringContaining('ZADD'),
      });
    }
    await using session = await redis.session();
    await expect((session.select as Loose).call(session, 1, 2)).rejects.toMatchObject({ code: 'ARGUMENT' });
    expect(await redis.keys('*')).toEqual([]);
  });

  it.each([
    ['http://localhost', /unknown scheme http/],
    ['nonsense', /not a URL/],
    ['redis://localhost/abc', /number of a database/],
    ['redis://localhost?colour=red', /colour: unknown option/],
    ['redis://localhost?timeout=soon', /timeout: expected milliseconds/],
    ['redis://localhost?db=1&db=2', /given twice/],
    ['redis://:secr%zz@localhost', /password is not correctly/],
    ['redis://localhost:0', /port/],
    ['redis+unix://host/path', /redis\+unix:\/\/\//],
  ])('the address %s is refused', (url, message) => {
    expect(() => createRedis(url)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT', message: expect.stringMatching(message) }),
    );
  });

  it.each([
    [{ colour: 1 }, /colour: unknown option/],
    [{ timeout: '5' }, /timeout/],
    [{ db: -1 }, /db/],
    [{ retry: 'sometimes' }, /retry: expected one of safe/],
    [{ maxSessions: 0 }, /maxSessions/],
    [{ username: 'u' }, /password/],
    [{ password: 'p', credentials: { password: 'q' } }, /credentials/],
    [{ backoff: { speed: 1 } }, /speed: unknown option/],
  ])('the options %j are refused', (options, message) => {
    expect(() => createRedis('redis://localhost', options as never)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT', message: expect.stringMatching(message) }),
    );
  });
});

describe('errors', () => {
  it('of the server have prefix, command and outcome, and never arguments', async () => {
    await using redis = createRedis(server.url);
    await redis.set('text', 'secret-value');
    const error = await redis.lpush('text', 'secret-argument').catch((e: KvError) => e);
    expect(error).toMatchObject({
      name: 'ReplyError',
      code: 'REPLY',
      outcome: 'refused',
      prefix: 'WRONGTYPE',
      command: 'LPUSH',
    });
    expect(JSON.stringify(error) + String(error) + (error as Error).stack).not.toContain('secret');
  });

  it('an unknown command is told without its arguments, which the server quotes', async () => {
    await using redis = createRedis(server.url);
    const error = await redis.execute('NOSUCH', 'secret-argument').catch((e: KvError) => e);
    expect(error).toMatchObject({ code: 'REPLY', outcome: 'refused', message: "ERR unknown command 'NOSUCH'" });
    expect(inspect(error)).not.toContain('secret');
  });

  it('one refused command does not spoil its neighbors', async () => {
    await using redis = createRedis(server.url);
    const settled = await Promise.allSettled([redis.set('a', 1), redis.lpush('a', 1), redis.get('a')]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
