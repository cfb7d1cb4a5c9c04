import { setImmediate } from '@kv/core';
import type { Message, Subscription } from '@kv/redis';

/** Subscribes a channel, and takes its messages. */
export interface ChannelHost {
  /** Resolves when the server has confirmed it. */
  open(): Promise<Subscription<Uint8Array>>;
  message(message: Message<Uint8Array>): void;
}

/** One channel or pattern that a client object wants. */
export class Channel {
  readonly #host: ChannelHost;
  #opening: Promise<void> | undefined;
  /** Since the server has confirmed it. */
  #subscription: Subscription<Uint8Array> | undefined;
  #left = false;

  constructor(host: ChannelHost) {
    this.#host = host;
  }

  /** Resolves when the server has confirmed it; once more, when it had ended. Rejects when it cannot be subscribed. */
  opened(): Promise<void> {
    if (this.#opening === undefined || this.#subscription?.closed === true) this.#opening = this.#open();
    return this.#opening;
  }

  async #open(): Promise<void> {
    const subscription = await this.#host.open();
    if (this.#left) return subscription.close();
    this.#subscription = subscription;
    setImmediate(() => this.#listen(subscription));
  }

  /** Messages that came in the same packet as the confirmation are told when the callers know of it. */
  #listen(subscription: Subscription<Uint8Array>): void {
    if (!subscription.closed) subscription.on('message', (message) => this.#host.message(message));
  }

  /** Resolves when what {@link opened} began last is over, either way. */
  async settled(): Promise<void> {
    await this.#opening?.catch(() => undefined);
  }

  /** Whether the server has confirmed it. */
  get isConfirmed(): boolean {
    return this.#subscription !== undefined;
  }

  /** Ends it, when what the server has sent until now was told. One that is not confirmed yet ends when it is. */
  leave(): Promise<void> {
    this.#left = true;
    return this.#subscription?.drain() ?? this.settled();
  }
}
