import { channel } from 'node:diagnostics_channel';

/** One channel. `runStores` is missing in old runtimes: they bind no stores. */
interface TraceChannel {
  readonly hasSubscribers: boolean;
  publish(message: unknown): void;
  runStores?<T, A extends unknown[]>(message: unknown, work: (...args: A) => T, self: undefined, ...args: A): T;
}

/** The channels that Node's `tracingChannel(name)` consists of. The same objects also where that function is missing. */
export class TracingChannels {
  readonly name: string;
  readonly start: TraceChannel;
  readonly end: TraceChannel;
  readonly asyncStart: TraceChannel;
  readonly asyncEnd: TraceChannel;
  readonly error: TraceChannel;

  /** @param name as it is given to `tracingChannel()` */
  constructor(name: string) {
    this.name = name;
    this.start = channel(`tracing:${name}:start`);
    this.end = channel(`tracing:${name}:end`);
    this.asyncStart = channel(`tracing:${name}:asyncStart`);
    this.asyncEnd = channel(`tracing:${name}:asyncEnd`);
    this.error = channel(`tracing:${name}:error`);
  }

  /** Whether anything listens to one of them. */
  get hasSubscribers(): boolean {
    return (
      this.start.hasSubscribers ||
      this.end.hasSubscribers ||
      this.asyncStart.hasSubscribers ||
      this.asyncEnd.hasSubscribers ||
      this.error.hasSubscribers
    );
  }
}

/** Commands. */
export const commandTracing: TracingChannels = new TracingChannels('kv:command');
/** Pipelines, transactions and other commands that are sent together. */
export const batchTracing: TracingChannels = new TracingChannels('kv:batch');
/** Attempts to connect. */
export const connectTracing: TracingChannels = new TracingChannels('kv:connect');
