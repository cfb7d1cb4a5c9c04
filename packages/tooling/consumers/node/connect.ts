import { KvStore } from '@kv/connect';
import { createGibson, keyValue } from '@kv/gibson';
import { Cookie } from 'express-session';

async function main(): Promise<void> {
  const gibson = createGibson('embedded:');
  const store = new KvStore(keyValue(gibson, { prefix: 'sess:' }));
  await store.set('1', { cookie: new Cookie() });
  const seen = [(await store.get('1'))?.cookie.path, await store.length()];
  await gibson.close();
  if (seen.join() !== '/,1') throw new Error(`@kv/connect: ${seen.join()}`);
}

void main();
