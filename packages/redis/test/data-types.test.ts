/** Typed commands on a real server: the same values in RESP2, in RESP3, with a key prefix and as bytes. */

import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createRedis, type Redis } from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

describe.each([2, 3] as const)('RESP%i', (protocol) => {
  let redis: Redis;
  beforeEach(async () => {
    redis = createRedis(server.url, { protocol, keyPrefix: 'app:' });
    await redis.flushall();
    return () => redis.close();
  });

  test('lists', async () => {
    await redis.rpush('l', ['a', 'b'], 'c');
    expect(await redis.lrange('l', 0, -1)).toEqual(['a', 'b', 'c']);
    expect(await redis.lpos('l', 'c')).toBe(2);
    expect(await redis.lmove('l', 'm', 'left', 'right')).toBe('a');
    expect(await redis.lmpop(['none', 'l'], 'right', { count: 5 })).toEqual({ key: 'l', elements: ['c', 'b'] });
    expect(await redis.blpop(['l', 'm'], 1)).toEqual({ key: 'm', element: 'a' });
    expect(await redis.blpop('l', 0.05)).toBeNull();
    expect(await redis.lpop('l', 2)).toBeNull();
  });

  test('an element that is pushed while others wait goes to one of them', async () => {
    const waiting = redis.blmove('from', 'to', 'left', 'left', 5);
    await redis.rpush('from', 'x');
    expect(await waiting).toBe('x');
    expect(await redis.lrange('to', 0, -1)).toEqual(['x']);
  });

  test('sets', async () => {
    expect(await redis.sadd('s', 'a', 'b', 'b')).toBe(2);
    await redis.sadd('t', ['b', 'c']);
    expect(await redis.smismember('s', 'a', 'c')).toEqual([true, false]);
    expect((await redis.sunion('s', 't')).sort()).toEqual(['a', 'b', 'c']);
    expect(await redis.sintercard(['s', 't'])).toBe(1);
    expect(await redis.sdiffstore('d', 's', 't')).toBe(1);
    expect(await redis.smembers('d')).toEqual(['a']);
    expect(await redis.sscan('d', 0)).toEqual({ cursor: '0', members: ['a'] });
    expect(await redis.spop('none', 3)).toEqual([]);
  });

  test('sorted sets', async () => {
    expect(
      await redis.zadd('z', [
        { score: 0.1, member: 'a' },
        { score: Infinity, member: 'b' },
      ]),
    ).toBe(2);
    expect(await redis.zadd('z', { score: 1, member: 'a' }, { incr: true })).toBe(1.1);
    expect(await redis.zadd('z', { score: 1, member: 'a' }, { nx: true, incr: true })).toBeNull();
    expect(await redis.zrange('z', 0, -1, { withscores: true })).toEqual([
      { member: 'a', score: 1.1 },
      { member: 'b', score: Infinity },
    ]);
    expect(await redis.zrange('z', '(1', '+inf', { byscore: true, limit: { offset: 0, count: 1 } })).toEqual(['a']);
    expect(await redis.zunion(['z', 'none'], { weights: [2, 1], withscores: true })).toHaveLength(2);
    expect(await redis.zmpop(['none', 'z'], 'max')).toEqual({ key: 'z', members: [{ member: 'b', score: Infinity }] });
    expect(await redis.bzpopmin('z', 1)).toEqual({ key: 'z', member: 'a', score: 1.1 });
    expect(await redis.zpopmin('z')).toBeNull();
  });

  test('streams', async () => {
    expect(await redis.xadd('s', '1-0', { f: 'v', n: 1 })).toBe('1-0');
    expect(await redis.xadd('s', '2-0', [['f', 'w']], { maxlen: 10, approximate: true })).toBe('2-0');
    const [first] = await redis.xrange('s', '-', '+', { count: 1 });
    expect(first).toEqual({ id: '1-0', fields: { f: 'v', n: '1' } });
    expect(await redis.xread({ s: '1-0', none: '0' })).toEqual({ s: [{ id: '2-0', fields: { f: 'w' } }] });
    expect(await redis.xread({ s: '2-0' }, { block: 30 })).toBeNull();
  });

  test('consumer groups', async () => {
    await redis.xgroupCreate('s', 'g', '$', { mkstream: true });
    const reading = redis.xreadgroup('g', 'c', { s: '>' }, { block: 5000 });
    await redis.xadd('s', '1-0', { f: 'v' });
    expect(await reading).toEqual({ s: [{ id: '1-0', fields: { f: 'v' } }] });
    expect(await redis.xpending('s', 'g')).toEqual({ count: 1, min: '1-0', max: '1-0', consumers: { c: 1 } });
    await redis.xdel('s', '1-0');
    expect(await redis.xreadgroup('g', 'c', { s: '0' })).toEqual({ s: [{ id: '1-0', fields: null }] });
    expect(await redis.xautoclaim('s', 'g', 'd', 0, '0')).toEqual({ cursor: '0-0', entries: [], deleted: ['1-0'] });
    expect(await redis.xinfoGroups('s')).toMatchObject([{ name: 'g', pending: 0 }]);
  });

  test('a wait inside a pipeline is refused, nothing waits and nothing is lost', async () => {
    const pipeline = redis.pipeline();
    const reading = pipeline.xread({ s: '$' }, { block: 60_000 });
    await expect(pipeline.execute()).rejects.toMatchObject({ code: expect.stringMatching(/ARGUMENT|BATCH/) });
    await expect(reading).rejects.toMatchObject({ code: 'ARGUMENT' });
  });

  test('places', async () => {
    await redis.geoadd('g', [
      { longitude: 13.361389, latitude: 38.115556, member: 'Palermo' },
      { longitude: 15.087269, latitude: 37.502669, member: 'Catania' },
    ]);
    const found = await redis.geosearch(
      'g',
      { longitude: 15, latitude: 37 },
      { radius: 200, unit: 'km' },
      {
        asc: true,
        withdist: true,
        withcoord: true,
      },
    );
    expect(found).toMatchObject([
      { member: 'Catania', distance: 56.4413 },
      { member: 'Palermo', distance: 190.4424 },
    ]);
    expect(found[0]?.coordinates?.longitude).toBeCloseTo(15.087269, 4);
    expect(await redis.geodist('g', 'Palermo', 'none')).toBeNull();
  });

  test('scripts and functions', async () => {
    await redis.set('k', 'v');
    expect(await redis.eval('return {redis.call("GET", KEYS[1]), ARGV[1]}', 'k', 'a')).toEqual(['v', 'a']);
    const sha1 = await redis.scriptLoad('return #KEYS + #ARGV');
    expect(await redis.scriptExists(sha1)).toEqual([true]);
    expect(await redis.evalshaRo(sha1, ['a', 'b'], 1, 2, 3)).toBe(5);
    const code = '#!lua name=lib\nredis.register_function("f", function(keys) return redis.call("GET", keys[1]) end)';
    expect(await redis.functionLoad(code, { replace: true })).toBe('lib');
    expect(await redis.fcall('f', ['k'])).toBe('v');
    const dump = await redis.functionDump();
    await redis.functionFlush();
    await redis.functionRestore(dump);
    expect(await redis.functionList()).toMatchObject([{ libraryName: 'lib', functions: [{ name: 'f', flags: [] }] }]);
    expect((await redis.functionStats()).engines).toEqual({ LUA: { librariesCount: 1, functionsCount: 1 } });
  });

  test('as bytes, user data is bytes and everything else text', async () => {
    const raw = redis.with({ bytes: true });
    const value = new Uint8Array([0, 255, 13, 10]);
    await raw.rpush('l', value);
    expect(await raw.blpop('l', 1)).toEqual({ key: new TextEncoder().encode('l'), element: value });
    await raw.xadd('s', '1-0', [['f', value]]);
    expect(await raw.xrange('s', '-', '+')).toEqual([{ id: '1-0', fields: { f: value } }]);
    await raw.zadd('z', 1, value);
    expect(await raw.zrange('z', 0, -1, { withscores: true })).toEqual([{ member: value, score: 1 }]);
    expect(await raw.sscan('none', 0)).toEqual({ cursor: '0', members: [] });
  });
});
