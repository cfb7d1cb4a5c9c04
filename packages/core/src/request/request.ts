import type { Signal } from '../abort-signal.ts';
import type { AnyCommand } from '../command/command.ts';
import { Flag } from '../command/command.ts';
import type { BatchKind, RetryMode, Settled } from '../command/executor.ts';
import type { KvError } from '../errors.ts';
import type { RequestTrace } from '../tracing/command-trace.ts';
import type { Timed } from './deadlines.ts';
import type { Unit } from './unit.ts';

/** Collects the ends of many requests; calls `done` when all have ended. */
export class Batch {
  readonly results: Settled[];
  /** What it is, where it is more than its commands. */
  readonly kind: BatchKind | undefined;
  #open: number;
  readonly #done: (results: Settled[]) => void;

  constructor(size: number, done: (results: Settled[]) => void, kind?: BatchKind) {
    this.results = new Array(size);
    this.kind = kind;
    this.#open = size;
    this.#done = done;
  }

  settle(index: number, result: Settled): void {
    this.results[index] = result;
    if (--this.#open === 0) this.#done(this.results);
  }
}

/** The pools whose connections are used by one task at a time. */
export type ExclusivePool = 'sessions' | 'blocking' | 'streams';

/** All requests that wait for one signal: one listener, however many they are. */
export interface AbortGroup {
  readonly signal: Signal;
  readonly requests: Set<Request>;
  readonly listener: () => void;
}

/** Counts a request and ends it in time: what a request and those who send it need of their tracker. */
export interface Tracker {
  readonly clock: { now(): number };
  /** Enters a request. One that cannot be taken fails; the reason is returned. */
  open(request: Request, timeout: number, signal: Signal | undefined): KvError | undefined;
  /** The request was handed to a transport. */
  written(request: Request): void;
  /** A written request goes back to wait for another connection. */
  requeued(request: Request): void;
  /** The request has ended. */
  closed(request: Request, error: Error | undefined): void;
  /** Ends a request early: at once for its caller; on the connection its place is kept. */
  cancel(request: Request, error: KvError): void;
}

/** What a request needs of the queue that it waits in. */
export interface WaitingPlace {
  /** What is being done to get it a connection, for messages; `undefined`: no connection is being made. */
  readonly attempt: string | undefined;
  /** A request in here has ended. */
  ended(request: Request): void;
}

/** What a request tells its connection, and asks of it for messages. */
export interface RequestConnection {
  readonly setup: {
    readonly addressText: string;
    /** `address`: that of the client, which may have several servers. */
    readonly internals: { readonly identity: { readonly address: string } };
  };
  /** `db`: the selected database, where there are several. */
  readonly wire: { readonly db?: number | undefined };
  /** How long no byte has come, ms. */
  readonly silence: number;
  /** Requests that are written or wait there. */
  readonly load: number;
  /** A written request ended for its caller before its reply came. */
  abandoned(): void;
}

/** One command under way: from the call to its end, over as many connections as it takes. */
export class Request implements Timed {
  command: AnyCommand;
  readonly bytes: boolean;
  readonly retry: RetryMode;
  readonly tracker: Tracker;
  /** It has ended for its caller; on a connection it may stay until its late reply is discarded. */
  settled = false;
  /** Entered in the request tracker. */
  opened = false;
  /** Encoded and handed to a transport; from here on its end is unknown until a reply comes. */
  written = false;
  attempts = 0;
  /** What it counts against `maxQueueBytes` while it is not written. */
  size = 0;
  /** What it counts against the bytes of the window while it is in flight. */
  weight = 0;
  /** The pool of which it wants a connection for exclusive use, instead of a reply. */
  exclusive: ExclusivePool | null = null;
  /** Belongs to one connection: never moved to another. */
  pinned = false;
  unit: Unit<Request> | null = null;
  /** Scratch of the router: the part of the data it is about (a slot), -1 = none. */
  part = -1;
  /** How often a server has redirected it. */
  redirects = 0;
  /** What its caller told the router, see {@link SendOptions.route}. */
  route: string | undefined = undefined;
  /** Where it waits, or `null` when it is not waiting. */
  queue: WaitingPlace | null = null;
  /** Where it was written. */
  connection: RequestConnection | null = null;
  /** Why it is still waiting: the last failed attempt to connect. */
  cause: Error | undefined = undefined;
  /** Replaces the immediate end when the deadline passes or the signal fires (blocking commands). */
  cancel: ((error: KvError) => void) | null = null;
  /** The server was asked to end it: when it then refuses, it fails with this. */
  cancelled: KvError | undefined = undefined;
  /** The trace of the call that it belongs to; `null` while nothing listens. */
  trace: RequestTrace | null = null;
  /** Called once when it has ended. */
  ended: (() => void) | null = null;
  /** When it was called and when it was last written, in ms of the client's clock. */
  startedAt = 0;
  writtenAt = 0;

  list: Timed['list'] = null;
  before: Timed | null = null;
  after: Timed | null = null;
  expires = 0;
  abortGroup: AbortGroup | null = null;

  #resolve: ((value: unknown) => void) | null = null;
  #reject: ((error: Error) => void) | null = null;
  #batch: Batch | null = null;
  #index = 0;

  constructor(command: AnyCommand, bytes: boolean, retry: RetryMode, tracker: Tracker) {
    this.command = command;
    this.bytes = bytes;
    this.retry = retry;
    this.tracker = tracker;
  }

  /** The promise of this request; to be called once, instead of {@link joins}. */
  promise<T>(): Promise<T> {
    const promise = new Promise<T>(capture);
    this.#resolve = captured.resolve;
    this.#reject = captured.reject;
    return promise;
  }

  /** The batch that it is a member of. */
  get batch(): Batch | null {
    return this.#batch;
  }

  /** Makes this request member `index` of a batch, which takes its outcome instead of a promise. */
  joins(batch: Batch, index: number): void {
    this.#batch = batch;
    this.#index = index;
  }

  /** Settles with the value of the reply. */
  succeed(value: unknown): void {
    this.settled = true;
    this.tracker.closed(this, undefined);
    if (this.ended !== null) this.ended();
    if (this.#batch !== null) this.#batch.settle(this.#index, { ok: true, value });
    else this.#resolve?.(value);
  }

  /** Settles with an error; nothing happens when it has settled already. */
  fail(error: Error): void {
    if (this.settled) return;
    this.settled = true;
    this.queue?.ended(this);
    if (this.opened) this.tracker.closed(this, error);
    if (this.ended !== null) this.ended();
    if (this.#batch !== null) this.#batch.settle(this.#index, { ok: false, error });
    else this.#reject?.(error);
    this.#forgetCaller();
  }

  /** An abandoned request must not keep what its caller holds. */
  #forgetCaller(): void {
    this.#resolve = null;
    this.#reject = null;
    this.#batch = null;
    this.ended = null;
    this.cancel = null;
  }

  /** Takes back that it was written: the server answered without running it. It waits again, and counts as not sent. */
  unsend(): void {
    this.attempts--;
    this.tracker.requeued(this);
  }

  /** Whether a router may send it to another server that the refusal names. */
  get canRedirect(): boolean {
    return !this.pinned && this.cancelled === undefined;
  }

  /** Whether it may go to another connection when the server of this one refused it without running it. */
  get canRequeue(): boolean {
    if (this.pinned || this.unit !== null || this.retry === 'never' || this.cancelled !== undefined) return false;
    return (this.command.flags & Flag.opaque) === 0;
  }

  /** Whether it may be written once more after its connection was lost. */
  get repeatable(): boolean {
    if (this.pinned || this.retry === 'never' || this.attempts >= MAX_ATTEMPTS) return false;
    if (this.retry === 'always') return true;
    const flags = this.retry === 'safe' ? Flag.read : Flag.read | Flag.idempotent;
    return (this.command.flags & flags) !== 0;
  }
}

/** How often one request is written at most: a command that kills servers must not kill them all. */
const MAX_ATTEMPTS = 3;

type Resolve = (value: unknown) => void;
type Reject = (error: Error) => void;
const captured: { resolve: Resolve | null; reject: Reject | null } = { resolve: null, reject: null };

/** One function for all promises: no closure per call. */
function capture(resolve: (value: never) => void, reject: Reject): void {
  captured.resolve = resolve as Resolve;
  captured.reject = reject;
}
