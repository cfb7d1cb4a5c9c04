import { createRedis } from '@kv/redis';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { KvInstrumentation } from '../src/index.ts';
import { Telemetry } from './telemetry.ts';

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = new Telemetry();
});
afterEach(() => telemetry[Symbol.dispose]());

/** One command of a client of its own. */
async function call(): Promise<void> {
  await using redis = createRedis('embedded:');
  await redis.get('a');
}

it('the class is registered like other instrumentations, uses their providers, and is unloaded with them', async () => {
  const instrumentation = new KvInstrumentation();
  const unload = registerInstrumentations({ ...telemetry.providers, instrumentations: [instrumentation] });
  await call();
  unload();
  await call();
  expect(telemetry.named('GET')).toHaveLength(1);
  const points = await telemetry.points('db.client.operation.duration');
  expect(points.map(({ value }) => value.count)).toEqual([1]);
});

it('an instrumentation begins when it is enabled, once', async () => {
  const instrumentation = new KvInstrumentation({ enabled: false });
  instrumentation.setTracerProvider(telemetry.providers.tracerProvider);
  await call();
  expect(telemetry.spans).toEqual([]);
  instrumentation.enable();
  instrumentation.enable();
  await call();
  instrumentation.disable();
  expect(telemetry.named('GET')).toHaveLength(1);
});

it('new options hold for the calls that end from then on', async () => {
  const instrumentation = new KvInstrumentation();
  instrumentation.setTracerProvider(telemetry.providers.tracerProvider);
  instrumentation.setConfig({ requireParentSpan: true });
  await call();
  await telemetry.run('caller', call);
  instrumentation.disable();
  expect(telemetry.named('GET').map((span) => telemetry.parentOf(span))).toEqual(['caller']);
  expect(instrumentation.getConfig()).toEqual({ enabled: true, requireParentSpan: true });
});
