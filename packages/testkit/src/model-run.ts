import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults } from './faults.ts';
import { type Ending, type Entry, words } from './model-entry.ts';
import { judge } from './model-judge.ts';
import { keysOf, type Operation, type Plan } from './model-plan.ts';

/** A client under test and the server behind it, for one plan. */
export interface ModelSession {
  /**
   * Makes the call through the faults. A rejection that is none of the endings is a violation. `patience`: the deadline
   * of this call in ms, in place of the client's own.
   */
  run(operation: Operation, patience?: number): Promise<Ending>;
  /** Does what a `disturb` operation names. */
  disturb?(what: string): Promise<void> | void;
  /** Ends all disturbances and faults: from now on connections are healthy. */
  heal(): Promise<void> | void;
  /** Reads keys past the client and the faults; counters as decimal text, absent ones as null. */
  inspect(keys: readonly string[]): Promise<(string | null)[]>;
  /** Closes the client. */
  close(): Promise<void>;
  /** Ends what else was opened, after the client was closed. */
  dispose?(): Promise<void>;
  /** Connections that were made up to now: so many of the plan's have met their faults. Default: all. */
  readonly connections?: number;
}

/** Opens sessions. Keys of one session must not meet those of another, for instance by a prefix. */
export interface ModelDriver {
  open(connections: readonly Faults[]): Promise<ModelSession>;
  /** Milliseconds in which everything must settle, from the call; its deadline and some. Default 10,000. */
  readonly settleWithin?: number;
}

/** What a run of a plan showed. */
export interface RunReport {
  /** Broken promises, in words; empty: all is well. */
  readonly violations: readonly string[];
  /** Operations that were run. */
  readonly operations: number;
  /** Connections with a fault that were made, and disturbances. */
  readonly faults: number;
  /** By ending. */
  readonly endings: Readonly<Record<string, number>>;
}

/** Runs a plan and compares what the client said with what the server has. */
export async function runPlan(plan: Plan, driver: ModelDriver): Promise<RunReport> {
  const session = await driver.open(plan.connections);
  const run = new Run(session, driver.settleWithin ?? 10_000);
  await Promise.all(plan.tasks.map((list) => run.list(list, plan.inFlight)));
  const faults = faultsMet(plan, session.connections ?? plan.connections.length);
  await session.heal();
  const violations = await run.recovery();
  const keys = [...new Set(run.entries.flatMap(({ operation }) => keysOf(operation)))];
  const stored = await session.inspect(keys);
  const state = new Map(keys.map((key, i) => [key, stored[i] ?? null]));
  violations.push(...judge(run.entries, state));
  if (!(await settles(session.close(), 10_000))) violations.push('close() did not settle');
  await session.dispose?.();
  return { violations, operations: run.entries.length, faults, endings: run.endings() };
}

function faultsMet({ tasks, connections }: Plan, made: number): number {
  const disturbances = tasks.flat().filter(({ kind }) => kind === 'disturb').length;
  return disturbances + connections.slice(0, made).filter((faults) => Object.keys(faults).length > 0).length;
}

/** When timers are later than this, ms, the machine is too busy to judge by time. */
const CALM = 15;

class Run {
  readonly entries: Entry[] = [];
  readonly #session: ModelSession;
  readonly #settleWithin: number;
  #clock = 0;

  constructor(session: ModelSession, settleWithin: number) {
    this.#session = session;
    this.#settleWithin = settleWithin;
  }

  /** Runs a list, in order, with a bounded number in flight. */
  async list(operations: readonly Operation[], inFlight: number): Promise<void> {
    const pending = new Set<Promise<void>>();
    for (const operation of operations) {
      while (pending.size >= inFlight) await Promise.race(pending);
      const one: Promise<void> = this.#one(operation).finally(() => pending.delete(one));
      pending.add(one);
    }
    await Promise.all(pending);
  }

  /**
   * With all faults gone, the client must work again by itself. The first calls may still meet the connection that it
   * has not seen dying.
   *
   * A round trip takes about ten turns of the event loop, since client, proxy and server are one process. On a machine
   * that is busy with other things that is longer than what the client was told to wait for a connection or a probe,
   * again and again, and says nothing about the client. So only calm time counts against it.
   */
  async recovery(): Promise<string[]> {
    const delay = monitorEventLoopDelay({ resolution: 2 });
    delay.enable();
    const violations = await this.#recovers(delay);
    delay.disable();
    return violations;
  }

  async #recovers(delay: IntervalHistogram): Promise<string[]> {
    const began = performance.now();
    let calm = 0;
    for (let id = -1; ; id--) {
      delay.reset();
      const called = performance.now();
      const entry = await this.#call({ kind: 'write', id, size: 0 }, this.#settleWithin / 4);
      await sleep(5);
      if (entry.ending?.how === 'done') return [];
      const now = performance.now();
      if (delay.max / 1e6 < CALM) calm += now - called;
      if (calm > this.#settleWithin || now - began > this.#settleWithin * 5)
        return [`does not work again after the faults: ${words(entry)}`];
    }
  }

  endings(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const entry of this.entries) {
      const how = entry.ending?.how ?? (entry.ended === undefined ? 'unsettled' : 'other error');
      counts[how] = (counts[how] ?? 0) + 1;
    }
    return counts;
  }

  async #one(operation: Operation): Promise<void> {
    if (operation.kind === 'wait') await sleep(operation.ms);
    else if (operation.kind === 'disturb') await this.#session.disturb?.(operation.what);
    else await this.#call(operation);
  }

  async #call(operation: Operation, patience?: number): Promise<Entry> {
    const entry: Entry = { operation, began: this.#clock++ };
    this.entries.push(entry);
    const call = this.#session.run(operation, patience).then(
      (ending) => {
        entry.ending = ending;
        entry.ended = this.#clock++;
      },
      (error: unknown) => {
        entry.error = error;
        entry.ended = this.#clock++;
      },
    );
    await settles(call, this.#settleWithin);
    return entry;
  }
}

async function settles(promise: Promise<unknown>, within: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), within);
  });
  const settled = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return settled;
}
