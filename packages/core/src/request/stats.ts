import type { Spec } from '../command/command.ts';
import { LazyMap } from '../lazy-collections.ts';

/** Figures of one command since the client was made. */
export interface CommandStats {
  /** Calls that have ended. */
  readonly count: number;
  /** Of these, rejected ones. */
  readonly errors: number;
  /** `histogram[i]`: how many took less than 2^i ms (and not less than 2^(i-1)), from the call to its end. */
  readonly histogram: readonly number[];
}

const BUCKETS = 24;

/** So many names are counted by themselves, more than any server has commands; the rest is counted together. */
const MOST_NAMES = 1000;

const OTHER_NAMES = '(other)';

class Counter {
  count = 0;
  errors = 0;
  readonly histogram: Uint32Array = new Uint32Array(BUCKETS);
}

/** Until the first command has ended: a recorder that is never used takes no memory for counts. */
const NO_COUNTER = new Counter();

/** Counts what has ended, per command. */
export class StatsRecorder {
  /** By name: raw calls of unknown commands make a spec each. */
  readonly #counters = new LazyMap<string, Counter>();
  #lastSpec: Spec | undefined;
  #last = NO_COUNTER;

  record(spec: Spec, milliseconds: number, failed: boolean): void {
    if (spec !== this.#lastSpec) this.#select(spec);
    const counter = this.#last;
    counter.count++;
    if (failed) counter.errors++;
    const bucket = Math.min(32 - Math.clz32(milliseconds), BUCKETS - 1);
    counter.histogram[bucket] = (counter.histogram[bucket] as number) + 1;
  }

  #select(spec: Spec): void {
    this.#lastSpec = spec;
    this.#last = this.#counters.get(spec.name) ?? this.#add(spec.name);
  }

  /** Names of raw calls may be made up without end. */
  #add(name: string): Counter {
    const known = this.#counters.size < MOST_NAMES ? name : OTHER_NAMES;
    const counter = this.#counters.get(known) ?? new Counter();
    this.#counters.set(known, counter);
    return counter;
  }

  /** A copy of the figures, by command name. */
  read(): Record<string, CommandStats> {
    const all: Record<string, CommandStats> = Object.create(null);
    for (const [name, { count, errors, histogram }] of this.#counters) {
      const end = histogram.findLastIndex((n) => n > 0) + 1;
      all[name] = { count, errors, histogram: [...histogram.subarray(0, end)] };
    }
    return all;
  }
}

/** For what counts nothing. */
export const NO_STATS: StatsRecorder = new StatsRecorder();
