import { type Plan, type PlanOptions, randomPlan } from './model-plan.ts';
import { type ModelDriver, type RunReport, runPlan } from './model-run.ts';
import { seeded } from './random.ts';

/** How much a model check does. */
export interface ModelOptions extends PlanOptions {
  /** Plans; default 20. */
  readonly plans?: number;
  /** Seed of the first plan; the next ones count up. Default 1. */
  readonly seed?: number;
  /** Plans that run side by side, where the driver's sessions are independent; default 1. */
  readonly parallel?: number;
  /** Told the seed of each plan before it runs. */
  readonly begins?: (seed: number) => void;
  /** No plan is begun after this many milliseconds; default: all are. */
  readonly milliseconds?: number;
  /** Runs that shrinking may take; default 200. */
  readonly shrinkRuns?: number;
  /** How often a smaller case is tried before it counts as healthy, since timing takes part; default 2. */
  readonly tries?: number;
}

/** What a model check without violations did. */
export interface ModelReport {
  readonly plans: number;
  readonly operations: number;
  /** Connections with a fault that were made, and disturbances. */
  readonly faults: number;
  /** Operations by ending. */
  readonly endings: Readonly<Record<string, number>>;
  /** What else was met, see {@link RunReport.met}. */
  readonly met: Readonly<Record<string, number>>;
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
  const { plans = 20, seed = 1, parallel = 1, milliseconds = Number.POSITIVE_INFINITY } = options;
  const total = new Total();
  const end = performance.now() + milliseconds;
  let begun = 0;
  let failed: ModelFailure | undefined;
  const worker = async (): Promise<void> => {
    while (begun < plans && failed === undefined && performance.now() < end) {
      const current = seed + begun++;
      options.begins?.(current);
      const plan = randomPlan(seeded(current), options);
      const report = await runPlan(plan, driver);
      total.add(report);
      if (report.violations.length > 0) failed ??= new ModelFailure(current, plan, report.violations);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  if (failed !== undefined) throw await smallest(failed, driver, options);
  return total;
}

class Total implements ModelReport {
  plans = 0;
  operations = 0;
  faults = 0;
  readonly endings: Record<string, number> = {};
  readonly met: Record<string, number> = {};

  add(report: RunReport): void {
    this.plans++;
    this.operations += report.operations;
    this.faults += report.faults;
    addTo(this.endings, report.endings);
    addTo(this.met, report.met);
  }
}

/** Adds counts to counts. */
export function addTo(total: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) total[name] = (total[name] ?? 0) + count;
}

async function smallest(
  first: ModelFailure,
  driver: ModelDriver,
  { shrinkRuns = 200, tries = 2 }: ModelOptions,
): Promise<ModelFailure> {
  let { violations } = first;
  let runs = 0;
  const plan = await shrink(first.plan, async (candidate) => {
    for (let i = 0; i < tries && runs < shrinkRuns; i++) {
      runs++;
      const report = await runPlan(candidate, driver);
      if (report.violations.length === 0) continue;
      violations = report.violations;
      return true;
    }
    return false;
  });
  return new ModelFailure(first.seed, plan, violations);
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
