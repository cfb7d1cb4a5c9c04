import { createRedis, type Redis } from '@kv/redis';
import { set } from '@kv/redis/commands';
import { keysOf, type Operation, storedUnder } from '../src/model-plan.ts';
import type { RedisServer } from '../src/redis-server.ts';
import { type Backend, type Backends, impatient } from './proxied-session.ts';

class RedisBackend implements Backend {
  readonly #redis: Redis;

  constructor(port: number, keyPrefix: string) {
    this.#redis = createRedis(`redis://127.0.0.1:${port}`, { ...impatient, keyPrefix });
  }

  async call(operation: Operation, timeout?: number): Promise<string | number | bigint | null> {
    const redis = timeout === undefined ? this.#redis : this.#redis.with({ timeout });
    const keys = keysOf(operation);
    const [first = ''] = keys;
    switch (operation.kind) {
      case 'read':
        return redis.get(first);
      case 'increment':
        return redis.incr(first);
      case 'write':
        return String(await redis.set(first, storedUnder(first, operation.size)));
      case 'transaction': {
        const transaction = redis.multi();
        for (const key of keys) void transaction.send(set(key, storedUnder(key, operation.size)));
        await transaction.execute();
        return 'OK';
      }
      default:
        return null;
    }
  }

  close(): Promise<void> {
    return this.#redis.close();
  }
}

/** Clients of a real Redis. `direct` reads past the faults. */
export function redisBackends(server: RedisServer, direct: Redis): Backends {
  return {
    target: server,
    open: (port, prefix) => new RedisBackend(port, prefix),
    inspect: (keys) => direct.mget([...keys]),
  };
}
