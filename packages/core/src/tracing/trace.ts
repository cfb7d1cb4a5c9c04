import { AsyncResource } from 'node:async_hooks';
import { monotonicNow } from '../timers.ts';
import type { TracingChannels } from './tracing-channels.ts';

/** What the messages of all traces have. One object is published on all channels of an operation. */
export interface TraceMessage {
  readonly durationMs: number;
  readonly error?: Error | undefined;
}

/** A message as it is written: its readers only read it. */
export type Writable<M> = { -readonly [K in keyof M]: M[K] };

/**
 * One traced operation. Everything is published in the async context of the caller, with the stores that are bound to the
 * channel `start`: `start` and `end` when it is made, `error`, `asyncStart` and `asyncEnd` when the operation has ended.
 */
export class Trace<M extends TraceMessage> {
  readonly message: Writable<M>;
  readonly #channels: TracingChannels;
  readonly #context: AsyncResource;
  readonly #startedAt = monotonicNow();

  constructor(channels: TracingChannels, message: Writable<M>) {
    this.message = message;
    this.#channels = channels;
    this.#context = started(channels, message);
  }

  /** Runs work in the context of the operation: what is traced there belongs to it. */
  within<T>(work: () => T): T {
    return this.#context.runInAsyncScope(work);
  }

  /** The operation has ended. */
  end(error: Error | undefined): void {
    const message: Writable<TraceMessage> = this.message;
    message.durationMs = monotonicNow() - this.#startedAt;
    message.error = error;
    this.#context.runInAsyncScope(publishEnd, undefined, this.#channels, message);
  }
}

function started(channels: TracingChannels, message: TraceMessage): AsyncResource {
  const { start } = channels;
  if (start.runStores !== undefined) return start.runStores(message, capture, undefined, channels, message);
  start.publish(message);
  return capture(channels, message);
}

function capture({ end, name }: TracingChannels, message: TraceMessage): AsyncResource {
  end.publish(message);
  return new AsyncResource(name);
}

function publishEnd({ error, asyncStart, asyncEnd }: TracingChannels, message: TraceMessage): void {
  if (message.error !== undefined) error.publish(message);
  asyncStart.publish(message);
  asyncEnd.publish(message);
}
