import { setTimeout as sleep } from 'node:timers/promises';
import { CalmClock } from './calm-clock.ts';
import type { DirectionFaults, Faults } from './faults.ts';
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
  /** What the session itself has found, once it was healed: of its readers, for instance. */
  findings?(calm: CalmClock, limit: number): Promise<string[]>;
  /** How often something happened that the plan is meant to meet. */
  readonly met?: Readonly<Record<string, number>>;
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
  open(connections: readonly Faults[], variant: number): Promise<ModelSession>;
  /** The client's own deadline, ms, for calls without a `patience`; default 0. */
  readonly timeout?: number;
  /**
   * Milliseconds of calm time (see {@link CalmClock}) in which the client must work again after the faults, and close;
   * a call must settle within its `patience` and a quarter of this. Without a deadline it may wait for all slow calls
   * that are pending meanwhile: for the sum of their times, and a quarter of this. Default 10,000.
   */
  readonly settleWithin?: number;
}

/** What a run of a plan showed. */
export interface RunReport {
  /** Broken promises, in words; empty: all is well. */
  readonly violations: readonly string[];
  /** Operations that were run. */
  readonly operations: number;
  /** Connections with a fault that were made, and disturbances that harm. */
  readonly faults: number;
  /** By ending. */
  readonly endings: Readonly<Record<string, number>>;
  /** What else was met: operations by kind, errors by code, and what the session counts. */
  readonly met: Readonly<Record<string, number>>;
}

/** Runs a plan and compares what the client said with what the server has. */
export async function runPlan(plan: Plan, driver: ModelDriver): Promise<RunReport> {
  const session = await driver.open(plan.connections, plan.variant ?? 0);
  using calm = new CalmClock();
  const settleWithin = driver.settleWithin ?? 10_000;
  const run = new Run(session, calm, settleWithin, driver.timeout ?? 0);
  if (plan.age !== undefined) await run.age(plan.age);
  await Promise.all(plan.tasks.map((list) => run.list(list, plan.inFlight)));
  const faults = faultsMet(plan, session.connections ?? plan.connections.length);
  await session.heal();
  const violations = await run.recovery();
  violations.push(...((await session.findings?.(calm, settleWithin)) ?? []));
  const keys = [...new Set(run.entries.flatMap(({ operation }) => keysOf(operation)))];
  const stored = await session.inspect(keys);
  const state = new Map(keys.map((key, i) => [key, stored[i] ?? null]));
  violations.push(...judge(run.entries, state, plan.calm));
  if (!(await calm.settles(session.close(), settleWithin))) violations.push('close() did not settle');
  await session.dispose?.();
  return { violations, operations: run.entries.length, faults, endings: run.endings(), met: run.met() };
}

function faultsMet({ tasks, connections }: Plan, made: number): number {
  const disturbances = tasks.flat().filter((operation) => operation.kind === 'disturb' && operation.what !== 'resume');
  return disturbances.length + connections.slice(0, made).filter(isFaulty).length;
}

function isFaulty({ toServer, toClient, ...whole }: Faults): boolean {
  return [whole, toServer, toClient].some((part?: DirectionFaults | Faults) => Object.keys(part ?? {}).length > 0);
}

/** A call during which, or so long before which, the machine stood still for so long says nothing about the client, ms. */
const [BEFORE, STALL] = [1000, 150];

/** How long a client waits at most until a server confirms that a channel is left, ms. */
const CONFIRMATION = 5000;

/** So many calls an operation makes one after the other, each with its own deadline; default: one. */
const STEPS: Partial<Record<Operation['kind'], number>> = { session: 5, transaction: 4, script: 3 };

class Run {
  readonly entries: Entry[] = [];
  readonly #session: ModelSession;
  readonly #calm: CalmClock;
  readonly #settleWithin: number;
  readonly #timeout: number;
  #clock = 0;
  /** How long all slow calls keep the server busy that were made up to now, and those of them that settled, ms. */
  readonly #slow = { made: 0, settled: 0 };

  constructor(session: ModelSession, calm: CalmClock, settleWithin: number, timeout: number) {
    this.#timeout = timeout;
    this.#session = session;
    this.#calm = calm;
    this.#settleWithin = settleWithin;
  }

  /** Connects, and lets the connection become so old. */
  async age(milliseconds: number): Promise<void> {
    await this.#call({ kind: 'increment', counter: 0 });
    await sleep(milliseconds);
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
   */
  async recovery(): Promise<string[]> {
    const [began, calm] = [performance.now(), this.#calm.now()];
    for (let id = -1; ; id--) {
      const entry = await this.#call({ kind: 'write', id, size: 0 }, this.#settleWithin / 4);
      await sleep(5);
      if (entry.ending?.how === 'done') return [];
      if (this.#calm.isOver(this.#settleWithin, calm, began))
        return [`does not work again ${this.#since(began, calm)} after the faults: ${words(entry)}`];
    }
  }

  /** What time has passed. Little of it is calm where the machine is too busy to judge by time. */
  #since(began: number, calm: number): string {
    const [all, quiet] = [performance.now() - began, this.#calm.now() - calm].map(Math.round);
    return `${all} ms (${quiet} ms of them calm)`;
  }

  endings(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const entry of this.entries) {
      const how = entry.ending?.how ?? (entry.ended === undefined ? 'unsettled' : 'other error');
      counts[how] = (counts[how] ?? 0) + 1;
    }
    return counts;
  }

  met(): Record<string, number> {
    const counts: Record<string, number> = { ...this.#session.met };
    for (const { operation, ending } of this.entries) {
      counts[operation.kind] = (counts[operation.kind] ?? 0) + 1;
      if (ending !== undefined && 'code' in ending && ending.code !== undefined)
        counts[ending.code] = (counts[ending.code] ?? 0) + 1;
    }
    return counts;
  }

  async #one(operation: Operation): Promise<void> {
    if (operation.kind === 'wait') await sleep(operation.ms);
    else if (operation.kind === 'disturb') await this.#session.disturb?.(operation.what);
    else await this.#call(operation, operation.deadline);
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
    const [began, calm] = [performance.now(), this.#calm.now()];
    const busy = operation.kind === 'slow' ? operation.ms : 0;
    this.#slow.made += busy;
    entry.late = !(await this.#calm.settles(call, this.#limit(operation, patience)));
    this.#slow.settled += busy;
    entry.calm = this.#calm.now() - calm > (performance.now() - began) / 2;
    entry.hurried = this.#calm.longestStall(began - BEFORE) > STALL;
    return entry;
  }

  /**
   * How long a call may take, ms. A server with one thread may answer together what it got together, so that a call
   * without a deadline waits also for slow ones that were made after it.
   */
  #limit({ kind }: Operation, patience?: number): () => number {
    const margin = this.#settleWithin / 4;
    const { settled } = this.#slow;
    if (kind === 'slow' || patience === 0) return () => this.#slow.made - settled + margin;
    const needed = kind === 'unsubscribe' ? CONFIRMATION : (patience ?? this.#timeout) * (STEPS[kind] ?? 1);
    return () => needed + margin;
  }
}
