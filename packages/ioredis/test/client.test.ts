import { inspect } from 'node:util';
import { faultProxy } from '@kv/testkit/fault-proxy';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { Redis as Ioredis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Command, MaxRetriesPerRequestError, Redis, type RedisOptions, ReplyError } from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

/** A client that is closed when the test has ended. */
function client(options: RedisOptions = {}): Redis {
  const redis = new Redis({ port: server.port, host: '127.0.0.1', ...options });
  onTestFinished(() => redis.disconnect());
  return redis;
}

const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

/** The events of a client from now on, without their arguments. */
function eventsOf(redis: Redis): string[] {
  const events: string[] = [];
  for (const event of ['connecting', 'connect', 'ready', 'close', 'reconnecting', 'end', 'error'])
    redis.on(event, () => events.push(event));
  return events;
}

/** Resolves when a client emits an event; unlike that of Node, not with an error before. */
const once = (redis: Redis, event: string): Promise<unknown[]> =>
  new Promise((resolve) => redis.once(event, (...args) => resolve(args)));

describe('a client', () => {
  it.each([
    ['port and host', () => new Redis(server.port, '127.0.0.1')],
    ['port, host and options', () => new Redis(server.port, '127.0.0.1', { db: 3 })],
    ['options', () => new Redis({ port: server.port, host: '127.0.0.1' })],
    ['an address', () => new Redis(`redis://127.0.0.1:${server.port}/3`)],
    ['an address and options', () => new Redis(`redis://127.0.0.1:${server.port}`, { connectionName: 'me' })],
    ['createClient', () => Redis.createClient({ port: server.port, host: '127.0.0.1' })],
  ])('is made from %s', async (_, make) => {
    const redis = make();
    expect(await redis.ping()).toBe('PONG');
    expect(await redis.quit()).toBe('OK');
  });

  it.each([
    ['an address', [(port: number) => `redis://localhost:${port}/3?db=4&commandTimeout=900`, { db: 5 }]],
    ['an address without a scheme', [(port: number) => `//localhost:${port}/3`]],
    ['options', [{ db: 3 }, (port: number) => `redis://localhost:${port}/5`]],
    ['a port before options', [(port: number) => String(port), { port: 1, db: 3 }]],
  ])('takes what is said twice from the first argument, as ioredis does: %s', async (_, given) => {
    const args = given.map((arg) => (typeof arg === 'function' ? arg(server.port) : arg));
    const described = async (Class: unknown): Promise<unknown> => {
      const redis = new (Class as new (...args: unknown[]) => Redis)(...args);
      onTestFinished(() => redis.disconnect());
      return / db=(\d+)/.exec(await redis.client('INFO'))?.[1];
    };
    expect([await described(Redis), await described(Ioredis)]).toEqual(['3', '3']);
  });

  it('takes TLS from options before the scheme of an address, and addresses of IPv6', () => {
    const tls = { servername: 'redis.example' };
    const options = { lazyConnect: true, password: 7 } as unknown as RedisOptions;
    const { options: known } = new Redis('rediss://[::1]:7000', { ...options, tls });
    expect(known).toMatchObject({ host: '::1', port: 7000, tls });
    const behind = { ...options, tls } as unknown as string; // in this order only for callers without types
    expect(new Redis(behind, 'rediss://localhost' as never).options).toMatchObject({ host: 'localhost', tls });
    expect(new Redis('rediss://localhost', options).options).toMatchObject({ tls: true });
    expect(new Redis('/tmp/r.sock?db=2', options).options).toMatchObject({ path: '/tmp/r.sock', db: '2' });
  });

  it.each(['unix', 'redis+unix', 'valkey+unix'])('takes the path of a socket from %s:', (scheme) => {
    const { options } = new Redis(`${scheme}:///tmp/r.sock?db=2`, { lazyConnect: true });
    expect(options).toMatchObject({ path: '/tmp/r.sock', db: '2' });
  });

  it.each(['http', 'redi', 'redis+sentinel'])(
    'refuses an address of %s:, and does not repeat its password',
    (scheme) => {
      const refusal = `address: unknown scheme ${scheme}:; expected redis:, rediss:, valkey:, valkeys: or a path`;
      expect(() => new Redis(`${scheme}://:secret@localhost`)).toThrow(new TypeError(refusal));
    },
  );

  it.each(['redis://:se/cret@localhost:6379', 'redis://:secret@localhost:99999'])(
    'refuses %s, which is no URL, without repeating its password',
    (address) => {
      let refusal: unknown;
      try {
        new Redis(address);
      } catch (error) {
        refusal = error;
      }
      expect(refusal).toBeInstanceOf(TypeError);
      expect(String(refusal)).toContain('expected a URL');
      expect(inspect(refusal, { showHidden: true })).not.toMatch(/cret@/);
    },
  );

  it('is made from the path of a unix socket, and from the address of an embedded server', async () => {
    await using other = await startRedis({ unixSocket: true });
    const local = new Redis(other.path as string);
    const embedded = new Redis('embedded:');
    expect([await local.ping(), await embedded.ping()]).toEqual(['PONG', 'PONG']);
    await Promise.all([local.quit(), embedded.quit()]);
  });

  it('keeps its embedded server for duplicates, and when it connects again', async () => {
    const redis = new Redis('embedded:');
    await redis.set('a', 1);
    const subscriber = redis.duplicate() as Redis;
    const message = once(subscriber, 'message');
    await subscriber.subscribe('news');
    expect(await redis.publish('news', 'hello')).toBe(1);
    expect(await message).toEqual(['news', 'hello']);
    redis.disconnect();
    await once(redis, 'end');
    await redis.connect();
    expect(await redis.get('a')).toBe('1');
    const elsewhere = [redis.duplicate({ db: 1 }), new Redis({ address: 'embedded:' } as RedisOptions)];
    expect(await Promise.all(elsewhere.map((one) => one.get('a')))).toEqual([null, null]);
    for (const one of [redis, subscriber, ...elsewhere]) one.disconnect();
  });

  it('connects by itself, and tells so', async () => {
    const redis = client();
    const events = eventsOf(redis);
    expect(redis.status).toBe('connecting');
    await once(redis, 'ready');
    expect(redis.status).toBe('ready');
    expect(await failure(redis.connect())).toMatchObject({ message: 'Redis is already connecting/connected' });
    const ended = once(redis, 'end');
    await redis.quit();
    await ended;
    expect(events).toEqual(['connecting', 'connect', 'ready', 'close', 'end']);
    expect(await failure(redis.get('a'))).toMatchObject({ message: 'Connection is closed.' });
  });

  it('waits for the first command, or for connect(), when it is lazy', async () => {
    const redis = client({ lazyConnect: true });
    expect(redis.status).toBe('wait');
    await redis.get('a');
    expect(redis.status).toBe('ready');
    const other = client({ lazyConnect: true });
    await other.connect();
    expect(other.status).toBe('ready');
  });

  it('can be connected again after it was closed', async () => {
    const redis = client();
    await redis.set('again', 1);
    redis.disconnect();
    await once(redis, 'end');
    await redis.connect();
    expect(await redis.get('again')).toBe('1');
  });

  it('has a name and a database, also after it came back', async () => {
    await using proxy = await faultProxy(server);
    const redis = client({ port: proxy.port, connectionName: 'my name', db: 2, retryStrategy: () => 1 });
    await redis.ping();
    const events = eventsOf(redis);
    proxy.cut();
    await once(redis, 'ready');
    expect(events.filter((event) => event !== 'error')).toEqual([
      'close',
      'reconnecting',
      'connecting',
      'connect',
      'ready',
    ]);
    expect(await redis.client('INFO')).toMatch(/name=my-name .* db=2 /);
  });

  it('calls callbacks instead, or as well', async () => {
    const redis = client();
    const calls: unknown[] = [];
    const expected = [[null, 'OK'], 2, 'WRONGTYPE', [null, [[null, '2']]]];
    await new Promise<void>((done) => {
      void redis.set('cb', 1, (error, reply) => calls.push([error, reply]));
      void redis.incr('cb', (_, reply) => calls.push(reply));
      redis.lpush('cb', 'x').catch((error: Error) => calls.push(error.message.slice(0, 9)));
      void redis
        .pipeline()
        .get('cb')
        .exec((error, results) => {
          calls.push([error, results]);
          done();
        });
    });
    const sorted = (list: readonly unknown[]): string[] => list.map((item) => JSON.stringify(item)).sort();
    expect(sorted(calls)).toEqual(sorted(expected));
  });

  it('rejects with the ReplyError of the client, without the arguments', async () => {
    const error = await failure(client().call('set', 'only-a-key'));
    expect(error).toBeInstanceOf(ReplyError);
    expect(error).toMatchObject({ name: 'ReplyError', code: 'REPLY', command: 'SET' });
    expect(JSON.stringify(error)).not.toContain('only-a-key');
  });

  it('sends command objects', async () => {
    const redis = client();
    await redis.set('object', 'text');
    const command = new Command('get', ['object'], { replyEncoding: 'utf8' });
    redis.sendCommand(command as never);
    expect(await command.promise).toBe('text');
    const bytes = new Command('get', ['object']);
    redis.sendCommand(bytes as never);
    expect(await bytes.promise).toEqual(Buffer.from('text'));
  });

  it('takes transformers of arguments and replies', async () => {
    const redis = client();
    Command.setArgumentTransformer('append', ([key, value]) => [key, `${String(value)}!`]);
    Command.setReplyTransformer('strlen', (length) => ({ length }));
    await redis.del('t');
    await redis.append('t', 'ab');
    expect(await redis.strlen('t')).toEqual({ length: 3 });
    Command.setArgumentTransformer('append', (args) => args);
    Command.setReplyTransformer('strlen', (length) => length);
  });

  it('rejects arguments that cannot be made into text, whatever the command does', async () => {
    const redis = client();
    const bare = Object.create(null) as string;
    const called = new Promise((_, reject) => void redis.set('a', bare, (error) => reject(error)));
    const calls = [redis.set('a', bare), redis.subscribe(bare), redis.multi().get(bare).exec(), called];
    for (const error of await Promise.all(calls.map(failure))) expect(error).toBeInstanceOf(TypeError);
    expect(await redis.ping()).toBe('PONG');
  });

  it('has scripts as commands, also in pipelines, and with the number of keys as first argument', async () => {
    const redis = client({ scripts: { first: { lua: 'return KEYS[1]', numberOfKeys: 1 } } });
    redis.defineCommand('pair', { lua: 'return {KEYS[1], ARGV[1]}', numberOfKeys: 1 });
    redis.defineCommand('count', { lua: 'return #KEYS' });
    const own = redis as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    expect(await own['pair']?.('k', 'a')).toEqual(['k', 'a']);
    expect(await own['pairBuffer']?.('k', 'a')).toEqual([Buffer.from('k'), Buffer.from('a')]);
    expect(await own['count']?.(2, 'k', 'l', 'a')).toBe(2);
    expect(await own['first']?.('k')).toBe('k');
    const twin = redis.duplicate();
    expect(await (twin as unknown as typeof own)['first']?.('k')).toBe('k');
    twin.disconnect();
  });

  it('queues the commands that follow multi({ pipeline: false })', async () => {
    const redis = client();
    await redis.multi({ pipeline: false });
    expect(await redis.set('queued', 1)).toBe('QUEUED');
    expect(await redis.incr('queued')).toBe('QUEUED');
    expect(await redis.exec()).toEqual([
      [null, 'OK'],
      [null, 2],
    ]);
    expect(await redis.get('queued')).toBe('2');
  });

  it('rejects a transaction of which the server refuses a member', async () => {
    const redis = client();
    await redis.set('kept', 1);
    const error = await failure(redis.multi().set('kept', 2).call('nosuch').exec());
    expect(error).toMatchObject({ name: 'TransactionAbortedError', message: expect.stringContaining('EXECABORT') });
    expect(await redis.get('kept')).toBe('1');
  });

  it('is one entry in the list of clients, blocking commands and all', async () => {
    const redis = client({ connectionName: 'single' });
    const other = client();
    const popped = redis.blpop('blocked', 0);
    const after = redis.get('after');
    const list = async (): Promise<string> => String(await other.client('LIST'));
    await expect.poll(list).toMatch(/name=single .* cmd=blpop /);
    expect((await list()).split('name=single ').length - 1).toBe(1);
    await other.rpush('blocked', 'x');
    expect([await popped, await after]).toEqual([['blocked', 'x'], null]);
  });

  it('gives the client under it for what ioredis has no words for', async () => {
    const redis = client({ kv: { retry: 'always' } });
    await redis.set('under', 1);
    expect(await redis.kv.with({ timeout: 1000 }).get('under')).toBe('1');
  });
});

describe('while the server is away', () => {
  const away: RedisOptions = { port: 1, host: '127.0.0.1' };

  it('calls wait for maxRetriesPerRequest attempts; then they end, and later ones wait again', async () => {
    const redis = client({ ...away, retryStrategy: () => 1, maxRetriesPerRequest: 2 });
    const errors: string[] = [];
    redis.on('error', (error) => errors.push((error as NodeJS.ErrnoException).code ?? ''));
    const [first, second] = await Promise.all([failure(redis.get('a')), failure(redis.pipeline().get('a').exec())]);
    expect(first).toBeInstanceOf(MaxRetriesPerRequestError);
    expect(second).toMatchObject([[{ name: 'MaxRetriesPerRequestError' }]]);
    expect(await failure(redis.get('b'))).toBeInstanceOf(MaxRetriesPerRequestError);
    expect(errors[0]).toBe('ECONNREFUSED');
  });

  it.each([
    ['select', (redis: Redis) => redis.select(1)],
    ['watch', (redis: Redis) => redis.watch('a')],
  ])('so does %s, which changes the connection', async (_, call) => {
    const redis = client({ ...away, maxRetriesPerRequest: 1, retryStrategy: () => 5 });
    expect(await failure(call(redis))).toBeInstanceOf(MaxRetriesPerRequestError);
  });

  it('a client that was closed refuses another login, and makes no connection for it', async () => {
    const redis = client({ lazyConnect: true });
    await redis.quit();
    expect(await failure(redis.auth('secret'))).toMatchObject({ message: 'Connection is closed.' });
  });

  it('null as maxRetriesPerRequest lets them wait until the server is back', async () => {
    await using proxy = await faultProxy(server);
    await proxy.refuse();
    const redis = client({ port: proxy.port, retryStrategy: () => 1, maxRetriesPerRequest: null });
    const got = redis.get('none');
    for (let i = 0; i < 30; i++) await once(redis, 'reconnecting');
    await proxy.accept();
    expect(await got).toBeNull();
  });

  it('a retryStrategy that gives no number ends the client', async () => {
    const redis = client({ ...away, retryStrategy: (times) => (times < 3 ? 1 : null) });
    const waiting = failure(redis.get('a'));
    await once(redis, 'end');
    expect(redis.status).toBe('end');
    expect(await waiting).toBeInstanceOf(Error);
    expect(await failure(redis.get('a'))).toMatchObject({ message: 'Connection is closed.' });
  });

  it('without an offline queue calls are refused at once', async () => {
    const redis = client({ enableOfflineQueue: false });
    expect(await failure(redis.get('a'))).toMatchObject({ message: expect.stringContaining("Stream isn't writeable") });
    await once(redis, 'ready');
    expect(await redis.get('none')).toBeNull();
  });

  it('connect() rejects, and no error without a listener ends the process', async () => {
    const redis = client({ ...away, lazyConnect: true, retryStrategy: () => null });
    expect(await failure(redis.connect())).toMatchObject({ message: 'Connection is closed.' });
  });

  it('a command that was sent and may have run says so, and is not run twice, also not by reconnectOnError', async () => {
    await using proxy = await faultProxy(server);
    const redis = client({ port: proxy.port, retryStrategy: () => 1, reconnectOnError: () => 2 });
    await redis.set('counted', 0);
    proxy.stall('toClient');
    const count = failure(redis.incr('counted'));
    await expect.poll(() => client().get('counted')).toBe('1');
    proxy.cut();
    expect(await count).toMatchObject({ code: 'CONNECTION', outcome: 'unknown' });
    expect(await redis.get('counted')).toBe('1');
  });

  it('reconnectOnError decides about a refusal: connect again, and send again', async () => {
    const redis = client({ reconnectOnError: (error) => (error.message.startsWith('WRONGTYPE') ? 2 : false) });
    await redis.del('list');
    await redis.rpush('list', 'x');
    const closed = once(redis, 'ready');
    expect(await failure(redis.get('list'))).toMatchObject({ message: expect.stringContaining('WRONGTYPE') });
    await closed;
  });

  it('reconnectOnError 2 sends again also when the first attempt to connect fails', async () => {
    await using proxy = await faultProxy(server);
    const redis = client({ port: proxy.port, retryStrategy: () => 1, reconnectOnError: () => 2 });
    await redis.set('healed', 'text');
    await proxy.refuse(); // connections that are open stay
    redis.on('error', () => undefined);
    redis.once(
      'error',
      () =>
        void client()
          .del('healed')
          .then(() => proxy.accept()),
    );
    expect(await redis.rpush('healed', 1)).toBe(1);
  });

  it('commandTimeout ends a call', async () => {
    await using proxy = await faultProxy(server);
    const redis = client({ port: proxy.port, commandTimeout: 500 });
    await redis.ping();
    proxy.stall();
    expect(await failure(redis.get('a'))).toMatchObject({ message: 'Command timed out', outcome: 'unknown' });
  });
});
