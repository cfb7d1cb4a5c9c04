/** Behaviors 20 to 26: how calls travel. */
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRedis } from '../src/index.ts';
import { recordedWrites } from './recorded-writes.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const SHARED_WRITE = 65_536;

describe.each([2, 3] as const)('pipelining in RESP%i', (protocol) => {
  it('20: replies come in the order of the calls, and go to the calls', async () => {
    await using redis = createRedis(server.url, { protocol });
    const order: number[] = [];
    const calls = Array.from({ length: 1000 }, async (_, i) => {
      expect(await redis.echo(`${i}`)).toBe(`${i}`);
      order.push(i);
    });
    await Promise.all(calls);
    expect(order).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  });

  it('21: a refused command does not spoil those around it', async () => {
    await using redis = createRedis(server.url, { protocol });
    const settled = await Promise.allSettled([
      redis.set('text', 1),
      redis.lpush('text', 1),
      redis.execute('NOSUCHCOMMAND'),
      redis.get('text'),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(settled[3]).toMatchObject({ value: '1' });
  });

  it('22: batches without members resolve with nothing, and send nothing', async () => {
    const { address, connections } = recordedWrites(server.port);
    await using redis = createRedis(address, { protocol });
    expect([await redis.pipeline().execute(), await redis.multi().execute(), await redis.sendAll([])]).toEqual([
      [],
      [],
      [],
    ]);
    expect(connections).toEqual([]);
  });

  it('24: calls made when a reply comes go out together, in the next write', async () => {
    const { address, connections } = recordedWrites(server.port);
    await using redis = createRedis(address, { protocol });
    await redis.ping();
    const [writes] = connections as [string[]];
    const afterOne = async (calls: number): Promise<number[]> => {
      const before = writes.length;
      await redis.get('a').then(() => Promise.all(Array.from({ length: calls }, (_, i) => redis.get(`k${i}`))));
      return writes.slice(before).map((write) => write.split('GET').length - 1);
    };
    expect(await afterOne(10)).toEqual([1, 10]);
    const [one, ...parts] = await afterOne(1000); // a long burst: in a few parts, for the server to begin early
    expect(one).toBe(1);
    expect(parts.reduce((sum, part) => sum + part)).toBe(1000);
    expect(parts.length).toBeLessThan(10);
  });

  it('25: what is called at once goes out in writes of bounded size, and a unit is never divided', async () => {
    const { address, connections } = recordedWrites(server.port);
    await using redis = createRedis(address, { protocol });
    await redis.ping();
    const [writes] = connections as [string[]];
    const before = writes.length;
    const value = 'x'.repeat(1000);
    const sets = Array.from({ length: 500 }, (_, i) => redis.set(`k${i}`, value));
    const unit = redis.multi();
    for (let i = 0; i < 200; i++) void unit.set(`k${i}`, value);
    await Promise.all([...sets, unit.execute()]);
    const sent = writes.slice(before);
    const single = sent.filter((write) => !write.includes('MULTI'));
    expect(single.length).toBeGreaterThanOrEqual(7);
    for (const write of single) expect(write.length).toBeLessThan(SHARED_WRITE + 2000);
    const whole = sent.filter((write) => write.includes('MULTI'));
    expect(whole).toHaveLength(1);
    expect(whole[0]).toContain('EXEC');
  });
});
