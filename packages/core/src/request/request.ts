import type { Signal } from '../abort-signal.ts';
import type { AnyCommand } from '../command/command.ts';
import { Flag } from '../command/command.ts';
import type { BatchKind, RetryMode, Settled } from '../command/executor.ts';
import type { KvError } from '../errors.ts';
import type { RequestTrace } from '../tracing/command-trace.ts';
import { capture, captured, type Reject, type Resolve } from './captured-promise.ts';
import type { Timed } from './deadlines.ts';
import { type AbortGroup, type ExclusivePool, type RequestEnded, RequestExtras } from './request-extras.ts';
import type { Unit } from './unit.ts';

export type { ExclusivePool } from './request-extras.ts';

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
  /** The deadline of the request has passed. */
  expired(request: Request): void;
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

/** Whether a request is written once more: as its caller said, or never because it belongs to one connection. */
type RequestRetry = RetryMode | 'pinned';

/** Shared by all requests that have none. Never changed, but not frozen: that would give it another shape. */
const NO_EXTRAS = sharedExtras(null);

function sharedExtras(unit: Unit<Request> | null): RequestExtras<Request> {
  const extras = new RequestExtras<Request>();
  extras.isShared = true;
  extras.unit = unit;
  return extras;
}

/** A time that has not come. */
const NEVER = -1;

/**
 * One command under way: from the call to its end, over as many connections as it takes. There is one per pending call,
 * so it has fields for what most of them need; the others are in its {@link RequestExtras}.
 */
export class Request implements Timed {
  command: AnyCommand;
  readonly bytes: boolean;
  readonly tracker: Tracker;
  /** It has ended for its caller; on a connection it may stay until its late reply is discarded. */
  settled = false;
  attempts = 0;
  /** What it counts against `maxQueueBytes` until it is written, and then against the bytes of a window. */
  size = 0;
  /** Scratch of the router: the part of the data it is about (a slot), -1 = none. */
  part = -1;
  /** Where it waits, or `null` when it is not waiting. */
  queue: WaitingPlace | null = null;
  /** Where it was written. */
  connection: RequestConnection | null = null;
  /** When it was called, in ms of the client's clock. */
  startedAt: number = NEVER;
  /** When it was last written. */
  writtenAt: number = NEVER;
  list: Timed['list'] = null;
  after: Timed | null = null;
  #retry: RequestRetry;
  /** What gets its outcome: the functions of its promise, or its batch and its place there. */
  #taker: Resolve | Batch | null = null;
  #other: Reject | number | null = null;
  #extras: RequestExtras<Request> = NO_EXTRAS;

  constructor(command: AnyCommand, bytes: boolean, retry: RetryMode, tracker: Tracker) {
    this.command = command;
    this.bytes = bytes;
    this.tracker = tracker;
    this.#retry = retry;
  }

  /** The promise of this request; to be called once, instead of {@link joins}. */
  promise<T>(): Promise<T> {
    const promise = new Promise<T>(capture);
    this.#taker = captured.resolve;
    this.#other = captured.reject;
    return promise;
  }

  /** The batch that it is a member of. */
  get batch(): Batch | null {
    return this.#taker instanceof Batch ? this.#taker : null;
  }

  /** Makes this request member `index` of a batch, which takes its outcome instead of a promise. */
  joins(batch: Batch, index: number): void {
    this.#taker = batch;
    this.#other = index;
  }

  /** Settles with the value of the reply. */
  succeed(value: unknown): void {
    this.settled = true;
    this.tracker.closed(this, undefined);
    if (this.ended !== null) this.ended(true);
    const taker = this.#taker;
    const other = this.#other;
    this.#taker = null; // it may stay linked among the deadlines
    this.#other = null;
    if (typeof taker === 'function') taker(value);
    else taker?.settle(other as number, { ok: true, value });
  }

  /** Settles with an error; nothing happens when it has settled already. */
  fail(error: Error): void {
    if (this.settled) return;
    this.settled = true;
    this.queue?.ended(this);
    if (this.opened) this.tracker.closed(this, error);
    this.ended?.(false);
    if (typeof this.#other === 'function') this.#other(error);
    else this.batch?.settle(this.#other as number, { ok: false, error });
    this.#forgetCaller();
  }

  /** An abandoned request must not keep what its caller holds. */
  #forgetCaller(): void {
    this.#taker = null;
    this.#other = null;
    this.ended = null;
    this.cancel = null;
  }

  /** Entered in the request tracker. */
  get opened(): boolean {
    return this.startedAt !== NEVER;
  }

  /** Encoded and handed to a transport; from here on its end is unknown until a reply comes. */
  get written(): boolean {
    return this.writtenAt !== NEVER;
  }

  /** It waits to be written, again. */
  unwritten(): void {
    this.writtenAt = NEVER;
    this.connection = null;
  }

  /** Takes back that it was written: the server answered without running it. It waits again, and counts as not sent. */
  unsend(): void {
    this.attempts--;
    this.tracker.requeued(this);
  }

  /** Whether it is repeated, as its caller said. */
  get retry(): RetryMode {
    return this.#retry === 'pinned' ? 'never' : this.#retry;
  }

  /** Belongs to one connection: never repeated, and never moved to another. */
  get pinned(): boolean {
    return this.#retry === 'pinned';
  }

  /** It does not leave its connection any more. */
  pin(): void {
    this.#retry = 'pinned';
  }

  /** Whether a router may send it to another server that the refusal names. */
  get canRedirect(): boolean {
    return !this.pinned && this.cancelled === undefined;
  }

  /** Whether it may go to another connection when the server of this one refused it without running it. */
  get canRequeue(): boolean {
    if (this.unit !== null || this.retry === 'never' || this.cancelled !== undefined) return false;
    return (this.command.flags & Flag.opaque) === 0;
  }

  /** Whether it may be written once more after its connection was lost. */
  get repeatable(): boolean {
    const { retry } = this;
    if (retry === 'never' || this.attempts >= MAX_ATTEMPTS) return false;
    if (retry === 'always') return true;
    const flags = retry === 'safe' ? Flag.read : Flag.read | Flag.idempotent;
    return (this.command.flags & flags) !== 0;
  }

  /** The pool of which it wants a connection for exclusive use, instead of a reply. */
  get exclusive(): ExclusivePool | null {
    return this.#extras.exclusive;
  }

  set exclusive(pool: ExclusivePool | null) {
    if (pool !== this.#extras.exclusive) this.#own().exclusive = pool;
  }

  /** The unit that it is sent with. */
  get unit(): Unit<Request> | null {
    return this.#extras.unit;
  }

  set unit(unit: Unit<Request> | null) {
    if (unit !== this.#extras.unit) this.#own().unit = unit;
  }

  /** Makes requests the members of a unit: they share what says so. */
  static unite(members: readonly Request[], unit: Unit<Request>): void {
    const extras = sharedExtras(unit);
    for (const member of members) {
      if (member.#extras === NO_EXTRAS) member.#extras = extras;
      else member.unit = unit;
    }
  }

  /** How often a server has redirected it. */
  get redirects(): number {
    return this.#extras.redirects;
  }

  set redirects(count: number) {
    if (count !== this.#extras.redirects) this.#own().redirects = count;
  }

  /** What its caller told the router, see {@link SendOptions.route}. */
  get route(): string | undefined {
    return this.#extras.route;
  }

  set route(route: string | undefined) {
    if (route !== this.#extras.route) this.#own().route = route;
  }

  /** Why it is still waiting: a failed attempt to connect, or what its router says. */
  get cause(): Error | undefined {
    return this.#extras.cause;
  }

  set cause(cause: Error | undefined) {
    if (cause !== this.#extras.cause) this.#own().cause = cause;
  }

  /** Replaces the immediate end when the deadline passes or the signal fires (blocking commands). */
  get cancel(): ((error: KvError) => void) | null {
    return this.#extras.cancel;
  }

  set cancel(cancel: ((error: KvError) => void) | null) {
    if (cancel !== this.#extras.cancel) this.#own().cancel = cancel;
  }

  /** The server was asked to end it: when it then refuses, it fails with this. */
  get cancelled(): KvError | undefined {
    return this.#extras.cancelled;
  }

  set cancelled(error: KvError | undefined) {
    if (error !== this.#extras.cancelled) this.#own().cancelled = error;
  }

  /** The trace of the call that it belongs to; `null` while nothing listens. */
  get trace(): RequestTrace | null {
    return this.#extras.trace;
  }

  set trace(trace: RequestTrace | null) {
    if (trace !== this.#extras.trace) this.#own().trace = trace;
  }

  /** Called once when it has ended. */
  get ended(): RequestEnded | null {
    return this.#extras.ended;
  }

  set ended(ended: RequestEnded | null) {
    if (ended !== this.#extras.ended) this.#own().ended = ended;
  }

  /** The requests that wait for the same signal. */
  get abortGroup(): AbortGroup<Request> | null {
    return this.#extras.abortGroup;
  }

  set abortGroup(group: AbortGroup<Request> | null) {
    if (group !== this.#extras.abortGroup) this.#own().abortGroup = group;
  }

  /** Makes extras of its own before the first change. Shared ones have nothing but a unit. */
  #own(): RequestExtras<Request> {
    if (!this.#extras.isShared) return this.#extras;
    const own = new RequestExtras<Request>();
    own.unit = this.#extras.unit;
    this.#extras = own;
    return own;
  }
}

/** How often one request is written at most: a command that kills servers must not kill them all. */
const MAX_ATTEMPTS = 3;
