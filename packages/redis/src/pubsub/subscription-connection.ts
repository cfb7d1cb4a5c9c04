import { type AnyCommand, asKvError, type Connection, isKvError, type KvError, type Lease } from '@kv/core';
import type { RedisWire } from '../protocol/wire.ts';
import type { Reader } from './reader.ts';
import {
  KINDS,
  type Kind,
  type Push,
  perCommand,
  ping,
  readPush,
  subscribing,
  unsubscribing,
} from './subscription-commands.ts';
import type { Entry } from './subscription-registry.ts';

/** Who owns a connection for subscriptions and hears of it. */
export interface SubscriptionOwner {
  /** Whether a name is still wanted. */
  wants(entry: Entry<Reader>): boolean;
  /** The server has confirmed a name: what comes from now on is delivered. Called while bytes are decoded. */
  confirmed(entry: Entry<Reader>): void;
  /** The server does not let the client subscribe this name. */
  refused(entry: Entry<Reader>, error: KvError): void;
  /** Something came without being asked for. Called while bytes are decoded. */
  pushed(push: Push): void;
  /** It is over. */
  lost(connection: SubscriptionConnection): void;
}

/** One dedicated connection, and what was asked of the server on it. */
export class SubscriptionConnection {
  readonly #owner: SubscriptionOwner;
  readonly #lease: Lease;
  /** The entries that each command subscribes, until it is answered. */
  readonly #asked = new Map<AnyCommand, readonly Entry<Reader>[]>();

  constructor(lease: Lease, owner: SubscriptionOwner) {
    this.#lease = lease;
    this.#owner = owner;
    const { connection } = this;
    connection.onPush = (raw) => this.#pushed(raw);
    lease.onClosed = () => owner.lost(this);
    (connection.wire as RedisWire).onConfirmation = (command, index) => this.#confirmed(command, index);
  }

  get connection(): Connection {
    return this.#lease.connection;
  }

  /** From now on payloads come as bytes; who wants text decodes them. */
  wantBytes(): void {
    (this.connection.wire as RedisWire).pushBytes = true;
  }

  /** Subscribes names, each kind with one command. Resolves when all of it is answered or the connection is lost. */
  async ask(entries: readonly Entry<Reader>[]): Promise<void> {
    const sent = KINDS.flatMap((kind) => {
      const some = entries.filter((entry) => entry.kind === kind);
      return perCommand(kind, some).map((part) => this.#ask(kind, part));
    });
    await Promise.all(sent);
  }

  /** Ends subscriptions. Resolves when the server has confirmed it, refused it or not answered in time. */
  async leave(kind: Kind, names: readonly string[]): Promise<void> {
    await Promise.allSettled(unsubscribing(kind, names).map((command) => this.connection.sendInternal(command)));
  }

  /** Resolves when what the server has sent until now was delivered, or when the connection is lost. */
  async settle(): Promise<void> {
    await this.connection.sendInternal(ping('settle')).catch(() => undefined);
  }

  /** Ends the connection. */
  end(): void {
    this.#lease.onClosed = undefined;
    this.#lease.destroy();
  }

  /** Without a deadline: how long to wait is for each caller to say, and liveness finds a dead connection. */
  async #ask(kind: Kind, entries: readonly Entry<Reader>[]): Promise<void> {
    for (const entry of entries) entry.state = 'asked';
    const command = subscribing(
      kind,
      entries.map(({ name }) => name),
    );
    this.#asked.set(command, entries);
    try {
      await this.connection.sendInternal(command, { timeout: 0 });
    } catch (error) {
      if (isKvError(error) && error.code === 'REPLY') await this.#refused(kind, entries, error);
    } finally {
      this.#asked.delete(command);
    }
  }

  /** One refused name has spoiled the whole command: each is asked alone, so that only its readers hear of it. */
  async #refused(kind: Kind, entries: readonly Entry<Reader>[], error: KvError): Promise<void> {
    const wanted = entries.filter((entry) => entry.state === 'asked' && this.#owner.wants(entry));
    if (entries.length > 1) await Promise.all(wanted.map((entry) => this.#ask(kind, [entry])));
    else for (const entry of wanted) this.#owner.refused(entry, asKvError(error));
  }

  #confirmed(command: AnyCommand, index: number): void {
    const entry = this.#asked.get(command)?.[index];
    if (entry !== undefined && this.#owner.wants(entry)) this.#owner.confirmed(entry);
  }

  #pushed(raw: unknown): void {
    const push = readPush(raw);
    if (push !== undefined) this.#owner.pushed(push);
  }
}
