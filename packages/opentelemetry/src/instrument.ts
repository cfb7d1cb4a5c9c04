import { AsyncLocalStorage } from 'node:async_hooks';
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { BatchTrace, CommandTrace, ConnectEvent } from '@kv/core';
import {
  type Context,
  context,
  type MeterProvider,
  metrics,
  type Span,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { OperationRecorder } from './operation-recorder.ts';

/** The name of tracer and meter. */
export const SCOPE = '@kv/opentelemetry';

/** Options of {@link instrument}. */
export interface InstrumentOptions {
  /**
   * Makes the spans.
   * @default the global one, also when it is registered later
   */
  readonly tracerProvider?: TracerProvider | undefined;
  /**
   * Makes the histograms.
   * @default the global one, as it is at the call
   */
  readonly meterProvider?: MeterProvider | undefined;
  /**
   * Whether calls outside of any span have none, either. Metrics count them in both cases.
   * @default false
   */
  readonly requireParentSpan?: boolean | undefined;
  /**
   * Whether the commands of a pipeline or transaction have spans, inside of that of the batch.
   * @default false
   */
  readonly batchCommands?: boolean | undefined;
  /**
   * `db.system.name` by backend (`redis`, `ssdb`, `gibson`): `{ redis: 'valkey' }` where the servers are Valkey.
   * @default the names of the backends
   */
  readonly systems?: Readonly<Record<string, string>> | undefined;
}

/** What {@link instrument} returns. */
export interface Instrumented extends Disposable {
  /**
   * Ends the instrumentation. Calls that have not ended have no span; with `batchCommands` the span of a batch that has
   * not ended ends now.
   */
  disable(): void;
}

/**
 * Makes OpenTelemetry spans and metrics of what all clients of this process do, whenever they were made. Arguments,
 * keys and values are in none of them.
 *
 * @example
 * ```ts
 * import { instrument } from '@kv/opentelemetry';
 *
 * using kv = instrument({ requireParentSpan: true });
 * ```
 */
export function instrument(options: InstrumentOptions = {}): Instrumented {
  const { batchCommands = false } = options;
  const batchSpan = new AsyncLocalStorage<Span | undefined>();
  const { batches, commands, connects } = recorders(options, batchSpan);
  const undo = [
    onEnd<BatchTrace>('kv:batch', (message) => batches.end(message, batchSpan.getStore())),
    onEnd<CommandTrace>('kv:command', (message) => {
      if (batchCommands || !isMember(message)) commands.end(message);
    }),
    onEnd<ConnectEvent>('kv:connect', (message) => connects.end(message)),
  ];
  if (batchCommands) {
    const start = channel('tracing:kv:batch:start');
    start.bindStore(batchSpan, (message) => batches.begin(message as BatchTrace));
    undo.push(() => start.unbindStore(batchSpan));
  }
  const disable = (): void => {
    for (const run of undo.splice(0)) run();
    batches.endBegun();
  };
  return { disable, [Symbol.dispose]: disable };
}

function recorders(options: InstrumentOptions, batchSpan: AsyncLocalStorage<Span | undefined>) {
  const { tracerProvider = trace, meterProvider = metrics, requireParentSpan = false, systems = {} } = options;
  const { duration, createTime } = histograms(meterProvider);
  const shared = { tracer: tracerProvider.getTracer(SCOPE), requireParentSpan, systems, duration };
  const batches = new OperationRecorder<BatchTrace>({
    ...shared,
    operation: batchOperation,
    details: ({ commands, batchSize }) => (commands.length === 1 ? {} : { 'db.operation.batch.size': batchSize }),
  });
  const commands = new OperationRecorder<CommandTrace>({
    ...shared,
    operation: ({ command }) => command,
    measures: (message) => !isMember(message),
    parent: (message) => (isMember(message) ? contextIn(batchSpan.getStore()) : context.active()),
  });
  const connects = new OperationRecorder<ConnectEvent>({
    ...shared,
    duration: createTime,
    operation: () => 'CONNECT',
    measures: ({ error }) => error === undefined,
    labels: ({ client }) => ({ 'db.client.connection.pool.name': client }),
  });
  return { batches, commands, connects };
}

/** Runs a function for each operation that has ended, in the context of its caller, until what it returns is called. */
function onEnd<M>(name: string, run: (message: M) => void): () => void {
  const asyncEnd = `tracing:${name}:asyncEnd`;
  const listener = (message: unknown): void => run(message as M);
  subscribe(asyncEnd, listener);
  return () => unsubscribe(asyncEnd, listener);
}

function contextIn(span: Span | undefined): Context {
  return span === undefined ? context.active() : trace.setSpan(context.active(), span);
}

function isMember({ batchMode }: CommandTrace): boolean {
  return batchMode !== undefined;
}

/** A batch is one operation; one with a single command counts as that command. */
function batchOperation({ batchMode, commands }: BatchTrace): string {
  const [first] = commands;
  if (first !== undefined && commands.length === 1) return first;
  const kind = batchMode === 'multi' ? 'MULTI' : 'PIPELINE';
  const isUniform = first !== undefined && commands.every((command) => command === first);
  return isUniform ? `${kind} ${first}` : kind;
}

function histograms(provider: Pick<MeterProvider, 'getMeter'>) {
  const meter = provider.getMeter(SCOPE);
  const seconds = { unit: 's', advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] } };
  return {
    duration: meter.createHistogram('db.client.operation.duration', {
      ...seconds,
      description: 'Duration of database client operations.',
    }),
    createTime: meter.createHistogram('db.client.connection.create_time', {
      ...seconds,
      description: 'The time it took to create a new connection.',
    }),
  };
}
