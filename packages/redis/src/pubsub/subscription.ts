import { type KvError, type OptionRules, QueueFullError, queueMicrotask, Rule, readOptions } from '@kv/core';

/** A published message. */
export interface Message<V = string> {
  readonly channel: string;
  /** The pattern that matched, for subscriptions by pattern. */
  readonly pattern?: string | undefined;
  readonly message: V;
}

/** Messages may be missing. */
export interface Gap {
  /** `reconnect`: the connection was lost and is subscribed again. `overflow`: the reader was too slow. */
  readonly reason: 'reconnect' | 'overflow';
  /** How many were dropped; unknown after a reconnect. */
  readonly dropped?: number | undefined;
}

/** What happens when the buffer of a subscription is full. */
export type Overflow =
  /** The oldest message is dropped, and the gap is reported. */
  | 'dropOldest'
  /** The server is held back (on a connection of its own, so that nobody else is). */
  | 'pause'
  /** The subscription ends with an error. */
  | 'close';

/** How a subscription treats slow readers. */
export interface SubscribeOptions {
  /** Messages that are kept for the reader. Default 1024. */
  readonly buffer?: number | undefined;
  /** Default `dropOldest`. */
  readonly overflow?: Overflow | undefined;
}

const RULES: OptionRules = { buffer: Rule.count, overflow: Rule.oneOf(['dropOldest', 'pause', 'close']) };

/** @throws ArgumentError */
export function checkSubscribeOptions(options: SubscribeOptions): Required<{
  readonly buffer: number;
  readonly overflow: Overflow;
}> {
  const { buffer = 1024, overflow = 'dropOldest' } = readOptions(RULES, options, new Map());
  return { buffer, overflow };
}

/** What a subscription asks of the line that feeds it. */
export interface SubscriptionFeed {
  pause(): void;
  resume(): void;
  leave(): Promise<void>;
}

type Listeners<V> = {
  readonly message: Set<(message: Message<V>) => void>;
  readonly gap: Set<(gap: Gap) => void>;
};

/**
 * Messages of some channels: read them in a loop, or listen. Leaving the loop, `close()` and `await using` end it.
 *
 * @example
 * await using news = await redis.subscribe(['news'])
 * for await (const { channel, message } of news) console.log(channel, message)
 */
export class Subscription<V = string> implements AsyncIterableIterator<Message<V>>, AsyncDisposable {
  readonly #feed: SubscriptionFeed;
  readonly #buffer: number;
  readonly #overflow: Overflow;
  readonly #listeners: Listeners<V> = { message: new Set(), gap: new Set() };
  #messages: Message<V>[] = [];
  /** Calls of `next()` that wait for a message, in order. */
  readonly #waiting: (() => void)[] = [];
  #iterating = false;
  #paused = false;
  #ended = false;
  #error: KvError | undefined;
  #left: Promise<void> | undefined;

  /** Made by `subscribe()` and its kin. */
  constructor(feed: SubscriptionFeed, options: SubscribeOptions) {
    const { buffer, overflow } = checkSubscribeOptions(options);
    this.#feed = feed;
    this.#buffer = buffer;
    this.#overflow = overflow;
  }

  /** Whether it has ended. */
  get closed(): boolean {
    return this.#ended;
  }

  /** Calls a listener for each message, or for each gap. With a listener messages are not kept, unless they are read too. */
  on(event: 'message', listener: (message: Message<V>) => void): this;
  on(event: 'gap', listener: (gap: Gap) => void): this;
  on(event: 'message' | 'gap', listener: (value: never) => void): this {
    (this.#listeners[event] as Set<unknown>).add(listener);
    return this;
  }

  /** Ends what {@link on} began. */
  off(event: 'message', listener: (message: Message<V>) => void): this;
  off(event: 'gap', listener: (gap: Gap) => void): this;
  off(event: 'message' | 'gap', listener: (value: never) => void): this {
    (this.#listeners[event] as Set<unknown>).delete(listener);
    return this;
  }

  async next(): Promise<IteratorResult<Message<V>, undefined>> {
    this.#iterating = true;
    while (this.#messages.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    const message = this.#messages.shift();
    if (message === undefined) return this.#finish();
    if (this.#paused && this.#messages.length * 2 < this.#buffer) this.#resume();
    return { done: false, value: message };
  }

  async return(): Promise<IteratorResult<Message<V>, undefined>> {
    await this.close();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    this.#iterating = true;
    return this;
  }

  /** Unsubscribes. Resolves when the server has confirmed it, or at once when there is no connection. */
  close(): Promise<void> {
    this.end();
    this.#left ??= this.#feed.leave();
    return this.#left;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A message came. Called by the line. */
  deliver(message: Message<V>): void {
    if (this.#ended) return;
    for (const listener of this.#listeners.message) queueMicrotask(() => listener(message));
    if (this.#listeners.message.size > 0 && !this.#iterating) return;
    this.#messages.push(message);
    this.#waiting.shift()?.();
    if (this.#messages.length >= this.#buffer) this.#overflowed();
  }

  /** Messages may have been missed. Called by the line. */
  gap(gap: Gap): void {
    for (const listener of this.#listeners.gap) queueMicrotask(() => listener(gap));
  }

  /** No more messages; what is buffered can still be read. Called by the line. */
  end(error?: KvError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    if (this.#paused) this.#resume(); // or the server could not confirm that it is left
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #finish(): IteratorResult<Message<V>, undefined> {
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) throw error;
    return { done: true, value: undefined };
  }

  #overflowed(): void {
    if (this.#overflow === 'pause') {
      this.#paused = true;
      return this.#feed.pause();
    }
    if (this.#messages.length <= this.#buffer) return;
    if (this.#overflow === 'dropOldest') {
      this.#messages.shift();
      return this.gap({ reason: 'overflow', dropped: 1 });
    }
    this.end(new QueueFullError(`The subscription ended: more than ${this.#buffer} messages were not read`));
    void this.close().catch(() => undefined);
  }

  #resume(): void {
    this.#paused = false;
    this.#feed.resume();
  }
}
