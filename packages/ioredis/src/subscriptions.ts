import type { Redis as KvRedis, Subscription } from '@kv/redis';
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

const PREFIX = { subscribe: '', psubscribe: 'p', ssubscribe: 's' } as const;

/**
 * Channels and patterns of one client object, whose messages it emits. They have a connection of their own, so that all
 * other commands still work.
 */
export class Subscriptions {
  readonly #host: SubscriptionHost;
  readonly #open = new Map<string, Promise<Subscription<Uint8Array>>>();

  constructor(host: SubscriptionHost) {
    this.#host = host;
  }

  /** How many channels and patterns there are. */
  get size(): number {
    return this.#open.size;
  }

  /** Resolves with {@link size} when all names are confirmed. */
  async subscribe(kind: Kind, names: readonly string[]): Promise<number> {
    await Promise.all(names.map((name) => this.#subscribe(kind, name)));
    return this.size;
  }

  /** Without names: all of the kind. */
  async unsubscribe(kind: Kind, names: readonly string[]): Promise<number> {
    const wanted = names.length > 0 ? names.map((name) => keyOf(kind, name)) : this.#keysOf(kind);
    await Promise.all(wanted.map((key) => this.#unsubscribe(key)));
    return this.size;
  }

  /** Forgets all: the client is closed. */
  clear(): void {
    this.#open.clear();
  }

  #keysOf(kind: Kind): string[] {
    return [...this.#open.keys()].filter((key) => key.startsWith(keyOf(kind, '')));
  }

  async #subscribe(kind: Kind, name: string): Promise<void> {
    const key = keyOf(kind, name);
    const known = this.#open.get(key);
    if (known !== undefined && !(await known).closed) return;
    const opening = this.#host.bytes()[kind](name, { resubscribe: this.#host.resubscribes });
    this.#open.set(key, opening);
    try {
      const subscription = await opening;
      subscription.on('message', ({ channel, pattern, message }) => this.#message(kind, pattern, channel, message));
    } catch (error) {
      this.#open.delete(key);
      throw error;
    }
  }

  async #unsubscribe(key: string): Promise<void> {
    const subscription = await this.#open.get(key)?.catch(() => undefined);
    this.#open.delete(key);
    await subscription?.close();
  }

  #message(kind: Kind, pattern: string | undefined, channel: string, message: Uint8Array): void {
    const event = `${PREFIX[kind]}message`;
    const before = kind === 'psubscribe' ? [pattern] : [];
    const bytes = bufferOf(message);
    if (this.#host.listenerCount(event) > 0) this.#host.emit(event, ...before, channel, bytes.toString());
    if (this.#host.listenerCount(`${event}Buffer`) > 0)
      this.#host.emit(`${event}Buffer`, ...before, Buffer.from(channel), bytes);
  }
}

function keyOf(kind: Kind, name: string): string {
  return `${kind} ${name}`;
}
