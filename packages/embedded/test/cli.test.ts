import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startEmbedded } from '../src/index.ts';
import { RawClient } from './raw-client.ts';

const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));

/** Runs the command from its sources. */
function run(...words: string[]) {
  const child = spawn(process.execPath, ['--conditions=@kv/source', '--import', 'tsx', cli, ...words]);
  const output = { text: '', errors: '' };
  child.stdout.on('data', (bytes) => {
    output.text += bytes;
  });
  child.stderr.on('data', (bytes) => {
    output.errors += bytes;
  });
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const says = async (word: string): Promise<void> => {
    while (!output.text.includes(word)) {
      await Promise.race([once(child.stdout, 'data'), exit.then(() => Promise.reject(new Error(output.errors)))]);
    }
  };
  return { child, output, exit, says };
}

test.each(['SIGINT', 'SIGTERM'] as const)('serves until %s, then ends cleanly', async (signal) => {
  const { child, output, exit, says } = run('--redis', '0');
  await says('ready');
  const port = Number(/redis:\/\/127\.0\.0\.1:([0-9]+)/.exec(output.text)?.[1]);
  const client = await RawClient.open({ host: '127.0.0.1', port });
  client.write(Buffer.from('PING\r\n'));
  expect((await client.read(7)).toString()).toBe('+PONG\r\n');
  child.kill(signal);
  expect(await exit).toBe(0);
  expect(output.text.trim().split('\n').at(-1)).toBe('stopped');
  await client.readToEnd();
});

test('says in one line what is wrong', async () => {
  await using taken = await startEmbedded({ redis: { port: 0 } });
  const { output, exit } = run('--redis', String(taken.redis.port));
  expect(await exit).toBe(1);
  expect(output.errors).toMatch(/^kv-embedded: listen EADDRINUSE[^\n]*\n$/);
});
