import { createSsdb, keyValue } from '@kv/ssdb';
import { type KvDriver, kvDriver } from '@kv/unstorage';

async function main(): Promise<void> {
  const ssdb = createSsdb('embedded:');
  const driver: KvDriver = kvDriver(keyValue(ssdb, { prefix: 'storage:' }), { ttl: 60 });
  await driver.setItem('a:b', 'one');
  const seen = [await driver.getItem('a:b'), ...(await driver.getKeys('a:'))];
  await ssdb.close();
  if (seen.join() !== 'one,a:b') throw new Error(`@kv/unstorage: ${seen.join()}`);
}

void main();
