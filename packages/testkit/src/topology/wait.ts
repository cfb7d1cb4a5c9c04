import { setTimeout as sleep } from 'node:timers/promises';

/** How to wait for a state of real servers. */
export interface WaitOptions {
  /** Milliseconds until it is given up; default 30,000. */
  readonly timeout?: number | undefined;
  /** Milliseconds between two looks; default 10. */
  readonly every?: number | undefined;
}

/**
 * Looks until there is a value, and resolves with it. A look that throws counts as "not yet"; its error is the cause
 * of the rejection when the time is up.
 */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  options: WaitOptions = {},
): Promise<T> {
  const { timeout = 30_000, every = 10 } = options;
  const deadline = performance.now() + timeout;
  for (;;) {
    const { value, cause } = await attempt(look);
    if (value !== undefined) return value;
    if (performance.now() >= deadline) throw new Error(timeUp(what, timeout, cause), { cause });
    await sleep(every);
  }
}

function timeUp(what: string, timeout: number, cause: unknown): string {
  return `${what}: not within ${timeout} ms${cause instanceof Error ? ` (${cause.message})` : ''}`;
}

async function attempt<T>(
  look: () => Promise<T | undefined> | T | undefined,
): Promise<{ value?: T | undefined; cause?: unknown }> {
  try {
    return { value: await look() };
  } catch (cause) {
    return { cause };
  }
}
