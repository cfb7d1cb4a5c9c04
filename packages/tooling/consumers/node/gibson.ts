import { ok, strictEqual } from 'node:assert';
import { createGibson, type Gibson, isKvError } from '@kv/gibson';

async function main(): Promise<void> {
  const gibson: Gibson = createGibson('embedded:'); // loads the optional peer
  await gibson.set('a', 'b', { ttl: 60 });
  const value: string | null = await gibson.get('a');
  strictEqual(value, 'b');
  const refused: unknown = await gibson.get('a b').catch((error: unknown) => error);
  ok(isKvError(refused) && refused.code === 'ARGUMENT');
  await gibson.close();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
