/** The few calls of node-redis that the test of connect-redis makes, on our client. */
import { createRedis, type Redis } from '@kv/redis';

class Client {
  readonly redis: Redis;

  constructor(url: string) {
    this.redis = createRedis(url);
  }

  connect(): Promise<unknown> {
    return this.redis.connect();
  }

  ttl(key: string): Promise<number> {
    return this.redis.ttl(key);
  }

  destroy(): void {
    void this.redis.close();
  }
}

/** As node-redis has it. */
export function createClient({ url }: { url: string }): Client {
  return new Client(url);
}
