import { createRedis } from '@kv/redis';
import { createSsdb } from '@kv/ssdb';
import { describe, expect, test } from 'vitest';

describe('calls with very many arguments', () => {
  const names = Array.from({ length: 150_000 }, (_, n) => `name:${n}`);
  const pairs = names.map((name): [string, number] => [name, 1]);

  test('SSDB', async () => {
    await using ssdb = createSsdb('embedded:');
    expect(await ssdb.multiSet(pairs)).toBe(names.length);
    expect([(await ssdb.multiGet(names)).size, (await ssdb.multiExists(names)).size]).toEqual([150_000, 150_000]);
    expect(await ssdb.multiHset('h', pairs)).toBe(names.length);
    expect([(await ssdb.multiHget('h', names)).size, (await ssdb.multiHexists('h', names)).size]).toEqual([
      150_000, 150_000,
    ]);
    expect((await ssdb.multiHsize(names)).size).toBe(names.length);
    expect(await ssdb.multiZset('z', pairs)).toBe(names.length);
    expect([(await ssdb.multiZget('z', names)).length, (await ssdb.multiZexists('z', names)).size]).toEqual([
      150_000, 150_000,
    ]);
    expect((await ssdb.multiZsize(names)).size).toBe(names.length);
    expect([await ssdb.multiHdel('h', names), await ssdb.multiZdel('z', names)]).toEqual([150_000, 150_000]);
    expect([await ssdb.multiDel(names), await ssdb.qpush('q', names)]).toEqual([150_000, 150_000]);
    expect(await ssdb.execute('get', ...names.slice(0, 100_000))).toMatchObject({ status: 'not_found' });
  });

  test('Redis', async () => {
    await using redis = createRedis('embedded:', { timeout: 20_000 });
    await redis.mset(pairs);
    expect((await redis.mget(names)).every((value) => value === '1')).toBe(true);
    expect(await redis.bitop('or', 'bits', names)).toBe(1);
    expect([await redis.sadd('s', names), await redis.rpush('l', names)]).toEqual([150_000, 150_000]);
    expect([await redis.exists(names), await redis.del(names)]).toEqual([150_000, 150_000]);
  });
});
