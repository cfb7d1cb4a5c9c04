import { clearTimeout, setTimeout } from '@kv/core';
import type { Redis as KvRedis, Message } from '@kv/redis';
import { Channel } from './channel.ts';
import { Reachability } from './reachability.ts';
import { bufferOf } from './replies.ts';

/** The ways to subscribe. */
export type Kind = 'subscribe' | 'psubscribe' | 'ssubscribe';

/** What a subscription needs of its client. */
export interface SubscriptionHost {
  /** The client under it, with bytes. */
  bytes(): KvRedis<Uint8Array>;
  emit(event: string, ...args: unknown[]): unknown;
  listenerCount(event: string): number;
  /** Whether channels are subscribed again after the connection was lost. */
  readonly resubscribes: boolean;
}

type Name = string | Uint8Array;

/**
 * How many messages a subscription keeps until its messages are emitted: none is dropped. That is one turn of the event loop
 * after the confirmation.
 */
const ALL_MESSAGES = Number.MAX_SAFE_INTEGER;

const PREFIX = { subscribe: '', psubscribe: 'p', ssubscribe: 's' } as const;

/**
 * Channels and patterns of one client object, whose messages it emits. They have a connection of their own, so that all
 * other commands still work.
 */
export class Subscriptions {
  readonly #host: SubscriptionHost;
  readonly #reachability = new Reachability();
  readonly #channels = new Map<string, Channel>();

  constructor(host: SubscriptionHost) {
    this.#host = host;
  }

  /** Notes from now on whether connections of this client can be opened. Returns the same client. */
  follow(client: KvRedis): KvRedis {
    this.#reachability.follow(client);
    return client;
  }

  /** How many channels and patterns there are. */
  get size(): number {
    return this.#channels.size;
  }

  /** Resolves when all names are confirmed, with how many there are: those of later calls do not count. */
  async subscribe(kind: Kind, given: readonly Name[]): Promise<number> {
    const confirmed = given.map((name) => this.#subscribe(kind, name));
    const { size } = this;
    await Promise.all(confirmed);
    return size;
  }

  /** Without names: all of the kind. Resolves as {@link subscribe} does, and when a channel cannot be opened now. */
  async unsubscribe(kind: Kind, given: readonly Name[]): Promise<number> {
    const wanted = given.length > 0 ? given.map((name) => keyOf(kind, name)) : this.#keysOf(kind);
    const ended = wanted.map((key) => this.#unsubscribe(key));
    const { size } = this;
    await Promise.all(ended);
    return size;
  }

  /** Forgets all: the client is closed. */
  clear(): void {
    this.#channels.clear();
  }

  /**
   * Ends those that are confirmed, when what the server has sent until now was emitted.
   *
   * @param patienceMs how long others may wait for their connection, which may never be opened; they end with the client
   */
  async drain(patienceMs: number): Promise<void> {
    const channels = [...this.#channels.values()];
    await settledWithin(
      patienceMs,
      channels.map((channel) => channel.settled()),
    );
    await Promise.all(channels.filter(({ isConfirmed }) => isConfirmed).map((channel) => channel.leave()));
  }

  #keysOf(kind: Kind): string[] {
    return [...this.#channels.keys()].filter((key) => key.startsWith(keyOf(kind, '')));
  }

  async #subscribe(kind: Kind, name: Name): Promise<void> {
    const key = keyOf(kind, name);
    const channel = this.#channels.get(key) ?? this.#add(key, kind, name);
    try {
      await channel.opened();
    } catch (error) {
      if (this.#channels.get(key) === channel) this.#channels.delete(key);
      throw error;
    }
  }

  #add(key: string, kind: Kind, name: Name): Channel {
    const { resubscribes: resubscribe } = this.#host;
    const channel = new Channel({
      open: () => this.#host.bytes()[kind](name, { resubscribe, buffer: ALL_MESSAGES }),
      message: (message) => this.#message(kind, message),
    });
    this.#channels.set(key, channel);
    return channel;
  }

  async #unsubscribe(key: string): Promise<void> {
    const channel = this.#channels.get(key);
    this.#channels.delete(key);
    if (channel?.isConfirmed === true) await channel.leave();
    else if (channel !== undefined) await this.#reachability.unlessFailing(channel.leave());
  }

  #message(kind: Kind, { channel, channelBytes, pattern, message }: Message<Uint8Array>): void {
    const event = `${PREFIX[kind]}message`;
    const before = kind === 'psubscribe' ? [pattern] : [];
    const bytes = bufferOf(message);
    if (this.#host.listenerCount(event) > 0) this.#host.emit(event, ...before, channel, bytes.toString());
    if (this.#host.listenerCount(`${event}Buffer`) === 0) return;
    this.#host.emit(`${event}Buffer`, ...before, channelBytes ? bufferOf(channelBytes) : Buffer.from(channel), bytes);
  }
}

/** A text and its bytes are one name. */
function keyOf(kind: Kind, name: Name): string {
  return `${kind} ${Buffer.from(name as string).toString('latin1')}`;
}

/** Resolves when all have settled, or when the time has passed. */
function settledWithin(ms: number, promises: readonly Promise<unknown>[]): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void Promise.allSettled(promises).then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
