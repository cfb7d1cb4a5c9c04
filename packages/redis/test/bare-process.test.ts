import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startRedis } from '@kv/testkit/redis-server';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('./bare-process.ts', import.meta.url));

// Without an `error` listener an ordinary disconnect ended the process (node-redis#2302).
it('pain 5: a process without any listener outlives its server, works again, and ends by itself', async () => {
  await using server = await startRedis();
  const child = spawn(process.execPath, [
    ...['--conditions=@kv/source', '--import', 'tsx', program],
    String(server.port),
  ]);
  let said = '';
  let errors = '';
  child.stdout.on('data', (bytes) => {
    said += bytes;
  });
  child.stderr.on('data', (bytes) => {
    errors += bytes;
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const says = async (what: RegExp): Promise<void> => {
    said = '';
    while (!what.test(said)) {
      await Promise.race([
        once(child.stdout, 'data'),
        ended.then(() => Promise.reject(new Error(`it ended: ${errors}`))),
      ]);
    }
  };
  try {
    await says(/PONG/);
    for (let round = 0; round < 2; round++) {
      await server.kill();
      await says(/TIMEOUT/);
      await server.start();
      await says(/PONG/);
    }
    child.stdin.end();
    expect([await ended, errors]).toEqual([0, '']);
  } finally {
    child.kill();
  }
});
