import { faultProxy } from '@kv/testkit/fault-proxy';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Redis, type RedisOptions } from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => client().flushall());

type Rows = (readonly [Error, unknown])[];
type Name = 'set' | 'get' | 'incr' | 'del' | 'sadd' | 'multi' | 'exec' | 'pipeline' | 'flushall' | 'once' | 'watch';
type ScriptName =
  | 'pair'
  | 'pairBuffer'
  | 'free'
  | 'nosuch'
  | 'nosuchBuffer'
  | 'addBuiltinCommand'
  | 'createBuiltinCommand';
type Call = (...args: unknown[]) => Loose & Promise<Rows>;
/** Any method with any arguments, in chains: those of scripts and of inner transactions have no types. */
type Loose = Record<Name | ScriptName, Call>;

/** A client that is closed when the test has ended. */
function client(options: RedisOptions = {}): Loose {
  const redis = new Redis({ port: server.port, host: '127.0.0.1', ...options });
  onTestFinished(() => redis.disconnect());
  return redis as unknown as Loose;
}

describe('scripts in batches', () => {
  const pair = { numberOfKeys: 1, lua: 'return {KEYS[1], ARGV[1]}' };

  it('are methods of pipelines and transactions, with their Buffer twins', async () => {
    const redis = client({ scripts: { pair }, keyPrefix: 'p:' });
    expect(await redis.pipeline().set('a', 1).pair('k', 'v').pairBuffer('k', 'v').exec()).toEqual([
      [null, 'OK'],
      [null, ['p:k', 'v']],
      [null, [Buffer.from('p:k'), Buffer.from('v')]],
    ]);
    expect(await redis.multi([['pair', 'k', 'v']]).exec()).toEqual([[null, ['p:k', 'v']]]);
  });

  it('tell their own callback as well', async () => {
    const redis = client({ scripts: { pair } });
    const told: unknown[] = [];
    await redis
      .pipeline()
      .pair('k', 'v', (...outcome: unknown[]) => told.push(outcome))
      .exec();
    expect(told).toEqual([[null, ['k', 'v']]]);
  });

  it('that only read are sent as all others, so that servers before 7 know the command', async () => {
    const redis = client({ scripts: { pair: { ...pair, readOnly: true } } });
    const own = redis as unknown as Redis;
    await own.config('RESETSTAT');
    expect([await redis.pair('k', 'v'), await redis.pair('k', 'v')]).toEqual([
      ['k', 'v'],
      ['k', 'v'],
    ]);
    expect(await own.info('commandstats')).toMatch(/^cmdstat_evalsha:/m);
    expect(await own.info('commandstats')).not.toContain('_ro:');
  });

  it('a wrong number of keys is refused by the server, in its words', async () => {
    const redis = client({ scripts: { free: { lua: 'return #KEYS' } } });
    expect(await redis.free(2, 'a', 'b')).toBe(2);
    await expect(redis.free('x')).rejects.toThrow('value is not an integer');
    await expect(redis.free()).rejects.toThrow('wrong number of arguments');
  });
});

describe('a transaction inside of a pipeline', () => {
  it('runs in its place, and its results are those of its EXEC', async () => {
    const redis = client();
    const pipeline = redis.pipeline().set('a', 1).multi().incr('a').get('a').exec().get('a');
    expect(pipeline).toHaveProperty('length', 6);
    expect(await pipeline.exec()).toEqual([
      [null, 'OK'],
      [null, 'OK'],
      [null, 'QUEUED'],
      [null, 'QUEUED'],
      [null, [2, '2']],
      [null, '2'],
    ]);
  });

  it('that is refused fails alone', async () => {
    const redis = client();
    const results = await redis.pipeline().multi().set('a').exec().set('b', 1).exec();
    expect(results.at(-1)).toEqual([null, 'OK']);
    expect(results.at(-2)?.[0]).toMatchObject({ prefix: 'EXECABORT' });
  });

  it('two of them, one behind the other', async () => {
    const redis = client();
    const results = await redis.pipeline().multi().incr('a').exec().multi().incr('a').exec().exec();
    expect(results.map(([, value]) => value)).toEqual(['OK', 'QUEUED', [1], 'OK', 'QUEUED', [2]]);
  });
});

describe('reconnectOnError', () => {
  it('2: a refused member of a pipeline is sent again on the new connection', async () => {
    const redis = client({
      reconnectOnError: () => {
        void redis.del('a');
        return 2;
      },
    });
    await redis.set('a', 'text');
    expect(await redis.pipeline().get('a').sadd('a', 'x').exec()).toEqual([
      [null, 'text'],
      [null, 1],
    ]);
  });

  it('true: the caller hears of the error at once, and the client is ready again', async () => {
    const redis = client({ reconnectOnError: () => true });
    await expect(redis.set('a')).rejects.toThrow('wrong number of arguments');
    await new Promise((resolve) => void redis.once('ready', resolve));
    expect(await redis.set('a', 1)).toBe('OK');
  });

  it('is not asked about what no server has refused', async () => {
    const asked: string[] = [];
    const redis = client({ reconnectOnError: ({ message }) => asked.push(message) > 0 });
    await expect(redis.set('a', '\ud800')).rejects.toMatchObject({ code: 'ARGUMENT' });
    expect(await redis.pipeline().set('a', '\ud800').exec()).toMatchObject([[{ code: 'ARGUMENT' }]]);
    expect(asked).toEqual([]);
  });
});

it('a command that only the server knows is a method after addBuiltinCommand, of pipelines too', async () => {
  const redis = client();
  void redis.addBuiltinCommand('nosuch');
  await expect(redis.nosuch('a')).rejects.toThrow('unknown command');
  const [first] = await redis.pipeline().nosuchBuffer('a').exec();
  expect(first?.[0].message).toContain('unknown command');
  const { string } = redis.createBuiltinCommand('echo') as unknown as { readonly string: Call };
  expect(await string.call(redis, 'hi')).toBe('hi');
});

it('libraries know the kind of a client by the name of its class, and call it by old names', async () => {
  const redis = client() as unknown as { send_command: Call };
  expect(redis.constructor.name).toBe('Redis');
  expect(Redis.Cluster).toHaveProperty('name', 'Cluster');
  expect(await redis.send_command('ECHO', ['hi'])).toBe('hi');
});

describe('callbacks in transactions', () => {
  it('are told QUEUED, and exec has the results', async () => {
    const told: unknown[] = [];
    const results = await client()
      .multi()
      .set('a', 1, (...outcome: unknown[]) => told.push(outcome))
      .get('a', (...outcome: unknown[]) => told.push(outcome))
      .exec();
    expect(told).toEqual([
      [null, 'QUEUED'],
      [null, 'QUEUED'],
    ]);
    expect(results).toEqual([
      [null, 'OK'],
      [null, '1'],
    ]);
  });

  it.each(['a transaction', 'one in a pipeline'])(
    'are told QUEUED when a watched key was changed: %s',
    async (where) => {
      const redis = client();
      await redis.watch('w');
      await redis.set('w', 1);
      const told: unknown[] = [];
      const tell = (...outcome: unknown[]): unknown => told.push(outcome);
      const batch =
        where === 'a transaction' ? redis.multi().get('w', tell) : redis.pipeline().multi().get('w', tell).exec();
      await batch.exec();
      expect(told).toEqual([[null, 'QUEUED']]);
    },
  );

  it('are told why the server refused their command', async () => {
    const told: unknown[] = [];
    const tell = (error: Error | null, reply?: unknown): unknown => told.push(error?.message ?? reply);
    await expect(client().multi().set('a', tell).get('a', tell).exec()).rejects.toThrow('EXECABORT');
    expect(told).toEqual([expect.stringContaining('wrong number of arguments'), 'QUEUED']);
  });
});

const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: Error) => error.message);

describe('a pipeline', () => {
  it('refuses a list with a command that there is not', () => {
    expect(() =>
      client().pipeline([
        ['set', 'a', 1],
        ['nosuch', 'secret'],
      ]),
    ).toThrow(new TypeError('nosuch: no such command'));
  });

  it('that cannot be sent tells so in the result of each member, and never rejects', async () => {
    const redis = client({ enableOfflineQueue: false });
    const unsent = [expect.objectContaining({ message: expect.stringContaining("Stream isn't writeable") })];
    expect(await redis.pipeline().get('a').set('a', 1).exec()).toEqual([unsent, unsent]);
    (redis as unknown as Redis).disconnect();
    const closed = [expect.objectContaining({ message: 'Connection is closed.' })];
    expect(await redis.pipeline().get('a').exec()).toEqual([closed]);
    expect(await failure(redis.multi().get('a').exec())).toBe('Connection is closed.');
  });

  it('keeps what the server says to a member when the client is closed meanwhile', async () => {
    const redis = client();
    await redis.set('a', 'text');
    const results = redis.pipeline().sadd('a', 'x').exec();
    (redis as unknown as Redis).disconnect();
    expect(await results).toMatchObject([[{ prefix: 'WRONGTYPE' }]]);
  });

  it('sends the other members when one has an argument that is no text', async () => {
    const batch = client().pipeline().set('a', Object.create(null)).set('a', 1);
    expect(await batch.exec()).toEqual([[expect.any(TypeError)], [null, 'OK']]);
  });

  it('that is executed once more gives the same results, and runs nothing twice', async () => {
    const batch = client().pipeline().incr('n');
    expect([await batch.exec(), await batch.exec()]).toEqual([[[null, 1]], [[null, 1]]]);
    expect(await batch.incr('n').exec()).toEqual([[null, 2]]);
  });

  it('tells why a transaction was refused under the name that ioredis has for it', async () => {
    const refused: unknown = await client()
      .multi()
      .set('a')
      .get('a')
      .exec()
      .catch((error: unknown) => error);
    const previousErrors = [
      expect.objectContaining({ name: 'ReplyError', message: expect.stringMatching(/^ERR wrong number/) }),
    ];
    expect(refused).toMatchObject({ message: expect.stringMatching(/^EXECABORT/), previousErrors });
  });
});

describe('a watch', () => {
  it('whose connection was lost fails the transaction, once, and no other command', async () => {
    const name = 'watches';
    const redis = client({ connectionName: name });
    await redis.watch('w');
    const other = client();
    const list = String(await (other as unknown as Redis).client('LIST'));
    const ids = list
      .split('\n')
      .flatMap((line) => (line.includes(` name=${name} `) ? [/id=(\d+)/.exec(line)?.[1]] : []));
    expect(ids).toHaveLength(2);
    await Promise.all(ids.map((id) => (other as unknown as Redis).client('KILL', 'ID', String(id))));
    await expect.poll(() => failure(redis.set('w', 1))).toBe('OK');
    expect(await redis.pipeline().get('w').exec()).toEqual([[null, '1']]);
    expect(await failure(redis.multi().get('w').exec())).toContain('lost');
    expect(await redis.multi().get('w').exec()).toEqual([[null, '1']]);
  });

  it('that could not be sent leaves the commands behind it alone', async () => {
    await using proxy = await faultProxy(server);
    await proxy.refuse();
    const redis = client({ port: proxy.port, maxRetriesPerRequest: 0, retryStrategy: () => 20 });
    expect(await failure(redis.watch('w'))).toContain('max retries');
    await proxy.accept();
    await expect.poll(() => failure(redis.set('w', 1))).toBe('OK');
    expect(await redis.multi().get('w').exec()).toEqual([[null, '1']]);
  });
});
