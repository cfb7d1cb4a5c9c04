import type { Spec } from '../command/command.ts';

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

class Counter {
  count = 0;
  errors = 0;
  readonly histogram: Uint32Array = new Uint32Array(BUCKETS);
}

/** Counts what has ended, per command. */
export class StatsRecorder {
  /** By name: raw calls of unknown commands make a spec each. */
  readonly #counters = new Map<string, Counter>();
  #lastSpec: Spec | undefined;
  #last = new Counter();

  record(spec: Spec, milliseconds: number, failed: boolean): void {
    if (spec !== this.#lastSpec) this.#select(spec);
    const counter = this.#last;
    counter.count++;
    if (failed) counter.errors++;
    const bucket = Math.min(32 - Math.clz32(milliseconds), BUCKETS - 1);
    counter.histogram[bucket] = (counter.histogram[bucket] as number) + 1;
  }

  #select(spec: Spec): void {
    let counter = this.#counters.get(spec.name);
    if (counter === undefined) {
      counter = new Counter();
      this.#counters.set(spec.name, counter);
    }
    this.#lastSpec = spec;
    this.#last = counter;
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
