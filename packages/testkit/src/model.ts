import { type Plan, type PlanOptions, randomPlan } from './model-plan.ts';
import { type ModelDriver, runPlan } from './model-run.ts';
import { seeded } from './random.ts';

/** How much a model check does. */
export interface ModelOptions extends PlanOptions {
  /** Plans; default 20. */
  readonly plans?: number;
  /** Seed of the first plan; the next ones count up. Default 1. */
  readonly seed?: number;
  /** Runs that shrinking may take; default 200. */
  readonly shrinkRuns?: number;
  /** How often a smaller case is tried before it counts as healthy, since timing takes part; default 2. */
  readonly tries?: number;
}

/** What a model check without violations did. */
export interface ModelReport {
  readonly plans: number;
  readonly operations: number;
  /** Connections that had a fault, and disturbances. */
  readonly faults: number;
  /** Operations by ending. */
  readonly endings: Readonly<Record<string, number>>;
}

/** A promise of the client was broken. The message holds the violations, the seed, and the smallest case found. */
export class ModelFailure extends Error {
  readonly seed: number;
  readonly plan: Plan;
  readonly violations: readonly string[];

  constructor(seed: number, plan: Plan, violations: readonly string[]) {
    super(`seed ${seed}: ${violations.slice(0, 5).join('\n  ')}\nsmallest case found: ${JSON.stringify(plan)}`);
    this.name = 'ModelFailure';
    this.seed = seed;
    this.plan = plan;
    this.violations = violations;
  }
}

/**
 * Runs random operations under random faults and checks what the client promises; see `judge`. A failing case is made
 * smaller and thrown.
 *
 * @example
 * const report = await checkModel(driver, { seed: 1, plans: 100, operations: 500 });
 * // again: await runPlan(failure.plan, driver)
 */
export async function checkModel(driver: ModelDriver, options: ModelOptions = {}): Promise<ModelReport> {
  const { plans = 20, seed = 1 } = options;
  const endings: Record<string, number> = {};
  let operations = 0;
  let faults = 0;
  for (let i = 0; i < plans; i++) {
    const plan = randomPlan(seeded(seed + i), options);
    const report = await runPlan(plan, driver);
    if (report.violations.length > 0) throw await smallest(seed + i, plan, report.violations, driver, options);
    operations += report.operations;
    faults += faultsIn(plan);
    for (const [how, count] of Object.entries(report.endings)) endings[how] = (endings[how] ?? 0) + count;
  }
  return { plans, operations, faults, endings };
}

function faultsIn({ tasks, connections }: Plan): number {
  const disturbances = tasks.flat().filter(({ kind }) => kind === 'disturb').length;
  return disturbances + connections.filter((faults) => Object.keys(faults).length > 0).length;
}

async function smallest(
  seed: number,
  first: Plan,
  firstViolations: readonly string[],
  driver: ModelDriver,
  { shrinkRuns = 200, tries = 2 }: ModelOptions,
): Promise<ModelFailure> {
  let violations = firstViolations;
  let runs = 0;
  const plan = await shrink(first, async (candidate) => {
    for (let i = 0; i < tries && runs < shrinkRuns; i++) {
      runs++;
      const report = await runPlan(candidate, driver);
      if (report.violations.length === 0) continue;
      violations = report.violations;
      return true;
    }
    return false;
  });
  return new ModelFailure(seed, plan, violations);
}

/**
 * Makes a failing plan smaller: leaves out operations and faults in ever smaller chunks, as long as it still fails
 * (delta debugging, Zeller and Hildebrandt 2002, https://doi.org/10.1109/32.988498).
 */
export async function shrink(plan: Plan, fails: (candidate: Plan) => Promise<boolean>): Promise<Plan> {
  let best = plan;
  for (let before = -1; before !== sizeOf(best); ) {
    before = sizeOf(best);
    for (const part of ['operations', 'connections'] as const) {
      for (let chunk = Math.ceil(countOf(best, part) / 2); chunk >= 1; chunk = chunk === 1 ? 0 : Math.ceil(chunk / 2)) {
        for (let at = 0; at < countOf(best, part); ) {
          const candidate = without(best, part, at, chunk);
          if (await fails(candidate)) best = candidate;
          else at += chunk;
        }
      }
    }
  }
  return best;
}

type Part = 'operations' | 'connections';

function countOf(plan: Plan, part: Part): number {
  return part === 'operations' ? plan.tasks.flat().length : plan.connections.length;
}

function sizeOf(plan: Plan): number {
  return countOf(plan, 'operations') + countOf(plan, 'connections');
}

/** Leaves out `count` items from position `at`; operations are numbered through all lists. */
function without(plan: Plan, part: Part, at: number, count: number): Plan {
  if (part === 'connections') return { ...plan, connections: plan.connections.toSpliced(at, count) };
  let position = 0;
  const kept = (): boolean => {
    const here = position++;
    return here < at || here >= at + count;
  };
  const tasks = plan.tasks.map((list) => list.filter(kept));
  return { ...plan, tasks: tasks.filter((list) => list.length > 0) };
}
