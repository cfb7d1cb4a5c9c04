import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { type Instrumented, type InstrumentOptions, instrument, SCOPE } from './instrument.ts';

/** Options of {@link KvInstrumentation}. */
export interface KvInstrumentationConfig extends Omit<InstrumentOptions, 'tracerProvider' | 'meterProvider'> {
  /**
   * Whether it begins at once.
   * @default true
   */
  enabled?: boolean;
}

/**
 * {@link instrument} in the shape that `registerInstrumentations()` and `NodeSDK` take, which give it their providers.
 *
 * @example
 * ```ts
 * import { KvInstrumentation } from '@kv/opentelemetry';
 *
 * const instrumentations = [new KvInstrumentation({ requireParentSpan: true })]; // for new NodeSDK({ instrumentations })
 * ```
 */
export class KvInstrumentation {
  /** The name of tracer and meter. */
  readonly instrumentationName: string = SCOPE;
  /** Not told. */
  readonly instrumentationVersion: string = '';
  #config: KvInstrumentationConfig;
  #providers: Pick<InstrumentOptions, 'tracerProvider' | 'meterProvider'> = {};
  #running: Instrumented | undefined;

  constructor(config: KvInstrumentationConfig = {}) {
    this.#config = { enabled: true, ...config };
    if (this.#config.enabled) this.enable();
  }

  /** Begins, if it has not begun. */
  enable(): void {
    this.#running ??= instrument({ ...this.#config, ...this.#providers });
  }

  /** Ends. Calls that have not ended have no span; with `batchCommands` the span of a batch that has not ended ends now. */
  disable(): void {
    this.#running?.disable();
    this.#running = undefined;
  }

  /** Takes a provider of spans for the calls that end from now on. */
  setTracerProvider(tracerProvider: TracerProvider): void {
    this.#providers = { ...this.#providers, tracerProvider };
    this.#restart();
  }

  /** Takes a provider of metrics for the calls that end from now on. */
  setMeterProvider(meterProvider: MeterProvider): void {
    this.#providers = { ...this.#providers, meterProvider };
    this.#restart();
  }

  /** Replaces the options. They hold for the calls that end from now on; `enabled` changes nothing here. */
  setConfig(config: KvInstrumentationConfig): void {
    this.#config = { enabled: true, ...config };
    this.#restart();
  }

  /** The options. */
  getConfig(): KvInstrumentationConfig {
    return this.#config;
  }

  #restart(): void {
    if (this.#running === undefined) return;
    this.disable();
    this.enable();
  }
}
