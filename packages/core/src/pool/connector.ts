import { outsideOfCalls } from '../async-context.ts';
import type { ConnectionOwner, ConnectionSetup } from '../connection/connection.ts';
import { Connection } from '../connection/connection.ts';
import { type ConnectEvent, connectChannel } from '../diagnostics.ts';
import { asKvError, type KvError, TimeoutError } from '../errors.ts';
import { LazyMap } from '../lazy-collections.ts';
import { clearTimeout, monotonicNow, setTimeout, type Timer } from '../timers.ts';
import { Trace } from '../tracing/trace.ts';
import { connectTracing } from '../tracing/tracing-channels.ts';
import { TlsMismatchError } from '../transport/tls-hints.ts';
import type { Backoff } from './backoff.ts';
import type { PoolEvent } from './connection-event.ts';
import { type PaceEvents, ReconnectPace } from './reconnect-pace.ts';

/** How a connector behaves. */
export interface ConnectorOptions {
  /** One attempt, from name lookup to the end of the handshake, ms. */
  readonly connectTimeout: number;
  readonly backoff: Backoff;
}

/** The pool of a connector, which owns the connections and hears of the attempts to make them. */
export interface ConnectorOwner extends ConnectionOwner {
  /** The set of connections that are being made has changed. */
  changed(): void;
  /** A connection is ready. */
  opened(connection: Connection): void;
  /** An attempt failed. */
  notOpened(connection: Connection, error: KvError): void;
  /** The next attempt may begin. */
  due(): void;
}

/** Who hears of the attempts, and changes nothing. */
export interface AttemptListeners {
  told?(event: PoolEvent): void;
}

type ConnectTrace = Trace<ConnectEvent>;

/** One attempt to connect. */
interface Attempt {
  readonly timer: Timer;
  readonly started: number;
  /** Absent: nothing listened when it began. */
  readonly trace: ConnectTrace | undefined;
}

/** Makes the connections of a pool: each within a deadline, with a growing wait after failures. */
export class Connector implements PaceEvents {
  readonly #setup: ConnectionSetup;
  readonly #options: ConnectorOptions;
  readonly #owner: ConnectorOwner;
  readonly #listeners: AttemptListeners;
  /** Those that are being made, and since when, the oldest first. */
  readonly #opening = new LazyMap<Connection, number>();
  readonly #pace: ReconnectPace;
  /** Why the last attempt would fail again, such as a refused login; `undefined` after a success. */
  #refusedLogin: KvError | undefined;

  constructor(setup: ConnectionSetup, options: ConnectorOptions, owner: ConnectorOwner, listeners: AttemptListeners) {
    this.#setup = setup;
    this.#options = options;
    this.#owner = owner;
    this.#listeners = listeners;
    this.#pace = new ReconnectPace(options.backoff, this);
  }

  due(): void {
    this.#owner.due();
  }

  waits(delayMs: number | undefined): void {
    this.tell(delayMs === undefined ? 'gaveUp' : 'waiting', this.lastError, delayMs);
  }

  /** Connections that are being made. */
  get opening(): LazyMap<Connection, number> {
    return this.#opening;
  }

  /** What the oldest attempt to connect is doing, for messages; `undefined`: there is none. */
  get attempt(): string | undefined {
    for (const [{ phase, setup }, started] of this.#opening)
      return `connecting to ${setup.addressText} for ${Math.round(monotonicNow() - started)} ms: ${phase}`;
    return undefined;
  }

  /** Whether the next attempt has to wait. */
  get isWaiting(): boolean {
    return this.#pace.isWaiting;
  }

  /** Why the last attempt failed or the last connection was lost; `undefined` after a success. */
  get lastError(): KvError | undefined {
    return this.#pace.lastError;
  }

  /** Whether no further attempt is made before the next call. */
  get hasGivenUp(): boolean {
    return this.#pace.hasGivenUp;
  }

  /** Tells listeners of the client. */
  tell(event: PoolEvent['event'], cause?: KvError, delayMs?: number): void {
    this.#listeners.told?.({ event, address: this.#setup.addressText, attempt: this.#pace.attempt, delayMs, cause });
  }

  /** Why attempts are in vain (the login was refused), while the next attempt has to wait: waiting for it changes nothing. */
  get recentRefusal(): KvError | undefined {
    return this.#pace.isWaiting ? this.#refusedLogin : undefined;
  }

  /** Makes so many connections. */
  open(count: number): void {
    for (let i = 0; i < count; i++) {
      const trace = this.#trace(); // of the caller; nothing else of the connection is
      outsideOfCalls(() => this.#open(trace));
    }
  }

  /** A connection is over; it may have been one of those that were being made. */
  forget(connection: Connection): void {
    this.#opening.delete(connection);
  }

  /** A connection that was in use was lost, or cannot be used any more. */
  lost(connection: Connection, error: KvError): void {
    const proven = connection.hasAnswered || connection.readyFor >= this.#options.backoff.max;
    if (proven) this.#pace.lostProven(error);
    else this.#pace.failed(error);
  }

  /** Attempts are in vain; see {@link isFinal}. */
  refused(error: KvError): void {
    this.#refusedLogin = error;
  }

  /** Lets the next attempt wait, if it does not already. */
  wait(): void {
    this.#pace.wait();
  }

  /** The next attempt is made now, as the first one. */
  restart(): void {
    this.#pace.restart();
    this.#refusedLogin = undefined;
  }

  /** No more attempts. */
  stop(): void {
    this.#pace.stop();
  }

  #open(trace: ConnectTrace | undefined): void {
    const connection = new Connection(this.#setup, this.#owner);
    const started = monotonicNow();
    this.#opening.set(connection, started);
    this.#pace.hasGivenUp = false;
    this.tell('connecting');
    this.#owner.changed();
    const { connectTimeout } = this.#options;
    const timer = setTimeout(() => connection.destroy(tooSlow(connection, connectTimeout)), connectTimeout);
    const attempt = { timer, trace, started };
    connection.open().then(
      () => this.#opened(connection, attempt),
      (error: unknown) => this.#notOpened(connection, asKvError(error), attempt),
    );
  }

  #opened(connection: Connection, attempt: Attempt): void {
    if (connection.failure !== undefined) return this.#notOpened(connection, connection.failure, attempt);
    this.#ended(attempt, undefined);
    this.#opening.delete(connection);
    this.#pace.lastError = undefined;
    this.#refusedLogin = undefined;
    this.tell('ready');
    this.#owner.opened(connection);
  }

  #notOpened(connection: Connection, error: KvError, attempt: Attempt): void {
    this.#ended(attempt, error);
    this.#opening.delete(connection);
    this.tell(error.code === 'CLOSED' ? 'closed' : 'failed', error);
    this.#owner.notOpened(connection, error);
  }

  /** An attempt failed while connections were wanted: the next one waits. */
  failed(error: KvError): void {
    this.#pace.failed(error);
  }

  #trace(): ConnectTrace | undefined {
    return connectTracing.hasSubscribers ? new Trace(connectTracing, this.#message(undefined)) : undefined;
  }

  #ended({ timer, trace, started }: Attempt, error: Error | undefined): void {
    clearTimeout(timer);
    trace?.end(error);
    if (!connectChannel.hasSubscribers) return;
    connectChannel.publish({ ...this.#message(error), durationMs: monotonicNow() - started });
  }

  #message(error: Error | undefined): ConnectEvent {
    const { client, backend } = this.#setup.internals.identity;
    return { client, backend, address: this.#setup.addressText, durationMs: 0, error };
  }
}

/** A refused login, a wrong option, TLS on one side only: the next attempt would end in the same way. */
export function isFinal(error: KvError): boolean {
  return error.code === 'REPLY' || error.code === 'ARGUMENT' || error instanceof TlsMismatchError;
}

function tooSlow({ setup, phase }: Connection, milliseconds: number): TimeoutError {
  return new TimeoutError(
    `Connecting to ${setup.addressText} timed out after ${Math.round(milliseconds)} ms: ${phase}`,
  );
}
