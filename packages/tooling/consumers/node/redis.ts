import { ok, strictEqual } from 'node:assert';
import { type Command, createRedis, isKvError, Redis } from '@kv/redis';
import { get, set } from '@kv/redis/commands';

/** Notes what the methods of a client send. */
class Noting extends Redis {
  sent?: Command<unknown>;

  protected override run<T>(command: Command<T, string>): Promise<T> {
    this.sent = command;
    return super.run(command);
  }
}

/** The method and the function of a command come from different entries of the package, but are the same code. */
async function sharesCode(): Promise<void> {
  const redis = createRedis({ host: '127.0.0.1', port: 1 }, { timeout: 100, client: Noting });
  await redis.get('a').catch(() => undefined);
  strictEqual(redis.sent?.spec, get('a').spec);
  await redis.close();
}

async function main(): Promise<void> {
  await sharesCode();
  const redis: Redis = createRedis({ host: '127.0.0.1', port: 1 }, { timeout: 100 }); // no one listens there
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
