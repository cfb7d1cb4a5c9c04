import DefaultRedis, { Redis } from '@kv/ioredis';

async function main(): Promise<void> {
  const redis = new Redis({ address: 'embedded:' });
  await redis.set('a', 1, 'EX', 60);
  const results = await redis.pipeline().incr('a').get('a').exec();
  const seen = [await redis.get('a'), results?.length, DefaultRedis === Redis];
  await redis.quit();
  if (seen.join() !== '2,2,true') throw new Error(`@kv/ioredis: ${seen.join()}`);
}

void main();
