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
  }

  /** Ends all when what the server has sent until now was emitted. */
  async drain(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((key) => this.#unsubscribe(key)));
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
    const subscription = await this.#host.bytes()[kind](name, { resubscribe: this.#host.resubscribes });
    subscription.on('message', (message) => this.#message(kind, message));
    return subscription;
  }

  async #unsubscribe(key: string): Promise<void> {
    const opening = this.#open.get(key);
    this.#open.delete(key);
    await drain(opening);
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

/** Ends one when what the server has sent until now was emitted. */
async function drain(opening: Opening | undefined): Promise<void> {
  const subscription = await opening?.catch(() => undefined);
  await subscription?.drain();
}
