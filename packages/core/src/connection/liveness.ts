import { ConnectionError, isKvError, type KvError } from '../errors.ts';
import { LATE, LONGEST_TIMER } from '../request/timer-limits.ts';
import { clearTimeout, setImmediate, setTimeout, type Timer, wallNow } from '../timers.ts';

/** When a silent connection is taken for dead, ms. */
export interface LivenessOptions {
  /**
   * Probe after this long without a byte. 0 = never.
   *
   * @default 15,000
   */
  readonly idle: number;
  /**
   * Dead when a probe gets no byte for this long.
   *
   * @default 5,000
   */
  readonly grace: number;
}

/** What {@link Liveness} needs of its connection. */
export interface WatchedConnection {
  /** The handshake is done, and it is not over. */
  readonly isOpen: boolean;
  readonly isClosed: boolean;
  /** Reading was stopped on purpose: silence means nothing. */
  readonly paused: boolean;
  /** How long the oldest command without a reply has been on its way, ms. */
  readonly oldestPendingAge: number;
  /** The time of the clock that requests are written by, ms. */
  now(): number;
  /** The process was asleep: a probe goes before everything else. */
  probeFirst(): void;
  destroy(error: KvError): void;
}

/** The replies that a connection waits for. */
export interface PendingReplies {
  /** Whether a caller still waits for a reply to something that was written before a time of the clock of requests. */
  isAwaitedSince(time: number): boolean;
}

/** How to find out whether a peer is there. */
export interface Probes {
  /** Whether a PING may be sent on the connection, and would be answered at once by a server that is well. */
  readonly canProbe: boolean;
  /** Sends a PING, where that is possible; else the replies that are pending are probe enough. */
  probe(): void;
  /** Asks the server on a control connection whether it still serves this one; `undefined`: there is none. */
  isAlive(timeout: number): Promise<boolean> | undefined;
  /** Whether the server accepts a further connection within `timeout` ms. It may be too busy to say anything on it. */
  isReachable(timeout: number): Promise<boolean>;
}

/** After the process was asleep the peer has this long to answer, ms: what waits should not wait for the dead. */
const WAKING_GRACE = 1000;

/** How many times `grace` a reply may be past its deadline while the server answers on a control connection. */
const LATE_ROUNDS = 3;

/** What another connection shows of a server whose reply is late. */
interface Signs {
  /** The server answers there, and still serves this connection. */
  answers: boolean;
  /** The server says there that it does not serve this connection. */
  denies: boolean;
  /** The server accepts connections; it may be too busy to answer on them. */
  accepts: boolean;
}

const NO_SIGNS: Signs = { answers: false, denies: false, accepts: false };

/**
 * Finds out that a peer is gone although nothing says so (half-open TCP).
 *
 * ```text
 *   silent for `idle` ms ──► no pending reply ────► PING on the connection ───────┐
 *                       └──► a pending reply ─────► ask on a control connection ──┤ unknown there, or unreachable
 *   the oldest pending reply is past its deadline ► PING on the connection ───────┴─► no reply for `grace` ms: dead
 * ```
 * A connection with a pending reply within its deadline (a blocking command, a long script, MONITOR) may well be
 * silent:
 * a PING would wait behind it. So the server is asked on a control connection, `grace` ms after the command was written
 * at the earliest: sooner, the question might overtake the command. A server that accepts that connection and answers
 * nothing is busy: it is given up only when the deadline of the oldest pending reply passes, and then it must answer on
 * the control connection to get more time.
 *
 * A reply that is late may only wait for a slow command behind it: servers may answer what they got together when all
 * of it
 * is done. So while a caller waits within its deadline for something that was pending already, a server that accepts
 * connections is busy.
 */
export class Liveness {
  /** When the last byte came, by the wall clock: it goes on while the process is asleep. */
  heardAt: number = wallNow();
  readonly #connection: WatchedConnection;
  readonly #probes: Probes;
  readonly #pending: PendingReplies;
  readonly #options: LivenessOptions;
  #timer: Timer | undefined;
  #judging = false;
  /** How often a late reply has been given more time since the last sign of life. */
  #lateRounds = 0;
  /** When the oldest pending reply was found to be late, by the clock of requests; `undefined`: none is. */
  #lateSince: number | undefined;
  /** Whether a byte came since it was last set to false. */
  #alive = true;

  constructor(connection: WatchedConnection, probes: Probes, pending: PendingReplies, options: LivenessOptions) {
    this.#connection = connection;
    this.#probes = probes;
    this.#pending = pending;
    this.#options = options;
  }

  /** From now on the connection is watched. */
  start(): void {
    this.heard();
    if (!this.#judging) this.#watch();
  }

  /** Bytes came. */
  heard(): void {
    this.#alive = true;
    this.#lateRounds = 0;
    this.#lateSince = undefined;
    this.heardAt = wallNow();
  }

  /** The connection is over. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Whether the connection was silent for so long that it should have been probed: the process was asleep. */
  get slept(): boolean {
    const { idle, grace } = this.#options;
    return idle > 0 && wallNow() - this.heardAt > idle + grace;
  }

  /** The oldest pending reply is past its deadline: the connection has `grace` ms to show a sign of life. */
  suspect(): void {
    if (this.#judging || !this.#connection.isOpen) return;
    this.#lateSince ??= this.#connection.now();
    this.#probes.probe();
    this.#judgeLate();
  }

  #probeIdle(): void {
    this.#probes.probe();
    this.judge(this.#options.grace);
  }

  /** A probe is under way because the process was asleep. */
  suspectWaking(): void {
    this.judge(Math.min(this.#options.grace, WAKING_GRACE));
  }

  /** Without a sign of life in this time the connection is dead. */
  judge(grace: number): void {
    this.#begin();
    this.#wait(grace, () => this.#verdict(NO_SIGNS));
  }

  /** The same, but half-way the server is looked at on other connections: it may only be busy. */
  #judgeLate(): void {
    const half = this.#options.grace / 2;
    this.#begin();
    this.#wait(half, () => {
      if (this.#alive) return this.#verdict(NO_SIGNS);
      const signs = { ...NO_SIGNS };
      this.#lookForSigns(signs, half);
      this.#wait(half, () => this.#verdict(signs));
    });
  }

  #lookForSigns(signs: Signs, timeout: number): void {
    this.#probes.isAlive(timeout)?.then(
      (alive) => {
        signs.answers = alive;
        signs.denies = !alive;
      },
      (error: unknown) => {
        signs.answers = !isUnreachable(error);
      },
    );
    if (!this.#isAwaited) return;
    void this.#probes.isReachable(timeout).then((reachable) => {
      signs.accepts = reachable;
    });
  }

  /** Whether a caller waits, within its deadline, for something that was pending when a reply was found to be late. */
  get #isAwaited(): boolean {
    return this.#lateSince !== undefined && this.#pending.isAwaitedSince(this.#lateSince);
  }

  #begin(): void {
    this.#judging = true;
    this.#alive = false;
  }

  #verdict({ answers, denies, accepts }: Signs): void {
    this.#judging = false;
    if (this.#alive || this.#connection.paused) return this.#watch();
    if (answers && ++this.#lateRounds < LATE_ROUNDS) return this.#judgeLate();
    if ((answers || accepts) && !denies && this.#isAwaited) return this.#judgeLate();
    const { grace } = this.#options;
    this.#connection.destroy(new ConnectionError(`No response to a liveness probe within ${grace} ms`));
  }

  #watch(): void {
    const { idle } = this.#options;
    if (idle > 0) this.#wait(Math.min(Math.max(this.heardAt + idle - wallNow(), 1), idle));
  }

  #look(): void {
    const connection = this.#connection;
    if (connection.paused) return this.#wait(this.#options.idle);
    const silence = wallNow() - this.heardAt; // below 0: the clock was set back, so it is unknown
    if (silence >= 0 && silence < this.#options.idle) return this.#watch();
    if (this.#probes.canProbe) return this.slept ? connection.probeFirst() : this.#probeIdle();
    if (connection.oldestPendingAge < this.#options.grace) return this.#wait(this.#options.grace);
    this.#ask();
  }

  /** Asks on another connection. Where that is not possible, the deadline of the reply decides. */
  #ask(): void {
    this.#alive = false;
    const asked = this.#probes.isAlive(this.#options.grace);
    if (asked === undefined) return this.#wait(this.#options.idle);
    asked.then(
      (alive) => this.#answered(alive),
      (error: unknown) => (isUnreachable(error) ? this.#unanswered() : this.#answered(true)),
    );
  }

  /** Nothing was answered on the control connection: a server that still accepts connections is busy. */
  #unanswered(): void {
    const { grace } = this.#options;
    void this.#probes.isReachable(grace).then((reachable) => this.#answered(reachable));
  }

  /**
   * What the server has sent may be on its way: the connection gets one more grace. If bytes came since the question,
   * the
   * answer is about a state that is over: it saw a connection that had been answered, and by now it may be blocked
   * again.
   */
  #answered(alive: boolean): void {
    if (this.#connection.isClosed || this.#judging) return;
    if (this.#alive) return this.#watch();
    if (alive) this.#wait(this.#options.idle);
    else this.judge(this.#options.grace);
  }

  /** @param then what is done after that time; absent: it is looked whether the connection is silent */
  #wait(milliseconds: number, then?: () => void): void {
    clearTimeout(this.#timer);
    const wait = Math.min(milliseconds, LONGEST_TIMER);
    const due = wallNow() + wait;
    this.#timer = setTimeout(() => {
      if (wallNow() - due <= LATE) this.#goOn(then);
      else setImmediate(() => this.#connection.isClosed || this.#goOn(then));
    }, wait);
    this.#timer.unref();
  }

  #goOn(then: (() => void) | undefined): void {
    if (then === undefined) this.#look();
    else then();
  }
}

/** A refusal shows that the server lives; that it cannot be reached, or does not answer, may show the opposite. */
function isUnreachable(error: unknown): boolean {
  return isKvError(error) && (error.code === 'CONNECTION' || error.code === 'TIMEOUT');
}
