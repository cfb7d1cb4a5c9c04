import { instrument, KvInstrumentation } from '@kv/opentelemetry';
import { createRedis } from '@kv/redis';

async function main(): Promise<void> {
  const instrumented = instrument({ requireParentSpan: true });
  const redis = createRedis('embedded:');
  await redis.set('a', 'one');
  const seen = [await redis.get('a'), new KvInstrumentation({ enabled: false }).instrumentationName];
  await redis.close();
  instrumented.disable();
  if (seen.join() !== 'one,@kv/opentelemetry') throw new Error(`@kv/opentelemetry: ${seen.join()}`);
}

void main();
