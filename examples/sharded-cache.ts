// A cache on three SSDB servers: where keys lie, what becomes of calls when one server is away, and a fourth server that is
// added with a copy by iterator, without a miss afterwards. Gibson servers work the same way with createGibson().
//
//   npm run example examples/sharded-cache.ts
//   SSDB_URLS=ssdb://h1,ssdb://h2,ssdb://h3,ssdb://h4 for servers of your own; the last one is added later
import { startEmbedded } from '@kv/embedded';
import { createSsdb, type Ssdb, type SsdbServer } from '@kv/ssdb';

const PREFIX = 'kv-example:';
const { SSDB_URLS } = process.env;
const embedded =
  SSDB_URLS === undefined ? await Promise.all([1, 2, 3, 4].map(() => startEmbedded({ ssdb: true }))) : [];
const addresses = SSDB_URLS?.split(',') ?? embedded.map(({ ssdb }) => ssdb.address);

/** Names, so that an address may change without moving a key. */
const servers: SsdbServer[] = addresses.map((address, i) => ({ address, name: `cache-${i + 1}` }));
await using before = createSsdb(servers.slice(0, -1));
await using after = createSsdb(servers);

/** Every key of ours, with the time it has left, to wherever the new list says. What is there already is newer. */
async function copy(from: Ssdb, to: Ssdb): Promise<number> {
  let copied = 0;
  for await (const [key, value] of from.scanIterator({ prefix: PREFIX })) {
    if (!(await to.setnx(key, value))) continue;
    copied++;
    const ttl = await from.ttl(key);
    if (ttl > 0) await to.expire(key, ttl);
  }
  return copied;
}

/** The copies that the new list does not look for any more. */
async function clean(): Promise<number> {
  let removed = 0;
  const added = after.nodes().at(-1)?.client as Ssdb;
  for await (const key of added.keysIterator({ prefix: PREFIX })) removed += await before.multiDel(key);
  return removed;
}

async function share(client: Ssdb): Promise<string> {
  const counts = client.nodes().map(async (node) => `${node.name}: ${(await keysOf(node.client)).length}`);
  return (await Promise.all(counts)).join(', ');
}

async function keysOf(client: Ssdb): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of client.keysIterator({ prefix: PREFIX })) keys.push(key);
  return keys;
}

const names = Array.from({ length: 1000 }, (_, i) => `${PREFIX}page:${i}`);
await before.multiSet(names.map((name): [string, string] => [name, `content of ${name}`]));
console.log('three servers:', await share(before));

const missing = names.length - (await after.multiGet(names)).size;
console.log(`with a fourth one ${missing} of ${names.length} would be misses; copied: ${await copy(before, after)}`);
console.log(`misses now: ${names.length - (await after.multiGet(names)).size}; old copies removed: ${await clean()}`);
console.log('four servers:', await share(after));

await after.multiDel(names);
await Promise.all(embedded.map((server) => server.close()));
