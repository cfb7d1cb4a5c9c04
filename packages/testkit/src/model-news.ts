import { setTimeout as sleep } from 'node:timers/promises';
import type { CalmClock } from './calm-clock.ts';
import { CHANNELS, type Reading } from './model-plan.ts';
import { Reader, type ReaderEvents } from './model-reader.ts';

/** How a session reaches channels. */
export interface Channels {
  /** Publishes past the faults, in the order of the calls. Resolves when the server has it. */
  publish(channel: number, text: string): Promise<void>;
  /** Subscribes through the faults. */
  subscribe(channel: number, reading: Reading, events: ReaderEvents): Promise<ModelSubscription>;
}

/** A subscription that the server has confirmed. */
export interface ModelSubscription {
  close(): Promise<void>;
  readonly closed: boolean;
}

/** Readers of numbered messages, and whether they hear what they must. */
export class News {
  readonly #channels: Channels;
  /** The latest number whose publishing has begun, by channel. */
  readonly #begun: number[] = Array.from({ length: CHANNELS }, () => 0);
  readonly #readers: { readonly reader: Reader; readonly subscription: ModelSubscription }[] = [];
  readonly #ended: Reader[] = [];

  constructor(channels: Channels) {
    this.#channels = channels;
  }

  /** Publishes the next number of a channel. */
  publish(channel: number): Promise<void> {
    const number = (this.#begun[channel] ?? 0) + 1;
    this.#begun[channel] = number;
    return this.#channels.publish(channel, `${channel}:${number}`);
  }

  /** Begins to read a channel; `isOver` says whether its client was closed. */
  async subscribe(channel: number, reading: Reading, isOver: () => boolean): Promise<void> {
    const reader = new Reader({
      channel,
      reading,
      begun: () => this.#begun[channel] ?? 0,
      isOver,
    });
    const subscription = await this.#channels.subscribe(channel, reading, reader);
    reader.confirmed();
    this.#readers.push({ reader, subscription });
  }

  /** Ends the oldest reader of a channel. */
  async unsubscribe(channel: number): Promise<void> {
    const at = this.#readers.findIndex(({ reader }) => reader.channel === channel && reader.isOpen);
    const [found] = at < 0 ? [] : this.#readers.splice(at, 1);
    if (found === undefined) return;
    this.#ended.push(found.reader);
    found.reader.left();
    await found.subscription.close();
  }

  /** Lets every open reader hear a last message, and tells all that was wrong. */
  async findings(calm: CalmClock, limit: number): Promise<string[]> {
    const last = await this.#last(calm, limit);
    const readers = [...this.#ended, ...this.#readers.map(({ reader }) => reader)];
    const kept = this.#readers.filter(({ reader, subscription }) => reader.isOver() && !subscription.closed);
    return [
      ...readers.flatMap((reader) => reader.violations),
      ...last.map((reader) => `${reader.name} hears nothing any more after the faults`),
      ...kept.map(({ reader }) => `${reader.name} did not end with its client`),
    ];
  }

  /** Messages that were heard, and gaps that were told. */
  get met(): { readonly message: number; readonly gap: number } {
    const readers = [...this.#ended, ...this.#readers.map(({ reader }) => reader)];
    const sum = (of: (reader: Reader) => number): number => readers.reduce((total, reader) => total + of(reader), 0);
    return { message: sum(({ heard }) => heard), gap: sum(({ gaps }) => gaps) };
  }

  /** Readers that hear none of the last messages within the limit. */
  async #last(calm: CalmClock, limit: number): Promise<Reader[]> {
    const first = this.#begun.map((number) => number + 1);
    const [began, then] = [performance.now(), calm.now()];
    for (;;) {
      for (let channel = 0; channel < CHANNELS; channel++) await this.publish(channel);
      await sleep(5);
      const open = this.#readers.filter(({ reader }) => reader.isOpen).map(({ reader }) => reader);
      const silent = open.filter(({ channel, last }) => last < (first[channel] ?? 0));
      if (silent.length === 0 || calm.isOver(limit, then, began)) return silent;
    }
  }
}
