import { context, type Span, type TracerProvider, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { type DataPoint, type Histogram, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';

class CollectedReader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

/** The SDK of OpenTelemetry in memory, with the context manager that applications on Node have. */
export class Telemetry implements Disposable {
  readonly #exporter = new InMemorySpanExporter();
  readonly #reader = new CollectedReader();
  /** What instrumentations are given. */
  readonly providers: { readonly tracerProvider: TracerProvider; readonly meterProvider: MeterProvider } = {
    tracerProvider: new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(this.#exporter)] }),
    meterProvider: new MeterProvider({ readers: [this.#reader] }),
  };

  constructor() {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  }

  /** Runs work inside of a span of the application. */
  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const span = this.providers.tracerProvider.getTracer('application').startSpan(name);
    try {
      return await context.with(trace.setSpan(context.active(), span), work);
    } finally {
      span.end();
    }
  }

  /** Spans of the clients that have ended. */
  get spans(): readonly ReadableSpan[] {
    return this.#exporter
      .getFinishedSpans()
      .filter(({ instrumentationScope }) => instrumentationScope.name !== 'application');
  }

  /** Those whose name begins so. */
  named(name: string): readonly ReadableSpan[] {
    return this.spans.filter((span) => span.name.startsWith(`${name} `));
  }

  /** The name of the span that another one is in. */
  parentOf({ parentSpanContext }: ReadableSpan): string | undefined {
    const all = this.#exporter.getFinishedSpans();
    return all.find((span) => span.spanContext().spanId === parentSpanContext?.spanId)?.name;
  }

  /** Points of a histogram. */
  async points(name: string): Promise<readonly DataPoint<Histogram>[]> {
    const { resourceMetrics } = await this.#reader.collect();
    const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    return metrics
      .filter(({ descriptor }) => descriptor.name === name)
      .flatMap(({ dataPoints }) => dataPoints as DataPoint<Histogram>[]);
  }

  [Symbol.dispose](): void {
    context.disable();
  }
}

/** The span that the running code is in. */
export function activeSpan(): Span | undefined {
  return trace.getActiveSpan();
}
