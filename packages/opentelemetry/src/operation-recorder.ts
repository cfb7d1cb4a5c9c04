import {
  type Attributes,
  type Context,
  context,
  createNoopMeter,
  type Histogram,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { attributesOf, type Message } from './attributes.ts';
import { hrTime, now } from './clock.ts';

/** What the API gives while no provider of metrics is registered. */
const NO_HISTOGRAM: Histogram = createNoopMeter().createHistogram('');

/** What a recorder works with. */
export interface RecorderSetup<M extends Message> {
  readonly tracer: Tracer;
  /** Gets the duration in seconds; none where `measures` says no. */
  readonly duration: Histogram;
  readonly requireParentSpan: boolean;
  /** Names of database systems by those of backends, where they differ. */
  readonly systems: Readonly<Record<string, string>>;
  /** The name of the operation. */
  operation(message: M): string;
  /** Whether its duration is recorded. */
  measures?(message: M): boolean;
  /** More attributes of the span. */
  details?(message: M): Attributes;
  /** More attributes of the metric. */
  labels?(message: M): Attributes;
  /**
   * The context of the span.
   * @default that of the caller
   */
  parent?(message: M): Context;
}

/**
 * Turns the messages of one tracing channel into spans and durations, in the context of the caller. A span is made when its
 * operation has ended: until then nothing is kept for it, unless its span has begun.
 */
export class OperationRecorder<M extends Message> {
  readonly #setup: RecorderSetup<M>;
  /** Spans that have begun and not ended. */
  readonly #begun = new Set<Span>();

  constructor(setup: RecorderSetup<M>) {
    this.#setup = setup;
  }

  /** Begins the span of an operation that others are inside of. Undefined: it has none. */
  begin(message: M): Span | undefined {
    const span = this.#startSpan(message, this.#attributesOf(message), now());
    if (span !== undefined) this.#begun.add(span);
    return span;
  }

  /**
   * An operation has ended.
   * @param begun its span, where that has begun
   */
  end(message: M, begun?: Span): void {
    const attributes = this.#attributesOf(message);
    const endTime = now();
    const span =
      begun === undefined
        ? this.#startSpan(message, attributes, endTime - message.durationMs)
        : this.#complete(begun, message, attributes);
    if (span !== undefined) endSpan(span, message.error, endTime);
    this.#measure(message, attributes);
  }

  /** Ends the spans that have begun, as of now: the ends of their operations are not observed any more. */
  endBegun(): void {
    const endTime = now();
    for (const span of this.#begun) endSpan(span, undefined, endTime);
    this.#begun.clear();
  }

  /** Gives a span that has begun what is known at the end: another server may have been asked. */
  #complete(span: Span, message: M, attributes: Attributes): Span {
    this.#begun.delete(span);
    return span.updateName(this.#nameOf(message)).setAttributes(attributes);
  }

  #nameOf(message: M): string {
    return `${this.#setup.operation(message)} ${message.address}`;
  }

  #attributesOf(message: M): Attributes {
    const { systems, operation } = this.#setup;
    return attributesOf(message, systems[message.backend] ?? message.backend, operation(message));
  }

  /** @param startTime in milliseconds */
  #startSpan(message: M, attributes: Attributes, startTime: number): Span | undefined {
    const { tracer, requireParentSpan, details, parent } = this.#setup;
    const around = parent === undefined ? context.active() : parent(message);
    if (requireParentSpan && trace.getSpan(around) === undefined) return undefined;
    const all = details === undefined ? attributes : { ...attributes, ...details(message) };
    const options = { kind: SpanKind.CLIENT, attributes: all, startTime: hrTime(startTime) };
    return tracer.startSpan(this.#nameOf(message), options, around);
  }

  #measure(message: M, attributes: Attributes): void {
    const { duration, measures, labels } = this.#setup;
    if (duration === NO_HISTOGRAM || measures?.(message) === false) return;
    const all = labels === undefined ? attributes : { ...attributes, ...labels(message) };
    duration.record(message.durationMs / 1000, all);
  }
}

function endSpan(span: Span, error: Error | undefined, endTime: number): void {
  if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
  span.end(hrTime(endTime));
}
