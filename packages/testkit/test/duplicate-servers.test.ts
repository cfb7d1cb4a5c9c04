/** `duplicate()` of clients and pools of several servers. */
import * as gibson from '@kv/gibson';
import * as ssdb from '@kv/ssdb';
import { expect, test } from 'vitest';

const servers = ['one', 'two', 'three'].map((name) => ({ name, address: 'embedded:' }));
const keys = Array.from({ length: 20 }, (_, i) => `key ${i}`.replace(' ', '-'));

const clients = [
  ['SSDB', () => ssdb.createSsdb(servers)],
  ['Gibson', () => gibson.createGibson(servers)],
] as const;

test.each(clients)('a duplicate of a client of several servers of %s reaches the same ones', async (_, create) => {
  await using client = create();
  for (const key of keys) await client.set(key, 'v');
  await using twin = client.duplicate();
  expect(twin.nodes().map(({ name }) => name)).toEqual(['one', 'two', 'three']);
  for (const key of keys) expect(await twin.get(key)).toBe('v');
});

test.each(clients)('a view of one server of %s has no duplicates', async (_, create) => {
  await using client = create();
  const [node] = client.nodes();
  expect(() => node?.client.duplicate()).toThrow(
    'duplicate: expected a client or pool, not a view of one of its servers',
  );
});

test('a duplicate of a pool of several servers has its bounds', async () => {
  await using pool = await gibson.createPool(servers, { minSize: 1, maxSize: 4 });
  await using twin = await pool.duplicate({ maxSize: 2 });
  expect([twin.nodes().length, twin.minSize, twin.maxSize]).toEqual([3, 1, 2]);
});
