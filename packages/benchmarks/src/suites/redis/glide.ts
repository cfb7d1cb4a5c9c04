import { Decoder, GlideClient } from '@valkey/valkey-glide';
import type { OpenOptions } from '../../suite.ts';
import type { RedisClient } from './redis-client.ts';

/** valkey-glide: a Rust core behind a socket. */
export async function open({ host, port, bytes }: OpenOptions): Promise<RedisClient> {
  const glide = await GlideClient.createClient({
    addresses: [{ host, port }],
    requestTimeout: 10_000,
    inflightRequestsLimit: 2000,
    defaultDecoder: bytes ? Decoder.Bytes : Decoder.String,
  });
  return {
    get: (key) => glide.get(key),
    set: (key, value) => glide.set(key, value),
    mget: (keys) => glide.mget(keys),
    lrange: (key, start, stop) => glide.lrange(key, start, stop),
    hgetall: (key) => glide.hgetall(key),
    close: () => glide.close(),
  };
}
