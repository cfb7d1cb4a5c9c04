export { type Instrumented, type InstrumentOptions, instrument } from './instrument.ts';
export { KvInstrumentation, type KvInstrumentationConfig } from './kv-instrumentation.ts';
