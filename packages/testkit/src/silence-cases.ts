import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { connected, failure, type Start, until } from './failure-backend.ts';

const liveness = { idle: 60, grace: 60 };

/** Behaviors 80 and 81: peers that are gone and do not say so. */
export function silenceCases(start: Start): void {
  halfOpenCases(start);
  slowCases(start);
  frozenCases(start);
}

function halfOpenCases(start: Start): void {
  test('80, pain 8: a half-open connection that is idle is found and replaced, without any call', async () => {
    const { proxy, client } = await connected(start, { liveness });
    proxy.halfOpen();
    await proxy.connected(2);
    await until(() => client.state === 'ready');
    expect(await client.read(start.key())).toBeNull();
  });

  test('80, pain 8: a half-open connection with calls on it is replaced after their deadline', async () => {
    const { proxy, client } = await connected(start, { liveness: { idle: 60_000, grace: 60 } });
    proxy.halfOpen();
    expect(await failure(client.with({ timeout: 60 }).count(start.key()))).toMatchObject({
      code: 'TIMEOUT',
      outcome: 'unknown',
    });
    expect(await client.read(start.key())).toBeNull();
  });

  test('81: timers of a lost connection do nothing to the next', async () => {
    const { proxy, client } = await connected(start, { liveness: { idle: 60, grace: 800 }, connectTimeout: 900 });
    proxy.stall();
    const late = failure(client.with({ timeout: 80 }).read(start.key()));
    expect(await late).toMatchObject({ code: 'TIMEOUT' }); // now the connection has 800 ms to answer a probe
    proxy.cut();
    expect(await client.read(start.key())).toBeNull();
    const { total } = proxy;
    await sleep(1000); // all of them would have fired
    expect([proxy.total, client.state]).toEqual([total, 'ready']);
    expect(await client.read(start.key())).toBeNull();
  });
}

function slowCases(start: Start): void {
  test.each(['before', 'behind'])(
    'a slow call without a deadline is done when the deadline of a call %s it passes',
    async (place) => {
      const { proxy, client } = await connected(start, { liveness: { idle: 60_000, grace: 60 } });
      const counter = start.key();
      proxy.stall('toClient');
      const read = (): Promise<unknown> => failure(client.with({ timeout: 60 }).read(start.key()));
      const before = place === 'before' ? read() : undefined;
      const slow = client.with({ timeout: 0 }).count(counter);
      expect(await (before ?? read())).toMatchObject({ code: 'TIMEOUT' });
      await sleep(400); // several times as long as a probe would be waited for
      proxy.connections[0]?.resume();
      expect(Number(await slow)).toBe(1);
      expect(await start.direct().read(counter)).toBe('1');
    },
  );
}

function frozenCases(start: Start): void {
  test('pain 20: after a freeze the connection is probed before its first use: what is called then is not lost', async () => {
    const { proxy, client } = await connected(start, { liveness: { idle: 15_000, grace: 5000 } });
    const counter = start.key();
    proxy.halfOpen();
    const { now } = Date;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() + 3_600_000); // the process was asleep for an hour
    try {
      expect(Number(await client.count(counter))).toBe(1);
      expect(proxy.total).toBe(2);
      expect(await start.direct().read(counter)).toBe('1');
    } finally {
      clock.mockRestore();
    }
  });

  test('pain 20: after a freeze a connection that still works is used on', async () => {
    const { proxy, client } = await connected(start, { liveness: { idle: 15_000, grace: 5000 } });
    const { now } = Date;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() + 3_600_000);
    try {
      expect(Number(await client.count(start.key()))).toBe(1);
      expect(proxy.total).toBe(1);
    } finally {
      clock.mockRestore();
    }
  });
}
