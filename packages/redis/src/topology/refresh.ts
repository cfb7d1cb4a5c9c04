import {
  asKvError,
  ConnectionError,
  clearTimeout,
  type Endpoint,
  type KvError,
  LONGEST_TIMER,
  monotonicNow,
  type RouterHost,
  setTimeout,
  type Timer,
} from '@kv/core';
import { CLUSTER_INFO, CLUSTER_SLOTS } from './cluster-commands.ts';
import { MapAge } from './map-age.ts';
import { type ClusterInfo, parseClusterInfo } from './nodes-text.ts';
import { parseClusterSlots, type SlotMap } from './slot-map.ts';

/** What a server says about the cluster. */
export interface ClusterView {
  readonly map: SlotMap;
  readonly info: ClusterInfo;
  /** The server that was asked. */
  readonly from: Endpoint;
}

/** What the refresher needs of its router. */
export interface RefreshOwner {
  /** Whom to ask, group after group: the next group only when no server of the one before gave a view. */
  candidates(first: Endpoint | undefined): Iterable<readonly Endpoint[]>;
  /** Takes a new view. Returns whether it changed anything. */
  apply(view: ClusterView, cause: string): boolean;
  /** No server gave a view. */
  failed(error: KvError): void;
  /** Whether calls wait for a new view. */
  readonly isUrgent: boolean;
}

/** One question to servers, group after group. */
interface Round {
  readonly cause: string;
  /** Whether a server gave a view. */
  answered: boolean;
  /** Whether a view changed anything. */
  changed: boolean;
  /** Whether a server named owners of slots, in however old a view. */
  hasSlots: boolean;
  /** What a server said that knows of no slots. */
  empty: ClusterView | undefined;
}

/** Longest time for one answer, ms: the next servers are asked then. */
const ANSWER_TIMEOUT = 1000;

/** Shortest and longest pause between two rounds, ms; while calls wait for a view the pause is at most `URGENT`. */
const SHORTEST = 100;
const LONGEST = 5000;
const URGENT = 250;

/** An answer with so many ranges has more than 100 kB, and costs its server milliseconds: all pauses are longer then. */
const MANY_RANGES = 1000;
const LONGER = 10;

/**
 * Asks servers for their view of the cluster: one round at a time, with growing pauses while nothing changes, faster
 * while calls wait for it, and every `interval` ms in any case. No failure ends it.
 */
export class Refresher {
  readonly #host: RouterHost;
  readonly #owner: RefreshOwner;
  readonly #interval: number;
  readonly #age = new MapAge();
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #wanted: string | undefined;
  #first: Endpoint | undefined;
  #pause = SHORTEST;
  /** What all pauses are multiplied with. */
  #scale = 1;
  #lastRound = Number.NEGATIVE_INFINITY;
  #begun = 0;
  #ended = 0;
  /** Those who wait for the end of a round. */
  #waiters: (() => void)[] = [];
  #closed = false;

  /** @param interval ms between two rounds when nothing asks for one; 0 = never */
  constructor(host: RouterHost, owner: RefreshOwner, interval: number) {
    this.#host = host;
    this.#owner = owner;
    this.#interval = interval;
  }

  /** Asks for a new view soon. @param first the server to ask first */
  trigger(cause: string, first?: Endpoint): void {
    this.#wanted ??= cause;
    this.#first ??= first;
    if (this.#running === undefined) this.#schedule();
  }

  /** Resolves when a round is over that began after this call. @param first the server to ask first */
  async round(cause: string, first?: Endpoint): Promise<void> {
    const due = this.#begun + 1;
    while (!this.#closed && this.#ended < due) {
      const ended = new Promise<void>((resolve) => this.#waiters.push(resolve));
      this.trigger(cause, first);
      await ended;
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const wake of this.#waiters.splice(0)) wake();
  }

  #schedule(): void {
    const wait = this.#lastRound + this.#currentPause - monotonicNow();
    if (wait <= 0) this.#start();
    else this.#wait(wait * (0.5 + Math.random() / 2));
  }

  get #currentPause(): number {
    const isUrgent = this.#owner.isUrgent || this.#waiters.length > 0;
    return (isUrgent ? Math.min(this.#pause, URGENT) : this.#pause) * this.#scale;
  }

  #wait(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#start(), Math.min(milliseconds, LONGEST_TIMER));
    this.#timer.unref();
  }

  #start(): void {
    if (this.#closed || this.#running !== undefined) return;
    clearTimeout(this.#timer);
    const cause = this.#wanted ?? 'interval';
    this.#wanted = undefined;
    this.#begun++;
    this.#running = this.#run(cause).finally(() => {
      this.#running = undefined;
      this.#ended++;
      for (const wake of this.#waiters.splice(0)) wake();
      this.#next();
    });
  }

  /** The next round: at once if one was asked for meanwhile, soon while calls wait, else after the interval. */
  #next(): void {
    if (this.#closed) return;
    if (this.#wanted !== undefined) this.#schedule();
    else if (this.#owner.isUrgent) this.#wait(this.#currentPause * (0.75 + Math.random() / 2));
    else if (this.#interval > 0) this.#wait(this.#interval * (0.75 + Math.random() / 2));
  }

  async #run(cause: string): Promise<void> {
    let failure: unknown;
    const first = this.#first;
    this.#first = undefined;
    const round: Round = { cause, answered: false, changed: false, hasSlots: false, empty: undefined };
    try {
      for (const group of this.#owner.candidates(first)) {
        if (this.#closed) return;
        try {
          return await Promise.any(group.map((endpoint) => this.#ask(endpoint, round)));
        } catch (error) {
          failure = error instanceof AggregateError ? error.errors[0] : error;
        }
      }
      if (this.#closed) return;
      if (round.hasSlots || round.empty === undefined) this.#owner.failed(asKvError(failure));
      else round.changed = this.#owner.apply(round.empty, cause);
    } finally {
      this.#lastRound = monotonicNow();
      this.#pause = round.changed ? SHORTEST : Math.min(this.#pause * 2, LONGEST);
    }
  }

  async #ask(endpoint: Endpoint, round: Round): Promise<void> {
    const { identity } = endpoint;
    const host = 'host' in identity.address ? identity.address.host : '';
    const options = { timeout: ANSWER_TIMEOUT, retry: 'never' } as const;
    const [slots, text] = await Promise.all([
      this.#host.send(endpoint, CLUSTER_SLOTS, options),
      this.#host.send(endpoint, CLUSTER_INFO, options),
    ]);
    const view = { map: parseClusterSlots(slots, { host }), info: parseClusterInfo(text), from: endpoint };
    if (!this.#closed) this.#take(view, round);
  }

  /**
   * The first answer of a round counts. A later one does when its server knows more. A server that was taken out of the
   * cluster has an empty map, often of the newest epoch: that counts only when no server of the round knows of slots.
   */
  #take(view: ClusterView, round: Round): void {
    const { epoch } = view.info;
    if (round.answered && epoch <= this.#age.epoch) return;
    const { addressText, role } = view.from.identity;
    const lastResort = role === undefined; // a seed
    if (view.map.ranges.length === 0) {
      if (lastResort || epoch >= this.#age.epoch) round.empty = view;
      throw new ConnectionError(`${addressText} knows of no server with slots`);
    }
    round.hasSlots = true;
    if (!this.#age.accepts({ epoch, from: addressText, lastResort }))
      throw new ConnectionError(`${addressText} has an older view of the cluster (epoch ${epoch})`);
    round.answered = true;
    this.#scale = view.map.ranges.length > MANY_RANGES ? LONGER : 1;
    round.changed = this.#owner.apply(view, round.cause) || round.changed;
  }
}
