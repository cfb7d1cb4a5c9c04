import { createRedis } from '@kv/redis';
import { createSsdb } from '@kv/ssdb';
import { describe, expect, test } from 'vitest';

/** More than fit on the stack, as arguments of one JavaScript call. */
const MANY = 130_000;
const names = Array.from({ length: MANY }, (_, n) => `name:${n}`);
const pairs = names.slice(0, MANY / 2).map((name): [string, number] => [name, 1]);

describe('calls with very many arguments', { timeout: 60_000 }, () => {
  test('SSDB', async () => {
    await using ssdb = createSsdb('embedded:', { timeout: 20_000 });
    expect([await ssdb.multiSet(pairs), (await ssdb.multiGet(names)).size]).toEqual([MANY / 2, MANY / 2]);
    expect([(await ssdb.multiExists(names)).size, await ssdb.multiDel(names)]).toEqual([MANY, MANY]);
    expect([await ssdb.multiHset('h', pairs), (await ssdb.multiHget('h', names)).size]).toEqual([MANY / 2, MANY / 2]);
    expect([(await ssdb.multiHexists('h', names)).size, (await ssdb.multiHsize(names)).size]).toEqual([MANY, MANY]);
    expect(await ssdb.multiHdel('h', names)).toBe(MANY / 2);
    expect([await ssdb.multiZset('z', pairs), (await ssdb.multiZget('z', names)).length]).toEqual([MANY / 2, MANY / 2]);
    expect([(await ssdb.multiZexists('z', names)).size, (await ssdb.multiZsize(names)).size]).toEqual([MANY, MANY]);
    expect(await ssdb.multiZdel('z', names)).toBe(MANY / 2);
    expect(await ssdb.qpush('q', names)).toBe(MANY);
    expect(await ssdb.execute('get', ...names.slice(0, 100_000))).toMatchObject({ status: 'not_found' });
  });

  test('Redis', async () => {
    await using redis = createRedis('embedded:', { timeout: 20_000 });
    await redis.mset(pairs);
    expect((await redis.mget(names)).filter((value) => value === '1')).toHaveLength(MANY / 2);
    expect(await redis.bitop('or', 'bits', names)).toBe(1);
    expect([await redis.sadd('s', names), await redis.rpush('l', names)]).toEqual([MANY, MANY]);
    expect([await redis.exists(names), await redis.del(names)]).toEqual([MANY / 2, MANY / 2]);
  });
});
