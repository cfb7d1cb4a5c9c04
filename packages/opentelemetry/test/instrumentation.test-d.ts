import type { Instrumentation } from '@opentelemetry/instrumentation';
import { expectTypeOf, it } from 'vitest';
import { instrument, KvInstrumentation } from '../src/index.ts';

it('the class has the shape that registerInstrumentations takes', () => {
  expectTypeOf<KvInstrumentation>().toExtend<Instrumentation>();
  expectTypeOf(new KvInstrumentation({ batchCommands: true }).getConfig().enabled).toEqualTypeOf<boolean | undefined>();
});

it('what is instrumented can be undone by using', () => {
  expectTypeOf(instrument({ systems: { redis: 'valkey' } })).toExtend<Disposable>();
});
