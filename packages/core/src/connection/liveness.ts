import { ConnectionError, isKvError } from '../errors.ts';
import { LATE, LONGEST_TIMER } from '../request/timer-limits.ts';
import { clearTimeout, setImmediate, setTimeout, type Timer, wallNow } from '../timers.ts';
import type { Connection, LivenessOptions } from './connection.ts';

/** After the process was asleep the peer has this long to answer, ms: what waits should not wait for the dead. */
const WAKING_GRACE = 1000;

/**
 * Finds out that a peer is gone although nothing says so (half-open TCP).
 *
 * ```text
 *   silent for `idle` ms ──► nothing is owed ─────► PING on the line ──────────┐
 *                       └──► a reply is owed ─────► is it alive? (other line) ─┤ no ─► a last `grace`
 *   a reply is overdue ────► PING on the line ─────────────────────────────────┴─► no byte: dead
 * ```
 * A line that owes a reply within its deadline (a blocking command, a long script, MONITOR) may well be silent: a PING
 * would wait behind it. So the server is asked on another line, `grace` ms after that reply became due at the earliest:
 * sooner, the question might overtake the command.
 */
export class Liveness {
  /** When the last byte came, by the wall clock: it goes on while the process is asleep. */
  heardAt: number = wallNow();
  readonly #connection: Connection;
  readonly #options: LivenessOptions;
  #timer: Timer | undefined;
  #judging = false;
  /** Whether a byte came since it was last set to false. */
  #alive = true;

  constructor(connection: Connection, options: LivenessOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  /** From now on the line is watched. */
  start(): void {
    this.heard();
    if (!this.#judging) this.#watch();
  }

  /** Bytes came. */
  heard(): void {
    this.#alive = true;
    this.heardAt = wallNow();
  }

  /** The line is over. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Whether the line was silent for so long that it should have been probed: the process was asleep. */
  get slept(): boolean {
    const { idle, grace } = this.#options;
    return idle > 0 && wallNow() - this.heardAt > idle + grace;
  }

  /** A reply is overdue: the line has `grace` ms to show any byte. */
  suspect(): void {
    if (this.#judging || this.#connection.state !== 'ready') return;
    this.#connection.probe();
    this.judge(this.#options.grace);
  }

  /** A probe is under way because the process was asleep. */
  suspectWaking(): void {
    this.judge(Math.min(this.#options.grace, WAKING_GRACE));
  }

  /** Without a byte in this time the line is dead. */
  judge(grace: number): void {
    this.#judging = true;
    this.#alive = false;
    this.#wait(grace, () => {
      this.#judging = false;
      if (this.#alive || this.#connection.paused) return this.#watch();
      this.#connection.destroy(
        new ConnectionError('The connection is dead: the server sent nothing, not even to a probe'),
      );
    });
  }

  #watch(): void {
    const { idle } = this.#options;
    if (idle > 0) this.#wait(Math.min(Math.max(this.heardAt + idle - wallNow(), 1), idle), this.#look);
  }

  readonly #look = (): void => {
    const connection = this.#connection;
    if (connection.paused) return this.#wait(this.#options.idle, this.#look);
    const silence = wallNow() - this.heardAt; // below 0: the clock was set back, so nobody knows
    if (silence >= 0 && silence < this.#options.idle) return this.#watch();
    if (connection.canProbe) return this.slept ? connection.probeFirst() : this.suspect();
    if (connection.oldestPendingAge < this.#options.grace) return this.#wait(this.#options.grace, this.#look);
    this.#ask();
  };

  /** Asks on another line. Where nobody can be asked, the deadline of the reply decides. */
  #ask(): void {
    this.#alive = false;
    const asked = this.#connection.isAlive(this.#options.grace);
    if (asked === undefined) return this.#wait(this.#options.idle, this.#look);
    asked.then(
      (alive) => this.#answered(alive),
      (error: unknown) => this.#answered(!isUnreachable(error)),
    );
  }

  /**
   * What it still had to say may be on its way: it gets one more grace. If bytes came since the question, the answer is
   * about a state that is over: it saw a line that had been answered, and by now the line may be blocked again.
   */
  #answered(alive: boolean): void {
    if (this.#connection.isClosed || this.#judging) return;
    if (this.#alive) return this.#watch();
    if (alive) this.#wait(this.#options.idle, this.#look);
    else this.judge(this.#options.grace);
  }

  #wait(milliseconds: number, then: () => void): void {
    clearTimeout(this.#timer);
    const wait = Math.min(milliseconds, LONGEST_TIMER);
    const due = wallNow() + wait;
    this.#timer = setTimeout(() => {
      if (wallNow() - due <= LATE) then();
      else setImmediate(() => this.#connection.isClosed || then());
    }, wait);
    this.#timer.unref();
  }
}

/** Refusals and full queues say nothing about the server; that it cannot be reached does. */
function isUnreachable(error: unknown): boolean {
  return isKvError(error) && (error.code === 'CONNECTION' || error.code === 'TIMEOUT');
}
