/** What all tests of BullMQ need: the sources beside them, and a server on a port of its own. */
import { cpSync, rmSync } from 'node:fs';
import { startRedis } from '@kv/testkit/redis-server';

/** The package of the same version in place of the sources: `src` for the tests, `dist` for processes that they start. */
function placeSources(): void {
  for (const [from, to] of [
    ['esm', 'src'],
    ['', 'dist'],
  ] as const)
    cpSync(new URL(`node_modules/bullmq/dist/${from}`, import.meta.url), new URL(to, import.meta.url), {
      recursive: true,
    });
  for (const name of ['main', 'main-worker']) rmSync(new URL(`src/classes/${name}.js`, import.meta.url)); // as in their sources
}

/** Starts the server, and gives what ends it. */
export async function setup(): Promise<() => Promise<void>> {
  placeSources();
  const server = await startRedis({ args: ['--maxmemory-policy', 'noeviction'] });
  process.env.REDIS_HOST = server.host;
  process.env.REDIS_PORT = String(server.port);
  return () => server.stop();
}
