// unstorage, as Nitro and Nuxt use it, with a part of it on a server: settings in memory, uploads on Gibson.
//
//   npm run example examples/storage.ts          (GIBSON_URL=gibson://localhost for a server of your own)
import { createGibson, keyValue } from '@kv/gibson';
import { kvDriver } from '@kv/unstorage';
import { createStorage, type StorageValue } from 'unstorage';

await using client = createGibson(process.env['GIBSON_URL'] ?? 'embedded:');
const storage = createStorage();
storage.mount('uploads', kvDriver(keyValue(client, { prefix: 'example-uploads:' }), { ttl: 3600 }));

await storage.setItem('settings:color', 'green');
await storage.setItems<StorageValue>([
  { key: 'uploads:1:name', value: 'cat.png' },
  { key: 'uploads:1:size', value: 3 },
]);
await storage.setItemRaw('uploads:1:bytes', Uint8Array.of(137, 80, 78));

console.log('keys of the upload:', (await storage.getKeys('uploads:1')).toSorted());
console.log('size:', await storage.getItem('uploads:1:size'));
console.log('bytes:', Uint8Array.from((await storage.getItemRaw<Uint8Array>('uploads:1:bytes')) ?? []));
const { ttl = 0 } = await storage.getMeta('uploads:1:name');
console.log('it ends within the hour:', ttl > 3000 && ttl <= 3602);
await storage.clear('uploads');
console.log('after clear:', await storage.getKeys());
