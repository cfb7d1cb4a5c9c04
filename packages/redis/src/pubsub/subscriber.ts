import {
  asKvError,
  type CallOptions,
  ClosedError,
  clearTimeout,
  isKvError,
  type KvError,
  type Lease,
  setTimeout,
  type Timer,
} from '@kv/core';
import type { Many } from '../commands/support/arguments.ts';
import { boundedWait, type Waiting } from '../commands/support/bounded-wait.ts';
import type { ConnectionSource } from './connection-source.ts';
import { Reader } from './reader.ts';
import { type SubscribeOptions, Subscription } from './subscription.ts';
import { commandName, type Kind, namesOf, type Push } from './subscription-commands.ts';
import { SubscriptionConnection, type SubscriptionOwner } from './subscription-connection.ts';
import { type Entry, SubscriptionRegistry } from './subscription-registry.ts';

/** How long commands on a new shared connection wait at most until lost subscriptions are back, ms. */
const RESTORE_WAIT = 1000;

/**
 * The subscriptions of a client, on one dedicated connection.
 *
 * ```text
 *              first reader             opened: all names are asked
 *   idle ───────────────────► opening ───────────────────────────────► open
 *    ▲ ▲                         │ ▲                                    │ │
 *    │ └── login refused: ───────┘ └────────── connection lost ─────────┘ │
 *    │     all readers end                                               │
 *    └──────────────────────────── last reader ──────────────────────────┘
 *   In any state: the client closes ─► all readers end, pending calls reject
 * ```
 * A name is confirmed while bytes are decoded, so that a message right behind the confirmation reaches its readers, and
 * one before it does not.
 */
export class Subscriber {
  readonly #source: ConnectionSource;
  readonly #registry = new SubscriptionRegistry<Reader>();
  #connection: SubscriptionConnection | undefined;
  #attempt: AbortController | undefined;
  #retry: Timer | undefined;
  #release: (() => void) | undefined;
  /** A connection was lost, and not all names are back. */
  #interrupted = false;
  #restored: (() => void)[] = [];

  constructor(source: ConnectionSource) {
    this.#source = source;
  }

  /** Subscribes. Resolves when the server has confirmed every name. */
  async subscribe<V>(kind: Kind, names: Many, options: SubscribeOptions, call: CallOptions): Promise<Subscription<V>> {
    const list = namesOf(kind, names);
    const subscription: Subscription<unknown> = new Subscription<unknown>(
      {
        pause: () => this.#connection?.connection.pause(),
        resume: () => this.#connection?.connection.resume(),
        leave: () => this.#leave(reader),
      },
      options,
    );
    const reader = new Reader(kind, list, call.bytes === true, subscription);
    const { timeout = this.#source.timeout, signal } = call;
    try {
      await boundedWait(() => this.#join(reader), { timeout, signal }, this.#waitingFor(kind));
    } catch (error) {
      void subscription.close();
      throw error;
    }
    return subscription as Subscription<V>;
  }

  /** Resolves when what a lost connection had subscribed is subscribed again, or after a short while. */
  restored(): Promise<void> {
    if (!this.#interrupted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, RESTORE_WAIT);
      this.#restored.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #waitingFor(kind: Kind): Waiting {
    const details = (): ReturnType<Waiting['details']> => ({
      outcome: this.#connection === undefined ? 'notSent' : 'unknown',
      cause: this.#source.lastError,
    });
    return { command: commandName(kind), details };
  }

  #join(reader: Reader): Promise<void> {
    if (this.#source.closed) return Promise.reject(closedError(reader.kind));
    this.#release ??= this.#source.hold(() => this.#close());
    const entries = this.#registry.add(reader.kind, reader.names, reader);
    reader.joined(entries);
    if (this.#connection === undefined) this.#open();
    else {
      if (reader.bytes) this.#connection.wantBytes();
      void this.#connection.ask(entries.filter(({ state }) => state === 'wanted'));
    }
    return reader.ready;
  }

  async #leave(reader: Reader): Promise<void> {
    const left = this.#registry.remove(reader.kind, reader.names, reader);
    const connection = this.#connection;
    this.#restIfUnwanted();
    const names = left.filter(({ state }) => state !== 'wanted').map(({ name }) => name);
    await connection?.leave(reader.kind, names);
    if (this.#registry.size > 0 || this.#connection !== connection) return;
    this.#connection = undefined;
    connection?.end();
  }

  /** Nobody reads: no connection is made, and the process may end. */
  #restIfUnwanted(): void {
    if (this.#registry.size > 0) return;
    this.#attempt?.abort();
    this.#attempt = undefined;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#isRestored();
    this.#release?.();
    this.#release = undefined;
  }

  #open(): void {
    const isUnderWay = this.#attempt !== undefined || this.#retry !== undefined;
    if (isUnderWay || this.#connection !== undefined || this.#registry.size === 0) return;
    const attempt = new AbortController();
    this.#attempt = attempt;
    this.#source.open(attempt.signal).then(
      (lease) => this.#opened(attempt, lease),
      (error: unknown) => this.#notOpened(attempt, asKvError(error)),
    );
  }

  #opened(attempt: AbortController, lease: Lease): void {
    if (this.#attempt !== attempt) return lease.destroy();
    this.#attempt = undefined;
    if (lease.closed) return this.#open();
    const connection = new SubscriptionConnection(lease, this.#owner);
    this.#connection = connection;
    if ([...this.#registry.readers].some(({ bytes }) => bytes)) connection.wantBytes();
    void connection.ask(this.#registry.entries).then(() => {
      if (this.#connection === connection) this.#isRestored();
    });
  }

  /** The server or the library says no. What may pass is tried again, after a pause. */
  #notOpened(attempt: AbortController, error: KvError): void {
    if (this.#attempt !== attempt) return;
    this.#attempt = undefined;
    if (this.#source.closed) return this.#close();
    if (isFinal(error)) return this.#fail(error);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#open();
    }, this.#source.backoff.max * Math.random());
  }

  #isRestored(): void {
    this.#interrupted = false;
    for (const wake of this.#restored.splice(0)) wake();
  }

  readonly #owner: SubscriptionOwner = {
    wants: (entry) => this.#registry.has(entry),
    confirmed: (entry) => {
      entry.state = 'confirmed';
      for (const reader of entry.readers) reader.confirmed(entry);
    },
    refused: (entry, error) => this.#drop(entry, error),
    pushed: (push) => this.#pushed(push),
    lost: (connection) => this.#lost(connection),
  };

  #pushed(push: Push): void {
    const kind = push.type === 'message' ? push.kind : 'shard';
    const entry = this.#registry.get(kind, push.name);
    if (entry?.state !== 'confirmed') return;
    if (push.type === 'message') for (const reader of entry.readers) reader.deliver(push);
    else this.#endedByServer(entry);
  }

  /** The slot of a channel went to another server: this one is asked once more, and says so if it has not come back. */
  #endedByServer(entry: Entry<Reader>): void {
    interrupt(entry);
    void this.#connection?.ask([entry]);
  }

  /** Messages are missed from now on, until a new connection has confirmed. */
  #lost(connection: SubscriptionConnection): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    if (this.#source.closed) return this.#close();
    for (const entry of this.#registry.entries) interrupt(entry);
    this.#interrupted = this.#registry.size > 0;
    this.#open();
  }

  #drop(entry: Entry<Reader>, error: KvError): void {
    this.#registry.drop(entry);
    for (const reader of entry.readers) reader.fail(error); // leaves its other names
  }

  #fail(error: KvError): void {
    for (const entry of this.#registry.entries) this.#drop(entry, error);
    this.#restIfUnwanted();
  }

  #close(): void {
    const readers = this.#registry.readers;
    this.#registry.clear();
    this.#restIfUnwanted(); // the connection, and one that is being made, end with the client
    for (const reader of readers) reader.close(closedError(reader.kind));
  }
}

function interrupt(entry: Entry<Reader>): void {
  if (entry.state === 'confirmed') for (const reader of entry.readers) reader.missed(entry);
  entry.state = 'wanted';
}

function closedError(kind: Kind): ClosedError {
  const command = commandName(kind);
  return new ClosedError(`${command}: the client is closed`, { command });
}

/** A refused login or a wrong option stays what it is; whatever else happens to a connection may pass. */
function isFinal(error: KvError): boolean {
  return isRefusal(error) || isRefusal(error.cause);
}

function isRefusal(error: unknown): boolean {
  return isKvError(error) && (error.code === 'REPLY' || error.code === 'ARGUMENT');
}
