import { ok, strictEqual } from 'node:assert';
import { createRedis, isKvError, type Redis } from '@kv/redis';
import { get, set } from '@kv/redis/commands';

async function main(): Promise<void> {
  const redis: Redis = createRedis({ host: '127.0.0.1', port: 1 }, { timeout: 100 }); // nobody listens there
  const one: Promise<string | null> = redis.get('a');
  const two: Promise<['OK', string | null]> = redis.sendAll([set('a', 'b'), get('a')]);
  const bytes: Promise<Uint8Array | null> = redis.with({ bytes: true }).get('a');
  for (const { status, reason } of await Promise.allSettled([one, two, bytes]).then(rejections)) {
    strictEqual(status, 'rejected');
    ok(isKvError(reason));
  }
  await redis.close();
  strictEqual(redis.state, 'closed');
}

const rejections = (results: PromiseSettledResult<unknown>[]): PromiseRejectedResult[] =>
  results.filter((result) => result.status === 'rejected');

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
