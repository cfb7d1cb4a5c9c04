/** The same calls through ioredis and through this package: the same results. */
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { Redis as Ioredis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Redis } from '../src/index.ts';

let server: RedisServer;
let theirs: Ioredis;
let ours: Redis;
beforeAll(async () => {
  server = await startRedis();
  theirs = new Ioredis(server.port, '127.0.0.1', { db: 1 });
  ours = new Redis(server.port, '127.0.0.1', { db: 2 });
});
afterAll(async () => {
  theirs.disconnect();
  await ours.quit();
  await server.stop();
});

type Call = readonly [method: string, ...args: readonly unknown[]];
type AnyClient = Record<string, (...args: readonly unknown[]) => Promise<unknown>>;

const outcome = (promise: Promise<unknown>): Promise<unknown> =>
  promise.catch((error: Error) => `${error.name}: ${error.message}`);

async function run(client: Ioredis, calls: readonly Call[]): Promise<unknown[]> {
  await client.flushdb();
  const results: unknown[] = [];
  for (const [method, ...args] of calls) {
    results.push(await outcome((client as unknown as AnyClient)[method]?.(...args) as Promise<unknown>));
  }
  return results;
}

const CALLS: Readonly<Record<string, readonly Call[]>> = {
  strings: [
    ['set', 'large', 1e21],
    ['get', 'large'],
    ['set', 'a', 1],
    ['set', 'a', 2, 'NX'],
    ['get', 'a'],
    ['getBuffer', 'a'],
    ['get', 'none'],
    ['getBuffer', 'none'],
    ['incrby', 'a', 41],
    ['incrbyfloat', 'f', '1.5'],
    ['mset', { x: 1, y: 'two' }],
    ['mset', new Map([['z', 3]])],
    ['mset', 'p', 1, 'q', 2],
    ['mget', 'x', 'y', 'none'],
    ['mget', ['x', 'y']],
    ['mgetBuffer', 'x', 'none'],
    ['set', 'e', 'v', 'EX', 100],
    ['ttl', 'e'],
    ['set', 'nothing', null],
    ['get', 'nothing'],
    ['set', 'undefined', undefined],
    ['get', 'undefined'],
    ['set', 'bool', true],
    ['get', 'bool'],
    ['setBuffer', 'b', Buffer.from([0xff, 0])],
    ['getBuffer', 'b'],
    ['set', 'object', { a: 1 }],
    ['get', 'object'],
    ['incr', 'bool'],
    ['get'],
  ],
  hashes: [
    ['hset', 'h', { f: 1, g: 'two' }],
    ['hset', 'h', new Map([['m', 3]])],
    ['hset', 'h', 'n', 4],
    ['hmset', 'h', { o: 5 }],
    ['hgetall', 'h'],
    ['hgetallBuffer', 'h'],
    ['hgetall', 'none'],
    ['hget', 'h', 'f'],
    ['hmget', 'h', 'f', 'none'],
    ['hset', 'h', '__proto__', 'x'],
    ['hgetall', 'h'],
    ['hscan', 'h', 0, 'COUNT', 100],
    ['hrandfield', 'one', 1, 'WITHVALUES'],
  ],
  lists: [
    ['rpush', 'l', 'a', ['b', 'c']],
    ['lrange', 'l', 0, -1],
    ['lpop', 'l', 2],
    ['blpop', 'l', 1],
    ['blpopBuffer', 'none', 0.01],
    ['lpos', 'none', 'a'],
  ],
  'sorted sets': [
    ['zadd', 'z', 1.5, 'a', 2, 'b', '+inf', 'c'],
    ['zrange', 'z', 0, -1, 'WITHSCORES'],
    ['zscore', 'z', 'a'],
    ['zincrby', 'z', 1, 'a'],
    ['zrangeBuffer', 'z', 0, -1],
    ['zpopmin', 'z', 1],
    ['bzpopmin', 'z', 1],
    ['bzpopmin', 'none', 0.01],
    ['zrandmember', 'z', 1, 'WITHSCORES'],
    ['zmscore', 'z', 'c', 'none'],
  ],
  sets: [
    ['sadd', 's', 'a'],
    ['smembers', 's'],
    ['sismember', 's', 'a'],
    ['sscan', 's', '0'],
    ['smismember', 's', 'a', 'b'],
  ],
  streams: [
    ['xadd', 'x', '1-1', 'f', 'v'],
    ['xadd', 'x', '1-2', 'f', 'w'],
    ['xrange', 'x', '-', '+'],
    ['xread', 'COUNT', 10, 'STREAMS', 'x', '0'],
    ['xread', 'BLOCK', 10, 'STREAMS', 'x', '$'],
    ['xgroup', 'CREATE', 'x', 'g', '0'],
    ['xreadgroup', 'GROUP', 'g', 'me', 'STREAMS', 'x', '>'],
    ['xpending', 'x', 'g'],
    ['xinfo', 'GROUPS', 'x'],
  ],
  geo: [
    ['geoadd', 'g', 13.361389, 38.115556, 'Palermo', 15.087269, 37.502669, 'Catania'],
    ['geodist', 'g', 'Palermo', 'Catania', 'km'],
    ['geopos', 'g', 'Palermo', 'none'],
  ],
  server: [
    ['ping'],
    ['ping', 'text'],
    ['echo', 'text'],
    ['config', 'GET', 'maxclients'],
    ['object', 'ENCODING', 'none'],
    ['type', 'none'],
    ['exists', 'a', 'b'],
    ['client', 'SETNAME', 'me'],
    ['client', 'GETNAME'],
    ['command', 'COUNT'],
    ['call', 'set', 'a', '1'],
    ['callBuffer', 'get', 'a'],
    ['select', 3],
    ['set', 'a', 1],
    ['nosuch'],
  ],
  scripts: [
    ['eval', 'return {KEYS[1], ARGV[1], 1, false, {"x"}}', 1, 'k', 'a'],
    ['evalBuffer', 'return ARGV[1]', 0, 'a'],
    ['eval', 'return redis.error_reply("ERR mine")', 0],
    ['eval', 'return redis.status_reply("FINE")', 0],
    ['eval', 'return 9007199254740000', 0],
  ],
};

describe.each(Object.entries(CALLS))('%s', (_, calls) => {
  it('come as ioredis gives them', async () => {
    const known = calls.filter(([method]) => method in theirs);
    const [mine, wanted] = [await run(ours, known), await run(theirs, known)];
    expect(known.map((call, at) => [call, mine[at]])).toEqual(known.map((call, at) => [call, wanted[at]]));
    await Promise.all([theirs.select(1), ours.select(2)]);
  });
});

it('pipelines and transactions give value or error of each member', async () => {
  const collect = (client: Ioredis, kind: 'pipeline' | 'multi'): Promise<unknown> =>
    client[kind]()
      .set('a', 'text')
      .incr('a')
      .getBuffer('a')
      .hset('h', { f: 1 })
      .hgetall('h')
      .zadd('z', 1, 'm')
      .zrange('z', '0', '-1', 'WITHSCORES')
      .exec()
      .then((results) => results?.map(([error, value]) => [error?.message ?? null, value]));
  for (const kind of ['pipeline', 'multi'] as const) {
    await Promise.all([theirs.flushdb(), ours.flushdb()]);
    expect(await collect(ours, kind)).toEqual(await collect(theirs, kind));
  }
});

it('scans come in pages of the same form', async () => {
  const pages = async (client: Ioredis): Promise<unknown[]> => {
    await client.mset({ 'k:1': 1, 'k:2': 2, other: 3 });
    await client.hset('hash', { a: 1 });
    const keys = [];
    for await (const page of client.scanStream({ match: 'k:*', count: 100 })) keys.push(...page);
    const fields = [];
    for await (const page of client.hscanStream('hash')) fields.push(page);
    const members = [];
    for await (const page of client.scanBufferStream({ match: 'other' })) members.push(...page);
    return [new Set(keys), fields, members];
  };
  expect(await pages(ours)).toEqual(await pages(theirs));
});

it('a key prefix is put before keys and not taken off', async () => {
  const prefixed = async (Client: typeof Ioredis, db: number): Promise<unknown[]> => {
    const client = new Client({ port: server.port, host: '127.0.0.1', keyPrefix: 'p:', db });
    client.defineCommand('both', { numberOfKeys: 1, lua: 'return {KEYS[1], ARGV[1]}' });
    await client.flushdb();
    const own = client as unknown as { both(...args: string[]): Promise<unknown> };
    const results = [
      await client.set('a', 1),
      await client.mget('a', 'b'),
      await client.keys('*'),
      await client.rpush('l', 'x'),
      await client.blpop('l', 1),
      await own.both('a', 'b'),
      await client.pipeline().get('a').exec(),
      await client.xadd('s', '1-1', 'f', 'v'),
      await client.xread('STREAMS', 's', '0'),
    ];
    client.disconnect();
    return results;
  };
  expect(await prefixed(Redis as unknown as typeof Ioredis, 5)).toEqual(await prefixed(Ioredis, 6));
});

it('a changed watched key gives null', async () => {
  const conflict = async (client: Ioredis): Promise<unknown> => {
    await client.set('w', 1);
    await client.watch('w');
    await client.set('w', 2);
    const first = await client.multi().get('w').exec();
    await client.watch('w');
    const second = await client.multi().get('w').exec();
    await client.watch('w');
    await client.unwatch();
    return [first, second];
  };
  expect(await conflict(ours)).toEqual(await conflict(theirs));
});
