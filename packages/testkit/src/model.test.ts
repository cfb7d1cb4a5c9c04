import { describe, expect, test } from 'vitest';
import { CalmClock } from './calm-clock.ts';
import { checkModel, ModelFailure, shrink } from './model.ts';
import type { Ending } from './model-entry.ts';
import { keysOf, type Operation, randomPlan, storedUnder } from './model-plan.ts';
import { type ModelDriver, type ModelSession, runPlan } from './model-run.ts';
import { seeded } from './random.ts';

type Bug =
  | 'loses writes'
  | 'swaps replies'
  | 'hangs'
  | 'dawdles'
  | 'counts twice'
  | 'counts ahead'
  | 'tears transactions'
  | 'says not sent'
  | 'stays broken';

/** A server and a client in one: an operation may be cut before or after it took effect, as a faulty connection does. */
class Pretended implements ModelSession {
  readonly #store = new Map<string, string>();
  readonly #random = seeded(99);
  readonly #bug: Bug | undefined;
  readonly #calm = new CalmClock();
  #dawdling: Promise<unknown> = Promise.resolve();
  #healthy = false;

  constructor(bug: Bug | undefined) {
    this.#bug = bug;
  }

  async run(operation: Operation): Promise<Ending> {
    await Promise.resolve();
    if (this.#bug === 'stays broken') return { how: 'notSent' };
    const cut = this.#healthy ? 1 : this.#random.next();
    if (cut < 0.05) return { how: 'notSent' };
    if (this.#bug === 'hangs' && cut < 0.07) return new Promise(() => {});
    if (this.#bug === 'dawdles' && cut < 0.07) await this.#dawdle();
    const value = this.#apply(operation, cut < 0.15);
    if (cut < 0.15) return { how: this.#bug === 'says not sent' ? 'notSent' : 'unknown' };
    return { how: 'done', value };
  }

  async heal(): Promise<void> {
    this.#healthy = true;
    await this.#dawdling; // all of it ends before it is judged
  }

  async inspect(keys: readonly string[]): Promise<(string | null)[]> {
    await Promise.resolve();
    return keys.map((key) => this.#store.get(key) ?? null);
  }

  close(): Promise<void> {
    this.#calm[Symbol.dispose]();
    return Promise.resolve();
  }

  /** The judge counts calm time, so that is what is spent. */
  #dawdle(): Promise<unknown> {
    const over = this.#calm.settles(new Promise(() => {}), 40);
    this.#dawdling = Promise.all([this.#dawdling, over]);
    return over;
  }

  #apply(operation: Operation, doubtful: boolean): string | number | null {
    const keys = keysOf(operation);
    switch (operation.kind) {
      case 'write':
      case 'transaction':
        for (const [i, key] of keys.entries()) {
          if (this.#bug === 'loses writes' && this.#random.chance(0.02)) continue;
          if (this.#bug === 'tears transactions' && doubtful && i > 0) continue;
          this.#store.set(key, storedUnder(key, operation.size));
        }
        return 'OK';
      case 'increment': {
        const step = this.#bug === 'counts twice' && doubtful ? 2 : 1;
        const counter = Number(this.#store.get(keys[0] as string) ?? 0) + step;
        this.#store.set(keys[0] as string, String(counter));
        return this.#bug === 'counts ahead' ? counter + 1 : counter;
      }
      case 'read':
        if (this.#bug === 'swaps replies' && this.#random.chance(0.05)) return storedUnder('w0', 3);
        return this.#store.get(keys[0] as string) ?? null;
      default:
        return null;
    }
  }
}

const driver = (bug?: Bug): ModelDriver => ({ open: () => Promise.resolve(new Pretended(bug)), settleWithin: 50 });

test('a right client passes, and the report says how much was done', async () => {
  const report = await checkModel(driver(), { plans: 10, operations: 300 });
  expect(report.plans).toBe(10);
  expect(report.operations).toBeGreaterThan(2000);
  expect(report.faults).toBeGreaterThan(30);
  expect(Object.keys(report.endings).sort()).toEqual(['done', 'notSent', 'unknown']);
});

/** Each try takes as long as the limit. */
const slow = (bug: Bug): boolean => bug === 'hangs' || bug === 'dawdles';

describe('every broken promise is found, and the case made small', () => {
  test.each<[Bug, RegExp]>([
    ['loses writes', /it is lost|acknowledged before|only .* is there/],
    ['swaps replies', /answer to something else|nobody wrote that/],
    ['hangs', /did not settle/],
    ['dawdles', /settled too late/],
    ['counts twice', /counter c\d is \d+, with/],
    ['counts ahead', /counter c\d is \d+, but returned/],
    ['tears transactions', /only t\d+\.0 is there/],
    ['says not sent', /but it is there|counter/],
    ['stays broken', /does not work again/],
  ])('%s', async (bug, violation) => {
    const options = { plans: 20, operations: 200, tries: 1, shrinkRuns: slow(bug) ? 20 : 300 };
    const failure = await checkModel(driver(bug), options).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ModelFailure);
    const { plan, violations, seed, message } = failure as ModelFailure;
    expect(violations.join('\n')).toMatch(violation);
    expect(message).toContain(`seed ${seed}`);
    expect(plan.tasks.flat().length).toBeLessThan(slow(bug) ? 200 : 60);
    expect((await runPlan(plan, driver(bug))).violations.length).toBeGreaterThan(0);
  });
});

test('plans follow the seed', () => {
  expect(randomPlan(seeded(4))).toEqual(randomPlan(seeded(4)));
  expect(randomPlan(seeded(4))).not.toEqual(randomPlan(seeded(5)));
});

test('shrinking finds the two operations and the connection that matter', async () => {
  const plan = randomPlan(seeded(1), { operations: 300, connections: 10 });
  const [first, second] = [plan.tasks[0]?.[5], plan.tasks[2]?.[7]];
  const guilty = plan.connections[6];
  const small = await shrink(plan, (candidate) => {
    const all = candidate.tasks.flat();
    const here = all.includes(first as Operation) && all.includes(second as Operation);
    return Promise.resolve(here && candidate.connections.includes(guilty ?? {}));
  });
  expect(small.tasks).toEqual([[first], [second]]);
  expect(small.connections).toEqual([guilty]);
});
