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
  readonly #key = Symbol('@kv/opentelemetry');
  #size = 0;

  constructor(setup: RecorderSetup<M>) {
    this.#setup = setup;
  }

  /** How many operations have begun and not ended. */
  get size(): number {
    return this.#size;
  }

  /** The span of an operation that has not ended. */
  spanOf(message: M): Span | undefined {
    return keptOn(message)[this.#key]?.span;
  }

  /** An operation begins, in the context of its caller. */
  begin(message: M): void {
    if (this.#setup.leavesOut?.(message)) return;
    keptOn(message)[this.#key] = new Begun(this.#setup, message);
    this.#size++;
  }

  /** An operation has ended. */
  end(message: M): void {
    const kept = keptOn(message);
    const begun = kept[this.#key];
    if (begun === undefined) return; // It began before this recorder listened.
    kept[this.#key] = undefined;
    this.#size--;
    begun.end(message);
  }
}

/** What recorders keep on a message, each by a symbol of its own: it is one object until its operation has ended. */
function keptOn(message: object): Record<symbol, Begun | undefined> {
  return message as Record<symbol, Begun | undefined>;
}

/** An operation that has begun. Its message keeps it, so its fields are private: a log of the message shows none of them. */
class Begun {
  readonly #setup: RecorderSetup<Message>;
  readonly #attributes: Attributes;
  readonly #span: Span | undefined;

  constructor(setup: RecorderSetup<Message>, message: Message) {
    const described = setup.operation(message);
    this.#setup = setup;
    this.#attributes = startAttributes(described, message, setup.systems[message.backend] ?? message.backend);
    this.#span = startSpan(setup, message, described, this.#attributes);
  }

  get span(): Span | undefined {
    return this.#span;
  }

  end(message: Message): void {
    const { duration, measures, labels } = this.#setup;
    const result = endAttributes(message);
    if (this.#span !== undefined) endSpan(this.#span, message, result);
    if (duration === NO_HISTOGRAM || measures?.(message) === false) return;
    duration.record(message.durationMs / 1000, { ...this.#attributes, ...result, ...labels?.(message) });
  }
}

function startSpan(setup: RecorderSetup<Message>, message: Message, operation: Operation, attributes: Attributes) {
  const { tracer, requireParentSpan, parent } = setup;
  const { name, batchSize } = operation;
  const around = parent?.(message) ?? context.active();
  if (requireParentSpan && trace.getSpan(around) === undefined) return undefined;
  const all = batchSize === undefined ? attributes : { ...attributes, 'db.operation.batch.size': batchSize };
  return tracer.startSpan(`${name} ${message.address}`, { kind: SpanKind.CLIENT, attributes: all }, around);
}

function endSpan(span: Span, message: Message, result: Attributes): void {
  if (span.isRecording()) {
    span.setAttributes(result);
    span.setAttributes(peerAttributes(message));
    if (message.error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: message.error.message });
  }
  span.end();
}
