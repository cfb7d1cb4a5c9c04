// The result of a slow function, kept for a minute by cache-manager and Keyv: in this process and on a server. The same code
// runs on Redis, SSDB and Gibson, because the storage of Keyv needs a KeyValue and nothing else.
//
//   npm run example examples/cache-of-functions.ts
import { createGibson, keyValue as keyValueOfGibson } from '@kv/gibson';
import { Keyv5Store } from '@kv/keyv';
import { createRedis, keyValue } from '@kv/redis';
import { createSsdb, keyValue as keyValueOfSsdb } from '@kv/ssdb';
import { createCache } from 'cache-manager';
import Keyv from 'keyv';

const { REDIS_URL = 'embedded:', SSDB_URL = 'embedded:', GIBSON_URL = 'embedded:' } = process.env;
await using redis = createRedis(REDIS_URL);
await using ssdb = createSsdb(SSDB_URL);
await using gibson = createGibson(GIBSON_URL);

const servers = {
  Redis: keyValue(redis, { prefix: 'example-cache:' }),
  SSDB: keyValueOfSsdb(ssdb, { prefix: 'example-cache:' }),
  Gibson: keyValueOfGibson(gibson, { prefix: 'example-cache:' }),
};

for (const [name, kv] of Object.entries(servers)) {
  let runs = 0;
  const slow = async (): Promise<{ run: number }> => ({ run: ++runs });
  const nearAndFar = [new Keyv({ ttl: 5000 }), new Keyv({ store: new Keyv5Store(kv) })];
  const cache = createCache({ stores: nearAndFar, ttl: 60_000 });
  await cache.wrap('report', slow);
  await cache.wrap('report', slow);
  const other = createCache({ stores: [new Keyv({ store: new Keyv5Store(kv) })] }); // another process
  console.log(`${name}: the function ran ${runs} time; another process reads`, await other.get('report'));
  await cache.clear();
  console.log(`${name}: left after clear():`, await other.get('report'));
}
