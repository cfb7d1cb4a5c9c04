import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('./hostile-streams.ts', import.meta.url));

// An array of V8 that grows beyond 112.8 million elements, or a full heap, ends the process: nothing can catch that.
test('a server that sends without an end costs one ProtocolError, not the process, within the default limits', async () => {
  const options = ['--max-old-space-size=2048', '--conditions=@kv/source', '--import', 'tsx', program];
  const { stdout } = await promisify(execFile)(process.execPath, options);
  const lines = stdout.trim().split('\n');
  expect(lines).toHaveLength(8);
  for (const line of lines) expect(line).toMatch(/: ProtocolError, the neighbor reads OK$/);
}, 180_000);
