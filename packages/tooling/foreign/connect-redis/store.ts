/** Our store in the shape of connect-redis: its constructor, and the fields that its first test reads. */
import { KvStore } from '@kv/connect';
import { keyValue, type Redis } from '@kv/redis';

const DAY = 86_400;

/** As connect-redis has it. */
export class RedisStore extends KvStore {
  readonly client: { readonly redis: Redis };
  readonly prefix = 'sess:';
  readonly ttl = DAY;
  readonly scanCount = 100;
  readonly serializer = JSON;
  readonly disableTouch = false;
  readonly disableTTL = false;

  constructor({ client }: { client: { readonly redis: Redis } }) {
    super(keyValue(client.redis, { prefix: 'sess:' }), { ttl: DAY * 1000 });
    this.client = client;
  }
}
