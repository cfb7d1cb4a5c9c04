import { startRedis } from '@kv/testkit/redis-server';
import { twoCopies } from '@kv/testkit/two-copies';
import { expect, test } from 'vitest';
import type * as Package from '../src/index.ts';

type Module = typeof Package;

test('commands, scripts and errors of one copy of the package work with a client of the other', async () => {
  await using server = await startRedis();
  await using copies = await twoCopies<Module>(new URL('../src/index.ts', import.meta.url));
  for (const [mine, other] of [
    [copies.esm, copies.cjs],
    [copies.cjs, copies.esm],
  ] as const) {
    await using redis = mine.createRedis(server.url, { keyPrefix: 'app:' });
    await using raw = other.createRedis(server.url);
    await redis.flushall();
    await redis.scriptFlush();

    const unknown = other.command('MODULE.SET', 'key', 'value');
    await expect(redis.send(unknown)).rejects.toMatchObject({ code: 'ARGUMENT', outcome: 'notSent' });
    await expect(redis.sendAll([unknown])).rejects.toMatchObject({ code: 'ARGUMENT' });
    await expect(redis.pipeline().send(unknown)).rejects.toMatchObject({ code: 'ARGUMENT' });
    await expect(redis.multi().send(unknown)).rejects.toMatchObject({ code: 'ARGUMENT' });

    expect(await redis.send(other.command('SET', 'a', '1'))).toBe('OK');
    expect(await raw.get('app:a')).toBe('1');

    const script = raw.script(`return KEYS[1] -- ${mine === copies.esm}`, { keys: 1 });
    expect(await redis.send(script.command('k'))).toBe('app:k');
    await redis.scriptFlush();
    const multi = redis.multi();
    void multi.send(script.command('k'));
    expect(await multi.execute()).toEqual(['app:k']);

    const refused = await redis.send(other.command('LPUSH', 'a', 'x')).catch((error: unknown) => error);
    expect(other.isKvError(refused)).toBe(true);
  }
});
