/** A tracer as users write one: spans made from tracing channels, kept in an AsyncLocalStorage. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type ChannelListener, channel, tracingChannel } from 'node:diagnostics_channel';

/** One operation as the recorder saw it. */
export interface Span {
  /** `kv:command`, `kv:batch`, `kv:connect`, or what {@link SpanRecorder.run} was given. */
  readonly operation: string;
  /** The span that was current when it began. */
  readonly parent: Span | undefined;
  /** The message, as it was when it began. */
  readonly begin: Readonly<Record<string, unknown>>;
  /** The message, as it was when the operation ended. */
  end: Readonly<Record<string, unknown>> | undefined;
  /** What was published, in order. An event that came in another context than that of this span is not here. */
  readonly events: string[];
}

const OPERATIONS = ['kv:command', 'kv:batch', 'kv:connect'] as const;
const EVENTS = ['end', 'error', 'asyncStart', 'asyncEnd'] as const;

/** Records the spans of all clients of the process, from its making until `stop`. */
export class SpanRecorder implements Disposable {
  readonly spans: Span[] = [];
  /** Events whose context was not that of the span of their message. */
  strays = 0;
  readonly #current = new AsyncLocalStorage<Span>();
  readonly #messages = new Map<unknown, Span>();
  readonly #undo: (() => void)[] = [];

  constructor() {
    for (const operation of OPERATIONS) this.#listenTo(operation);
  }

  /** Runs work in a span of the caller's own. */
  run<T>(operation: string, work: () => T): T {
    return this.#current.run(this.#begin(operation, {}), work);
  }

  /** The span in which the caller runs. */
  get current(): Span | undefined {
    return this.#current.getStore();
  }

  /** The spans of one kind of operation. */
  of(operation: (typeof OPERATIONS)[number]): Span[] {
    return this.spans.filter((span) => span.operation === operation);
  }

  /** The names of the commands that were traced, in order. */
  get commands(): unknown[] {
    return this.of('kv:command').map(({ begin }) => begin['command']);
  }

  [Symbol.dispose](): void {
    for (const undo of this.#undo.splice(0)) undo();
  }

  #listenTo(operation: string): void {
    const { start } = tracingChannel(operation);
    start.bindStore(this.#current, (message) => {
      const span = this.#begin(operation, message as object);
      this.#messages.set(message, span);
      return span;
    });
    this.#undo.push(() => start.unbindStore(this.#current));
    for (const event of EVENTS) this.#listen(operation, event);
  }

  #listen(operation: string, event: (typeof EVENTS)[number]): void {
    const source = channel(`tracing:${operation}:${event}`);
    const listener: ChannelListener = (message) => {
      const span = this.#messages.get(message);
      if (span === undefined) return; // it began before this recorder
      if (span !== this.current) this.strays++;
      else span.events.push(event);
      if (event === 'asyncEnd') span.end = { ...(message as object) };
    };
    source.subscribe(listener);
    this.#undo.push(() => source.unsubscribe(listener));
  }

  #begin(operation: string, message: object): Span {
    const begin = { ...message } as Record<string, unknown>;
    const span: Span = { operation, parent: this.current, begin, end: undefined, events: [] };
    this.spans.push(span);
    return span;
  }
}
