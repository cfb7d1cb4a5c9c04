import { clearTimeout, setTimeout } from '@kv/core';
import type { Redis as KvRedis, Message, Subscription } from '@kv/redis';
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

type Opening = Promise<Subscription<Uint8Array>>;

const PREFIX = { subscribe: '', psubscribe: 'p', ssubscribe: 's' } as const;

/**
 * Channels and patterns of one client object, whose messages it emits. They have a connection of their own, so that all
 * other commands still work.
 */
export class Subscriptions {
  readonly #host: SubscriptionHost;
  readonly #open = new Map<string, Opening>();
  /** Those that the server has confirmed. */
  readonly #ready = new Set<Subscription<Uint8Array>>();

  constructor(host: SubscriptionHost) {
    this.#host = host;
  }

  /** How many channels and patterns there are. */
  get size(): number {
    return this.#open.size;
  }

  /** Resolves when all names are confirmed, with how many there are: those of later calls do not count. */
  async subscribe(kind: Kind, given: readonly Name[]): Promise<number> {
    const confirmed = given.map((name) => this.#subscribe(kind, name));
    const { size } = this;
    await Promise.all(confirmed);
    return size;
  }

  /** Without names: all of the kind. Resolves as {@link subscribe} does. */
  async unsubscribe(kind: Kind, given: readonly Name[]): Promise<number> {
    const wanted = given.length > 0 ? given.map((name) => keyOf(kind, name)) : this.#keysOf(kind);
    const ended = wanted.map((key) => this.#unsubscribe(key));
    const { size } = this;
    await Promise.all(ended);
    return size;
  }

  /** Forgets all: the client is closed. */
  clear(): void {
    this.#open.clear();
    this.#ready.clear();
  }

  /**
   * Ends those that are confirmed, when what the server has sent until now was emitted.
   *
   * @param patienceMs how long others may wait for their connection, which may never be opened; they end with the client
   */
  async drain(patienceMs: number): Promise<void> {
    await settledWithin(patienceMs, [...this.#open.values()]);
    await Promise.all([...this.#ready].map((subscription) => subscription.drain()));
  }

  #keysOf(kind: Kind): string[] {
    return [...this.#open.keys()].filter((key) => key.startsWith(keyOf(kind, '')));
  }

  async #subscribe(kind: Kind, name: Name): Promise<void> {
    const key = keyOf(kind, name);
    const opening = this.#opened(kind, name, this.#open.get(key));
    this.#open.set(key, opening);
    try {
      await opening;
    } catch (error) {
      if (this.#open.get(key) === opening) this.#open.delete(key);
      throw error;
    }
  }

  /** The one that is known, unless it was ended. */
  async #opened(kind: Kind, name: Name, known: Opening | undefined): Opening {
    const before = await known?.catch(() => undefined);
    if (before?.closed === false) return before;
    if (before !== undefined) this.#ready.delete(before);
    const subscription = await this.#host.bytes()[kind](name, { resubscribe: this.#host.resubscribes });
    subscription.on('message', (message) => this.#message(kind, message));
    this.#ready.add(subscription);
    return subscription;
  }

  async #unsubscribe(key: string): Promise<void> {
    const opening = this.#open.get(key);
    this.#open.delete(key);
    const subscription = await opening?.catch(() => undefined);
    if (subscription === undefined) return;
    await subscription.drain();
    this.#ready.delete(subscription);
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
