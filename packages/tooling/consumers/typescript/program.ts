import { startEmbedded } from '@kv/embedded';
import { createGibson } from '@kv/gibson';
import { createRedis, isKvError } from '@kv/redis';
import { get, incr, set } from '@kv/redis/commands';
import { createSsdb } from '@kv/ssdb';

interface User {
  name: string;
  born: number;
}

// Exported without types of their own: the declarations of this file name those of the packages.
export const servers = await startEmbedded({ redis: true, ssdb: true, gibson: true });
export const redis = createRedis(servers.redis.address, { timeout: 1000 });
export const ssdb = createSsdb('embedded:');
export const gibson = createGibson({ host: 'localhost', port: 10128 });
export const bytes = redis.with({ bytes: true });
export const both = await redis.sendAll([set('a', 1), get('a'), incr('a')]);
export const one = get('a');
export const users = await redis.hgetall('user:1');
const ada: User = { name: 'Ada', born: 1815 };
export const written = await Promise.all([redis.hset('user:1', ada), ssdb.multiHset('user:1', ada)]);

export async function visits(page: string) {
  await using session = await redis.session();
  await session.watch(page);
  try {
    return await session.multi().execute();
  } catch (error) {
    return isKvError(error) ? error.code : undefined;
  }
}
