import { type KvError, Listeners, QueueFullError, queueMicrotask, Ring, setHidden } from '@kv/core';
import { checkSubscribeOptions, type Overflow, type SubscribeOptions } from './subscribe-options.ts';

/** A published message. */
export interface Message<V = string> {
  /** Its name, in which U+FFFD stands for what is not UTF-8. */
  readonly channel: string;
  /**
   * The name of the channel where it is not UTF-8. It is told to those who subscribed with bytes: on a client with
   * `bytes: true`, or to names of which one is not UTF-8. Others are told it too while one of these
   * is on their connection.
   */
  readonly channelBytes?: Uint8Array | undefined;
  /** The pattern that matched, for subscriptions by pattern. */
  readonly pattern?: string | undefined;
  /** That pattern where it is not UTF-8. */
  readonly patternBytes?: Uint8Array | undefined;
  readonly message: V;
}

/** Messages may be missing. */
export interface Gap {
  /**
   * `reconnect`: the connection was lost and is subscribed again. `moved`: another server of the cluster has the
   * channel
   * now. `overflow`: the reader was too slow.
   */
  readonly reason: 'reconnect' | 'moved' | 'overflow';
  /** How many were dropped since the last gap was told; known for `overflow` only. */
  readonly dropped?: number | undefined;
}

/** What a subscription asks of the connection that feeds it. */
export interface SubscriptionFeed {
  pause(): void;
  resume(): void;
  /** Resolves when what the server has sent until now was delivered. */
  settle(): Promise<void>;
  leave(): Promise<void>;
}

type Events<V> = {
  readonly message: (message: Message<V>) => void;
  readonly gap: (gap: Gap) => void;
};

type AnyListener<V> = Events<V>['message'] & Events<V>['gap'];

/**
 * Messages of some channels: read them in a loop, or listen. Leaving the loop, `close()` and `await using` end it.
 *
 * @example
 * await using news = await redis.subscribe(['news'])
 * for await (const { channel, message } of news) console.log(channel, message)
 */
export class Subscription<V = string> implements AsyncIterableIterator<Message<V>>, AsyncDisposable {
  declare protected readonly self: Subscription<V>;
  readonly #feed: SubscriptionFeed;
  readonly #buffer: number;
  readonly #overflow: Overflow;
  readonly #listeners = new Listeners<Events<V>>(['message', 'gap']);
  readonly #messages = new Ring<Message<V>>();
  /** Calls of `next()` that wait for a message, in order. */
  readonly #waiting: (() => void)[] = [];
  #iterating = false;
  /** Messages that came before there was a listener are given to it soon; what comes meanwhile waits behind them. */
  #handingOver = false;
  /** Messages that were dropped and not told yet. */
  #dropped = 0;
  #paused = false;
  /** It ends when all that the server has sent was delivered. */
  #draining = false;
  #ended = false;
  #error: KvError | undefined;
  #left: Promise<void> | undefined;

  /** Made by `subscribe()` and similar calls. */
  constructor(feed: SubscriptionFeed, options: SubscribeOptions) {
    const { buffer, overflow } = checkSubscribeOptions(options);
    setHidden(this, 'self', this);
    this.#feed = feed;
    this.#buffer = buffer;
    this.#overflow = overflow;
  }

  /** Whether it has ended. */
  get closed(): boolean {
    return this.self.#ended;
  }

  /**
   * Calls a listener for each message, or for each gap, in the async context of the caller. The first listener of
   * messages also gets those that came before it. With a listener messages are not kept, unless they are read too.
   *
   * @throws ArgumentError for an unknown event
   */
  on(event: 'message', listener: (message: Message<V>) => void): this;
  on(event: 'gap', listener: (gap: Gap) => void): this;
  on(event: 'message' | 'gap', listener: (value: never) => void): this {
    this.self.#listeners.on(event, listener as AnyListener<V>);
    if (event === 'message' && !this.self.#iterating && this.self.#messages.length > 0) this.self.#handOverSoon();
    return this;
  }

  /** Removes a listener. It is not called any more, also not for what came before. @throws ArgumentError for an unknown event */
  off(event: 'message', listener: (message: Message<V>) => void): this;
  off(event: 'gap', listener: (gap: Gap) => void): this;
  off(event: 'message' | 'gap', listener: (value: never) => void): this {
    this.self.#listeners.off(event, listener as AnyListener<V>);
    return this;
  }

  async next(): Promise<IteratorResult<Message<V>, undefined>> {
    this.self.#iterating = true;
    this.self.#handOver();
    while (this.self.#messages.length === 0 && !this.self.#ended) {
      await new Promise<void>((resolve) => {
        this.self.#waiting.push(resolve);
      });
    }
    const message = this.self.#messages.shift();
    if (message === undefined) return this.self.#finish();
    this.self.#resumeIfRead();
    return { done: false, value: message };
  }

  async return(): Promise<IteratorResult<Message<V>, undefined>> {
    await this.close();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    this.self.#iterating = true;
    return this;
  }

  /**
   * Unsubscribes. No listener is called any more. Resolves when the server has confirmed it, with the deadline of
   * `subscribe()` at the latest, or at once when there is no connection.
   */
  close(): Promise<void> {
    this.self.end();
    return this.self.#leave();
  }

  /**
   * Unsubscribes as {@link close} does, after all has been delivered that the server had sent: a message whose
   * `publish()` was answered before is not lost. In a cluster that holds for shard channels (`ssubscribe()`) only:
   * other messages travel between its nodes after the answer. With `overflow: 'pause'` all of it is kept for the loop,
   * also beyond `buffer`.
   */
  async drain(): Promise<void> {
    if (!this.closed) await this.self.#settle();
    await this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A message came. Called by the subscriber. */
  deliver(message: Message<V>): void {
    if (this.#ended) return;
    const isHeard = this.#listeners.count('message') > 0;
    if (isHeard && !this.#handingOver) this.#listeners.emit('message', message);
    if (isHeard && !this.#handingOver && !this.#iterating) return;
    this.#messages.push(message);
    this.#waiting.shift()?.();
    if (this.#messages.length >= this.#buffer) this.#overflowed();
  }

  /** Messages may have been missed. Called by the subscriber. */
  gap(gap: Gap): void {
    this.#tellDropped();
    this.#listeners.emit('gap', gap);
  }

  /** No more messages, also not for listeners; what is buffered can still be read. Called by the subscriber. */
  end(): void {
    this.#listeners.clear();
    this.#end(undefined);
  }

  /** It ends with an error, and leaves what it has subscribed. Called by the subscriber. */
  fail(error: KvError): void {
    this.#end(error);
    void this.#leave().catch(() => undefined);
  }

  #settle(): Promise<void> {
    this.#draining = true;
    if (this.#paused) this.#resume(); // the server cannot be heard before
    return this.#feed.settle();
  }

  #end(error: KvError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    if (this.#paused) this.#resume(); // or the server could not confirm that it is left
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #leave(): Promise<void> {
    this.#left ??= this.#feed.leave();
    return this.#left;
  }

  #handOverSoon(): void {
    if (this.#handingOver) return;
    this.#handingOver = true;
    queueMicrotask(() => this.#handOver());
  }

  /** Gives what came before to the listeners; it stays for a loop that has begun meanwhile. */
  #handOver(): void {
    if (!this.#handingOver) return;
    this.#handingOver = false;
    if (this.#listeners.count('message') === 0) return;
    this.#messages.forEach((message) => {
      this.#listeners.emit('message', message);
    });
    if (this.#iterating) return;
    this.#messages.drain();
    this.#resumeIfRead();
  }

  #finish(): IteratorResult<Message<V>, undefined> {
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) throw error;
    return { done: true, value: undefined };
  }

  #overflowed(): void {
    if (this.#overflow === 'pause') return this.#pause();
    if (this.#messages.length <= this.#buffer) return;
    if (this.#overflow === 'dropOldest') return this.#drop();
    this.fail(new QueueFullError(`The subscription ended: more than ${this.#buffer} messages were not read`));
  }

  /** All that is dropped while bytes are decoded is one gap. */
  #drop(): void {
    this.#messages.shift();
    if (this.#dropped++ === 0) queueMicrotask(() => this.#tellDropped());
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    const gap: Gap = { reason: 'overflow', dropped: this.#dropped };
    this.#dropped = 0;
    this.#listeners.emit('gap', gap);
  }

  #resumeIfRead(): void {
    if (this.#paused && this.#messages.length * 2 < this.#buffer) this.#resume();
  }

  #pause(): void {
    if (this.#draining) return;
    this.#paused = true;
    this.#feed.pause();
  }

  #resume(): void {
    this.#paused = false;
    this.#feed.resume();
  }
}
