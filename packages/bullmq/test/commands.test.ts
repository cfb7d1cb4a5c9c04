import assert from 'node:assert/strict';
import type { Readable } from 'node:stream';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { type BullClient, bullClient, bullClientFactory } from '../src/index.ts';

let server: RedisServer;
let client: BullClient;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(async () => {
  client = bullClient(server.url);
  await client.redis.flushall();
});
afterEach(() => client.disconnect());

/** All pages of a stream of SCAN, as one sorted list. */
async function sorted(stream: Readable): Promise<string[]> {
  const pages = (await stream.toArray()) as string[][];
  return pages.flat().sort();
}

it('gives values a time to live, in seconds or milliseconds', async () => {
  expect(await client.set('seconds', 1, { EX: 100 })).toBe('OK');
  await client.set('milliseconds', 'a', { PX: 100_000 });
  await client.set('both', 'a', { PX: 200_000, EX: 1 });
  await client.set('kept', 'a', {});
  expect(await client.redis.ttl('seconds')).toBe(100);
  expect(await client.redis.ttl('milliseconds')).toBe(100);
  expect(await client.redis.ttl('both')).toBe(200);
  expect(await client.redis.ttl('kept')).toBe(-1);
  expect(await client.get('seconds')).toBe('1');
});

it('writes the fields of an object and reads them as one, whatever they are called', async () => {
  const fields = JSON.parse('{"a": "ä", "n": 1.5, "__proto__": "field"}') as Record<string, string | number>;
  expect(await client.hset('hash', fields)).toBe(3);
  const read = await client.hgetall('hash');
  expect(new Map(Object.entries(read))).toEqual(new Map(Object.entries({ ...fields, n: '1.5' })));
  expect(await client.hgetall('none')).toEqual({});
  expect(await client.hmget('hash', 'a', 'none')).toEqual(['ä', null]);
  expect(await client.hdel('hash', 'a', 'n')).toBe(2);
  expect(await client.hexists('hash', 'a')).toBe(0);
});

it('reads the fields of a hash as a plain object, alone and in transactions', async () => {
  const fields = JSON.parse('{"a": "1", "__proto__": "field", "hasOwn": "2"}') as Record<string, string>;
  await client.hset('hash', fields);
  assert.deepStrictEqual(await client.hgetall('hash'), fields);
  assert.deepStrictEqual(await client.hgetall('none'), {});
  for (const calls of [client.multi(), client.pipeline()])
    assert.deepStrictEqual(await calls.hgetall('hash').exec(), [[null, fields]]);
});

it('gives the scores of members as text where they are asked for', async () => {
  await client.redis.zadd('scores', [
    { member: 'a', score: 1.5 },
    { member: 'b', score: 2 },
  ]);
  expect(await client.zrange('scores', 0, -1)).toEqual(['a', 'b']);
  expect(await client.zrange('scores', 0, -1, { WITHSCORES: false })).toEqual(['a', 'b']);
  expect(await client.zrevrange('scores', 0, -1, { WITHSCORES: true })).toEqual(['b', '2', 'a', '1.5']);
  expect(await client.zscore('scores', 'a')).toBe('1.5');
  expect(await client.bzpopmin('scores', 1)).toEqual(['scores', 'a', '1.5']);
});

it('keeps a stream short, exactly only where that is asked for', async () => {
  for (const n of [1, 2, 3]) await client.xadd('stream', `${n}-0`, { n }, { MAXLEN: 1 });
  expect(await client.redis.xlen('stream')).toBe(3);
  expect(await client.xtrim('stream', 'MAXLEN', 1)).toBe(0);
  expect(await client.xtrim('stream', 'MAXLEN', 2, { approximate: false })).toBe(1);
  await client.xadd('stream', '4-0', { n: 4, b: 'c' }, { MAXLEN: 1, approximate: false });
  expect(await client.redis.xlen('stream')).toBe(1);
});

it('reads several streams, up to a number of entries of each', async () => {
  for (const key of ['s', 't']) for (const n of [1, 2]) await client.xadd(key, `${n}-0`, { n });
  const streams = [
    { key: 's', id: '0' },
    { key: 't', id: '1-0' },
  ];
  expect(await client.xread(streams, { COUNT: 1 })).toEqual([
    ['s', [['1-0', ['n', '1']]]],
    ['t', [['2-0', ['n', '2']]]],
  ]);
  expect(await client.xread([{ key: 's', id: '$' }], { BLOCK: 1 })).toBeNull();
});

it('finds keys that match, page by page and as a stream', async () => {
  const keys = Array.from({ length: 30 }, (_, n) => `key:${n}`).sort();
  for (const key of [...keys, 'other']) await client.set(key, 1);
  expect(await sorted(client.scanStream({ match: 'key:*' }))).toEqual(keys);
  expect(await sorted(client.scanStream({ match: 'key:*', count: 5 }))).toEqual(keys);
  const [cursor, first] = await client.scan('0', { COUNT: 5 });
  expect(first.length).toBeLessThan(30);
  expect(cursor).not.toBe('0');
});

it('says who is connected', async () => {
  await client.clientSetName('name of mine');
  expect(await client.clientInfo()).toContain('name=name-of-mine');
  expect(await client.clientList()).toContain('name=name-of-mine');
  expect(await client.info()).toContain('redis_version');
});

it.each(['multi', 'pipeline'] as const)('gives error or value of each call of a %s', async (kind) => {
  await client.hset('hash', { a: 1 });
  await client.redis.sadd('set', 'm');
  const calls = client[kind]().hgetall('hash').llen('hash').hscan('hash', '0', { COUNT: 5 }).sscan('set', 0);
  calls.hset('hash', { a: 2, b: 3 }).smembers('set').zrange('none', 0, -1).lrange('none', 0, -1).del('hash', 'set');
  const wrong = expect.objectContaining({ message: expect.stringContaining('WRONGTYPE') });
  expect(await calls.exec()).toEqual([
    [null, { a: '1' }],
    [wrong, undefined],
    [null, ['0', ['a', '1']]],
    [null, ['0', ['m']]],
    [null, 1],
    [null, ['m']],
    [null, []],
    [null, []],
    [null, 2],
  ]);
  expect(await calls.exec()).toEqual([]);
});

it('refuses a wrong address or option at once', () => {
  expect(() => bullClient('http://localhost')).toThrow('address');
  expect(() => bullClient(server.url, { timeout: -1 })).toThrow('timeout');
});

it('takes one connection for all calls also when that option is undefined', async () => {
  const single = bullClient(server.url, { name: 'single', connections: undefined });
  onTestFinished(() => single.disconnect());
  await single.bzpopmin('none', 0.01);
  await single.get('none');
  expect((await client.clientList()).match(/name=single /g)).toHaveLength(1);
});

it('keeps the options of a connection where those of the factory are undefined', async () => {
  const made = bullClientFactory({ db: undefined, name: undefined })({
    host: server.host,
    port: server.port,
    db: 1,
    connectionName: 'theirs',
  });
  onTestFinished(() => made.disconnect());
  expect(await made.clientInfo()).toMatch(/ name=theirs .* db=1 /);
});

it('gives a duplicate the scripts of its client, and keeps apart what either of them defines later', async () => {
  client.defineCommand('both', { numberOfKeys: 0, lua: "return 'first'" });
  const twin = client.duplicate();
  onTestFinished(() => twin.disconnect());
  expect(await twin.runCommand('both', [])).toBe('first');
  twin.defineCommand('both', { numberOfKeys: 0, lua: "return 'second'" });
  twin.defineCommand('own', { numberOfKeys: 0, lua: 'return 1' });
  expect([await client.runCommand('both', []), await twin.runCommand('both', [])]).toEqual(['first', 'second']);
  await expect(client.runCommand('own', [])).rejects.toThrow('own: the script was not defined');
});
