import { AsyncLocalStorage } from 'node:async_hooks';
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { BatchTrace, CommandTrace, ConnectEvent } from '@kv/core';
import { type Context, context, type MeterProvider, metrics, type TracerProvider, trace } from '@opentelemetry/api';
import { batchOperation, commandOperation, connectOperation, type Message } from './operation.ts';
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
  /** Ends the instrumentation: new calls are not seen; those that have begun still get the end of their span. */
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
  const { batches, commands, connects } = recorders(options);
  const undo = [
    listen('kv:batch', batches.recorder, batches.store),
    listen('kv:command', commands),
    listen('kv:connect', connects),
  ];
  const disable = (): void => {
    for (const run of undo.splice(0)) run();
  };
  return { disable, [Symbol.dispose]: disable };
}

function recorders(options: InstrumentOptions) {
  const { batchCommands = false, meterProvider = metrics } = options;
  const shared = sharedSetup(options);
  const { duration, createTime } = histograms(meterProvider);
  const recorder = new OperationRecorder<BatchTrace>({ ...shared, duration, operation: batchOperation });
  const store = batchCommands ? new AsyncLocalStorage<BatchTrace>() : undefined;
  const isMember = ({ batchMode }: CommandTrace): boolean => batchMode !== undefined;
  const commands = new OperationRecorder<CommandTrace>({
    ...shared,
    duration,
    operation: commandOperation,
    measures: (message) => !isMember(message),
    ...(store === undefined
      ? { leavesOut: isMember }
      : { parent: (message) => (isMember(message) ? contextOf(store.getStore(), recorder) : undefined) }),
  });
  const connects = new OperationRecorder<ConnectEvent>({
    ...shared,
    duration: createTime,
    operation: connectOperation,
    measures: ({ error }) => error === undefined,
    labels: ({ client }) => ({ 'db.client.connection.pool.name': client }),
  });
  return { batches: { recorder, store }, commands, connects };
}

function sharedSetup({ tracerProvider = trace, requireParentSpan = false, systems = {} }: InstrumentOptions) {
  return { tracer: tracerProvider.getTracer(SCOPE), requireParentSpan, systems };
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

/** The context inside of the span of a batch. */
function contextOf(batch: BatchTrace | undefined, batches: OperationRecorder<BatchTrace>): Context | undefined {
  const span = batch && batches.spanOf(batch);
  return span && trace.setSpan(context.active(), span);
}

/** Feeds a recorder, until what it returns is called and all that had begun has ended. */
function listen<M extends Message>(name: string, recorder: OperationRecorder<M>, store?: AsyncLocalStorage<M>) {
  const [start, asyncEnd] = [`tracing:${name}:start`, `tracing:${name}:asyncEnd`];
  let isDisabled = false;
  const begin = (message: unknown): void => recorder.begin(message as M);
  const end = (message: unknown): void => {
    recorder.end(message as M);
    if (isDisabled) leave();
  };
  const leave = (): void => {
    if (recorder.size > 0) return;
    unsubscribe(asyncEnd, end);
    if (store) channel(start).unbindStore(store);
  };
  if (store) channel(start).bindStore(store);
  subscribe(start, begin);
  subscribe(asyncEnd, end);
  return (): void => {
    isDisabled = true;
    unsubscribe(start, begin);
    leave();
  };
}
