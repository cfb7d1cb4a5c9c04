import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRedis, type MonitoredCommand, type Redis } from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

/** A monitor that has begun and waits for its first command. */
async function started(redis: Redis) {
  let onStart = (): void => undefined;
  const begun = new Promise<void>((resolve) => {
    onStart = resolve;
  });
  const monitor = redis.monitor({ onStart });
  const first = monitor.next();
  await begun;
  return { monitor, first };
}

/** The commands of one name that a monitor sees, while something is done. */
async function seen(
  redis: Redis,
  name: string,
  count: number,
  act: () => Promise<unknown>,
): Promise<MonitoredCommand[]> {
  const commands: MonitoredCommand[] = [];
  const { monitor, first } = await started(redis);
  await act();
  for (let entry = await first; entry.done !== true; entry = await monitor.next())
    if (entry.value.args[0] === name && commands.push(entry.value) === count) break;
  await monitor.return();
  return commands;
}

describe.each([2, 3] as const)('monitor() in RESP%i', (protocol) => {
  it('shows commands as they were sent, whatever is in them', async () => {
    await using redis = createRedis(server.url, { protocol });
    const value = 'é "quoted" \\ \r\n\t\x07\b\0 ] " 字';
    const commands = await seen(redis, 'SET', 2, async () => {
      await redis.set('k', value);
      await redis.set('"', '');
    });
    expect(commands.map(({ args }) => args)).toEqual([
      ['SET', 'k', value],
      ['SET', '"', ''],
    ]);
  });

  it('takes arguments of 9 MB, printable or not [#29]', async () => {
    await using redis = createRedis(server.url, { protocol, timeout: 60_000 });
    const values = ['x'.repeat(9_000_000), 'é'.repeat(1_000_000)];
    const commands = await seen(redis, 'SET', 2, async () => {
      for (const value of values) await redis.set('large', value);
    });
    expect(commands.map(({ args }) => args[2]?.length)).toEqual([9_000_000, 1_000_000]);
    expect(commands.map(({ args }, i) => args[2] === values[i])).toEqual([true, true]);
    await redis.del('large');
  });

  it('ends at once on return(), also while it waits for a command', async () => {
    await using redis = createRedis(server.url, { protocol });
    await redis.connect();
    const { monitor, first } = await started(redis);
    const end = { done: true, value: undefined };
    expect(await Promise.all([monitor.return(), first])).toEqual([end, end]);
    expect(redis.stats().connections.streams.size).toBe(0);
    expect(await monitor.next()).toEqual(end);
  });

  it('ends on return() also before the server has confirmed it', async () => {
    await using redis = createRedis(server.url, { protocol });
    const calls: string[] = [];
    const monitor = redis.monitor({ onStart: () => calls.push('onStart') });
    const end = { done: true, value: undefined };
    expect(await Promise.all([monitor.next(), monitor.return()])).toEqual([end, end]);
    expect([calls, redis.stats().connections.streams.size]).toEqual([[], 0]);
  });
});
