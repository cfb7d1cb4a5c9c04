import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { createSsdb, isKvError, type Ssdb } from '@kv/ssdb';
import { get, set } from '@kv/ssdb/commands';

async function main(): Promise<void> {
  const ssdb: Ssdb = createSsdb('embedded:'); // loads the optional peer
  await ssdb.set('a', 'b');
  const value: string | null = await ssdb.get('a');
  strictEqual(value, 'b');
  const results: [boolean, string | null] = await ssdb.sendAll([set('a', 'c'), get('a')]);
  deepStrictEqual(results, [true, 'c']);
  const scores: number | null = await ssdb.zget('ranking', 'nobody');
  strictEqual(scores, null);
  const refused: unknown = await ssdb.get('').catch((error: unknown) => error);
  ok(isKvError(refused) && refused.code === 'ARGUMENT');
  await ssdb.close();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
