import { getEventListeners } from 'node:events';
import type * as Core from '@kv/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { boundedWait } from './bounded-wait.ts';

vi.mock('@kv/core', async (load) => ({
  ...(await load<typeof Core>()),
  ...(await import('@kv/testkit/faked-timers')),
}));

const waiting = { command: 'SUBSCRIBE', details: () => ({ outcome: 'notSent' as const, cause: 'the network' }) };
const never = new Promise<never>(() => {});

describe('a wait that ends early', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('gives what the work gives, and leaves neither timer nor listener', async () => {
    const { signal } = new AbortController();
    expect(await boundedWait(() => Promise.resolve(7), { timeout: 50, signal }, waiting)).toBe(7);
    const failed = Promise.reject(new Error('refused'));
    await expect(boundedWait(() => failed, { timeout: 50, signal }, waiting)).rejects.toThrow('refused');
    expect([vi.getTimerCount(), getEventListeners(signal, 'abort')]).toEqual([0, []]);
  });

  it('ends at its time with what is known then', async () => {
    const { signal } = new AbortController();
    const end = boundedWait(() => never, { timeout: 50, signal }, waiting).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(50);
    const timedOut = { code: 'TIMEOUT', outcome: 'notSent', command: 'SUBSCRIBE', cause: 'the network' };
    expect(await end).toMatchObject(timedOut);
    expect([vi.getTimerCount(), getEventListeners(signal, 'abort')]).toEqual([0, []]);
  });

  it('may take longer than a timer can hold', async () => {
    const end = vi.fn<(error: unknown) => void>();
    boundedWait(() => never, { timeout: 3_000_000_000 }, waiting).catch(end);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(end).not.toHaveBeenCalled();
  });

  it('ends with its signal, also one that has fired before; 0 is no time', async () => {
    const controller = new AbortController();
    const end = boundedWait(() => never, { timeout: 0, signal: controller.signal }, waiting);
    expect(vi.getTimerCount()).toBe(0);
    controller.abort('enough');
    const aborted = { code: 'ABORTED', outcome: 'notSent', command: 'SUBSCRIBE', cause: 'enough' };
    await expect(end).rejects.toMatchObject(aborted);
    await expect(boundedWait(() => never, { signal: controller.signal }, waiting)).rejects.toMatchObject(aborted);
  });
});
