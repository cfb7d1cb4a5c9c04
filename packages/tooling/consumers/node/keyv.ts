import { Keyv5Store, KeyvStore } from '@kv/keyv';
import { createRedis, keyValue } from '@kv/redis';

async function main(): Promise<void> {
  const redis = createRedis('embedded:');
  const store = new KeyvStore(keyValue(redis, { prefix: 'cache:' }));
  store.namespace = 'n';
  await store.set('a', 'one', Date.now() + 60_000);
  const seen = [await store.get('a'), await new Keyv5Store(keyValue(redis)).get<string>('cache:n:a')];
  await redis.close();
  if (seen.join() !== 'one,one') throw new Error(`@kv/keyv: ${seen.join()}`);
}

void main();
