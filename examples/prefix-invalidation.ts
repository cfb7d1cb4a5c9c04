// A cache of rendered pages that is invalidated by prefix, which is what Gibson is made for: one command removes, counts or
// prolongs everything below a prefix, without knowing the keys. Keys go from general to specific.
//
//   npm run example examples/prefix-invalidation.ts          (GIBSON_URL=gibson://localhost for a server of your own)
import { createGibson } from '@kv/gibson';

const { GIBSON_URL = 'embedded:' } = process.env;
await using gibson = createGibson(GIBSON_URL, { keyPrefix: 'example-pages:' });

const products = Array.from({ length: 20 }, (_, i) => i + 1);
const languages = ['de', 'en', 'fr'];

/** A page from the cache, else rendered and kept for ten minutes. */
async function page(product: number, language: string): Promise<string> {
  const key = `product:${product}:${language}`;
  const known = await gibson.get(key);
  if (known !== null) return known;
  const html = `<h1>product ${product} (${language})</h1>`;
  await gibson.set(key, html, { ttl: 600 });
  return html;
}

await Promise.all(products.flatMap((product) => languages.map((language) => page(product, language))));
console.log('pages in the cache:', await gibson.count('product:'));

console.log('product 7 changed, pages removed:', await gibson.mdel('product:7:')); // with the colon: not product 70
console.log('below product:1, 10 to 19 included:', await gibson.count('product:1'));

console.log('quiet night, prolonged by an hour:', await gibson.mttl('product:', 3600));
console.log('a look at two of them:', [...(await gibson.mget('product:2:', { limit: 2 })).keys()]);

console.log('new design, everything removed:', await gibson.mdel('product:'));
