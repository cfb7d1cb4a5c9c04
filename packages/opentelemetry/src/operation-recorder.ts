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
import { endAttributes, peerAttributes, startAttributes } from './attributes.ts';
import type { Message, Operation } from './operation.ts';

/** What the API gives while no provider of metrics is registered. */
const NO_HISTOGRAM: Histogram = createNoopMeter().createHistogram('');

/** An operation that has begun. */
interface Begun {
  readonly span: Span | undefined;
  readonly attributes: Attributes;
}

/** What a recorder works with. */
export interface RecorderSetup<M extends Message> {
  readonly tracer: Tracer;
  /** Gets the duration in seconds; none where `measures` says no. */
  readonly duration: Histogram;
  readonly requireParentSpan: boolean;
  /** Names of database systems by those of backends, where they differ. */
  readonly systems: Readonly<Record<string, string>>;
  operation(message: M): Operation;
  /** Whether the operation is left out of spans and metrics. */
  leavesOut?(message: M): boolean;
  /** Whether its duration is recorded. */
  measures?(message: M): boolean;
  /** More attributes of the metric. */
  labels?(message: M): Attributes;
  /** The context of the parent, when it is another one than that of the caller. */
  parent?(message: M): Context | undefined;
}

/** Turns the messages of one tracing channel into spans and durations. */
export class OperationRecorder<M extends Message> {
  readonly #setup: RecorderSetup<M>;
  readonly #begun = new Map<M, Begun>();

  constructor(setup: RecorderSetup<M>) {
    this.#setup = setup;
  }

  /** Operations that have begun and not ended. */
  get size(): number {
    return this.#begun.size;
  }

  /** The span of an operation that has not ended. */
  spanOf(message: M): Span | undefined {
    return this.#begun.get(message)?.span;
  }

  /** An operation begins, in the context of its caller. */
  begin(message: M): void {
    const { operation, systems, leavesOut } = this.#setup;
    if (leavesOut?.(message)) return;
    const described = operation(message);
    const attributes = startAttributes(described, message, systems[message.backend] ?? message.backend);
    this.#begun.set(message, { attributes, span: this.#span(message, described, attributes) });
  }

  /** An operation has ended. */
  end(message: M): void {
    const begun = this.#begun.get(message);
    if (begun === undefined) return; // It began before this recorder listened.
    this.#begun.delete(message);
    const result = endAttributes(message);
    if (begun.span !== undefined) endSpan(begun.span, message, result);
    this.#measure(message, begun.attributes, result);
  }

  #span(message: M, { name, batchSize }: Operation, attributes: Attributes): Span | undefined {
    const { tracer, requireParentSpan, parent } = this.#setup;
    const around = parent?.(message) ?? context.active();
    if (requireParentSpan && trace.getSpan(around) === undefined) return undefined;
    const all = batchSize === undefined ? attributes : { ...attributes, 'db.operation.batch.size': batchSize };
    return tracer.startSpan(`${name} ${message.address}`, { kind: SpanKind.CLIENT, attributes: all }, around);
  }

  #measure(message: M, begin: Attributes, end: Attributes): void {
    const { duration, measures, labels } = this.#setup;
    if (duration === NO_HISTOGRAM || measures?.(message) === false) return;
    duration.record(message.durationMs / 1000, { ...begin, ...end, ...labels?.(message) });
  }
}

function endSpan(span: Span, message: Message, result: Attributes): void {
  if (span.isRecording()) {
    span.setAttributes(result);
    span.setAttributes(peerAttributes(message));
    if (message.error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: message.error.message });
  }
  span.end();
}
