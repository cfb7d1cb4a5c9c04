import { expect, test } from 'vitest';
import { CalmClock } from './calm-clock.ts';
import type { Ending } from './model-entry.ts';
import { type Operation, type Plan, storedUnder } from './model-plan.ts';
import { type ModelSession, runPlan } from './model-run.ts';

/** A client without deadlines and a server with one thread: a slow call keeps all waiting that come after it. */
class OneThread implements ModelSession {
  readonly #calm = new CalmClock();
  readonly #kept: number;
  #free: Promise<unknown> = Promise.resolve();

  /** @param kept how long the client keeps an answer back, ms */
  constructor(kept: number) {
    this.#kept = kept;
  }

  async run(operation: Operation): Promise<Ending> {
    if (operation.kind === 'slow') this.#free = this.#free.then(() => this.#wait(operation.ms));
    await this.#free;
    if (this.#kept > 0) await this.#wait(this.#kept);
    return { how: 'done' };
  }

  heal(): void {
    this.#free = Promise.resolve();
  }

  inspect(keys: readonly string[]): Promise<(string | null)[]> {
    return Promise.resolve(
      keys.map((key) => (key.startsWith('slow') ? '1' : key === 'w0' ? null : storedUnder(key, 0))),
    );
  }

  close(): Promise<void> {
    this.#calm[Symbol.dispose]();
    return Promise.resolve();
  }

  #wait(ms: number): Promise<boolean> {
    return this.#calm.settles(new Promise(() => undefined), ms);
  }
}

const slow = (id: number): Operation => ({ kind: 'slow', id, ms: 100 });

/** Behind four slow calls, which take 400 ms together, a key is read. Calls have 150 ms more than they need. */
async function violations(kept: number, deadline: number): Promise<string> {
  const read: Operation = { kind: 'read', id: 0, deadline };
  const plan: Plan = { tasks: [[slow(1), slow(2), slow(3), slow(4), read]], inFlight: 5, connections: [], calm: true };
  const driver = { open: () => Promise.resolve(new OneThread(kept)), settleWithin: 600 };
  return (await runPlan(plan, driver)).violations.join('\n');
}

test('a call without a deadline may wait for all slow calls that are pending, and not for longer', async () => {
  expect(await violations(0, 0)).toBe('');
  expect(await violations(300, 0)).toMatch(/"read".* settled too late/);
});

test('a call with a deadline must end by then, however many slow calls are pending', async () => {
  expect(await violations(0, 20)).toMatch(/^\{"kind":"read","id":0,"deadline":20\} settled too late$/);
});
