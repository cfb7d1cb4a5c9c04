import { getHeapStatistics } from 'node:v8';
import { type Random, seeded } from './random.ts';

/** Something that is fed with damaged input. */
export interface FuzzTarget {
  readonly name: string;
  /** Begins again; called before the first case and every {@link ERA} cases. */
  begin?(): Promise<void>;
  /** One case; throws when a promise is broken. */
  run(random: Random): Promise<void> | void;
  /** Ends what the last `begin` began. */
  end?(): Promise<void>;
  /** How cases ended, so that it shows when damage is all too great or too small. */
  readonly endings: Record<string, number>;
}

/** How long and from where. */
export interface FuzzOptions {
  readonly seed: number;
  /** First case; default 0. It is begun with the era that it is in, so that a failure can be seen again. */
  readonly from?: number;
  /** Cases; default without an end. */
  readonly cases?: number;
  /** No case is begun after this many milliseconds; default: without an end. */
  readonly milliseconds?: number;
  /** Told of each case before it runs. */
  readonly beat?: (number: number) => void;
}

/** What a run did. */
export interface FuzzReport {
  readonly target: string;
  readonly seed: number;
  readonly cases: number;
  readonly seconds: number;
  /** The longest case, ms of the processor. */
  readonly slowest: number;
  readonly endings: Readonly<Record<string, number>>;
}

/** A case that broke a promise. */
export class FuzzFailure extends Error {
  constructor(target: string, seed: number, number: number, cause: unknown) {
    super(`${target}, seed ${seed}, case ${number}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
    this.name = 'FuzzFailure';
  }
}

/** Cases between two beginnings of a target. */
export const ERA = 200;

/**
 * What one case may take at most, ms of the processor (which may be busy with others): far more than any needs, and far
 * less than a loop without an end.
 */
const LONGEST_CASE = 5000;

/** Most memory that one case may take, bytes; targets leave out what takes more by right. */
const MOST_MEMORY = 128 << 20;

/**
 * Runs random cases until the time is up. Each case depends on the seed and its number, and on the cases of its era only.
 *
 * @throws FuzzFailure
 */
export async function fuzz(target: FuzzTarget, options: FuzzOptions): Promise<FuzzReport> {
  const { seed, from = 0, cases = Number.POSITIVE_INFINITY, milliseconds = Number.POSITIVE_INFINITY } = options;
  const began = performance.now();
  const random = seeded(seed);
  const first = from - (from % ERA);
  let number = first;
  let slowest = 0;
  const thrown = catchThrown();
  try {
    for (; number < from + cases && performance.now() - began < milliseconds; number++) {
      options.beat?.(number);
      if (number % ERA === 0) await begin(target, number === first);
      slowest = Math.max(slowest, await runOne(target, random.fork(number)));
      thrown.check();
    }
    await target.end?.();
  } catch (cause) {
    throw new FuzzFailure(target.name, seed, number, cause);
  } finally {
    thrown.stop();
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  const { name, endings } = target;
  return { target: name, seed, cases: number - first, seconds, slowest: Math.round(slowest), endings };
}

async function begin(target: FuzzTarget, isFirst: boolean): Promise<void> {
  if (!isFirst) await target.end?.();
  await target.begin?.();
}

async function runOne(target: FuzzTarget, random: Random): Promise<number> {
  const before = memory();
  const began = process.cpuUsage();
  await target.run(random);
  const { user, system } = process.cpuUsage(began);
  const took = (user + system) / 1000;
  if (took > LONGEST_CASE) throw new Error(`it took ${Math.round(took)} ms`);
  const grown = memory() - before;
  if (grown > MOST_MEMORY) throw new Error(`it took ${grown >> 20} MB of memory`);
  return took;
}

function memory(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

/** Errors that no one caught: a server threw out of one of its callbacks. */
function catchThrown(): { check(): void; stop(): void } {
  const thrown: unknown[] = [];
  const note = (error: unknown): void => void thrown.push(error);
  process.on('uncaughtException', note);
  process.on('unhandledRejection', note);
  return {
    check: () => {
      if (thrown.length > 0) throw new Error('it threw where nobody could catch it', { cause: thrown[0] });
    },
    stop: () => {
      process.off('uncaughtException', note);
      process.off('unhandledRejection', note);
    },
  };
}
