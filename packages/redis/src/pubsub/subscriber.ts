import {
  asKvError,
  type CallOptions,
  clearTimeout,
  type Identity,
  type KvError,
  type Lease,
  setTimeout,
  type Timer,
} from '@kv/core';
import type { Many } from '../commands/support/arguments.ts';
import { isFinal } from '../protocol/final-errors.ts';
import type { ConnectionSource } from './connection-source.ts';
import type { Reader } from './reader.ts';
import { closedError, type ReaderHost, subscribeOn } from './reader-host.ts';
import type { SubscribeOptions } from './subscribe-options.ts';
import type { Gap, Subscription } from './subscription.ts';
import type { Kind, Push } from './subscription-commands.ts';
import { SubscriptionConnection, type SubscriptionOwner } from './subscription-connection.ts';
import { type Entry, SubscriptionRegistry } from './subscription-registry.ts';

/** How long commands on a new shared connection wait at most until lost subscriptions are back, ms. */
const RESTORE_WAIT = 1000;

/** Who takes care of channels of slots that a server does not have, or has no more: the servers of a cluster move slots. */
export interface SlotFollower {
  /** The server has ended the subscription by itself. */
  ended(entry: Entry<Reader>): void;
  /** The server refuses the subscription. Returns whether it is taken care of; otherwise its readers end. */
  refused(entry: Entry<Reader>, error: KvError): boolean;
}

/**
 * Subscriptions on one dedicated connection.
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
export class Subscriber implements ReaderHost {
  readonly #source: ConnectionSource;
  readonly #follower: SlotFollower | undefined;
  readonly #registry = new SubscriptionRegistry<Reader>();
  #connection: SubscriptionConnection | undefined;
  #attempt: AbortController | undefined;
  #retry: Timer | undefined;
  #release: (() => void) | undefined;
  /** A connection was lost, and not all names are back. */
  #interrupted = false;
  #restored: (() => void)[] = [];

  constructor(source: ConnectionSource, follower?: SlotFollower) {
    this.#source = source;
    this.#follower = follower;
  }

  /** Subscribes. Resolves when the server has confirmed every name. */
  subscribe<V>(kind: Kind, names: Many, options: SubscribeOptions, call: CallOptions): Promise<Subscription<V>> {
    return subscribeOn<V>(this, kind, names, options, call);
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

  get identity(): Identity {
    return this.#source.identity;
  }

  get timeout(): number {
    return this.#source.timeout;
  }

  get lastError(): KvError | undefined {
    return this.#source.lastError;
  }

  get connected(): boolean {
    return this.#connection !== undefined;
  }

  /** Whether anybody reads anything. */
  get wanted(): boolean {
    return this.#registry.size > 0;
  }

  pause(): void {
    this.#connection?.connection.pause();
  }

  resume(): void {
    this.#connection?.connection.resume();
  }

  async settle(): Promise<void> {
    await this.#connection?.settle();
  }

  join(reader: Reader): Promise<void> {
    if (this.#source.closed) return Promise.reject(closedError(reader.kind));
    reader.joined(this.add(reader, reader.names));
    return reader.ready;
  }

  leave(reader: Reader): Promise<void> {
    return this.remove(reader, reader.names);
  }

  /** Subscribes names for a reader, as soon as there is a connection. */
  add(reader: Reader, names: readonly string[]): Entry<Reader>[] {
    this.#release ??= this.#source.hold(() => this.#close());
    const entries = this.#registry.add(reader.kind, names, reader);
    if (this.#connection === undefined) this.#open();
    else {
      if (reader.wantsBytes) this.#connection.wantBytes();
      this.askMissing(entries);
    }
    return entries;
  }

  /** Asks the server for the names that it has ended or refused. */
  askMissing(entries: readonly Entry<Reader>[] = this.#registry.entries): void {
    void this.#connection?.ask(entries.filter(({ state }) => state === 'wanted'));
  }

  /** Ends subscriptions of a reader. Resolves when the server has confirmed those that no one else reads. */
  async remove(reader: Reader, names: readonly string[]): Promise<void> {
    const left = this.#registry.remove(reader.kind, names, reader);
    const connection = this.#connection;
    this.#restIfUnwanted();
    const subscribed = left.filter(({ state }) => state !== 'wanted').map(({ name }) => name);
    await connection?.leave(reader.kind, subscribed);
    if (this.#registry.size > 0 || this.#connection !== connection) return;
    this.#connection = undefined;
    connection?.end();
  }

  /** There is no reader: no connection is made, and the process may end. */
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
    if ([...this.#registry.readers].some(({ wantsBytes }) => wantsBytes)) connection.wantBytes();
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
    refused: (entry, error) => this.#refused(entry, error),
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
    interrupt(entry, 'moved');
    if (this.#follower === undefined) this.askMissing([entry]);
    else this.#follower.ended(entry);
  }

  #refused(entry: Entry<Reader>, error: KvError): void {
    entry.state = 'wanted';
    if (this.#follower?.refused(entry, error) !== true) this.#drop(entry, error);
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

function interrupt(entry: Entry<Reader>, reason: Gap['reason'] = 'reconnect'): void {
  if (entry.state === 'confirmed') for (const reader of entry.readers) reader.missed(entry, reason);
  entry.state = 'wanted';
}
