import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

const PROGRAM = `
  import { spawn } from 'node:child_process';
  import { endWithUs } from ${JSON.stringify(new URL('./child-guard.ts', import.meta.url).href)};
  for (const seconds of ['1001', '1002']) {
    const child = spawn('sleep', [seconds], { stdio: 'ignore' });
    endWithUs(child);
    console.log(child.pid);
  }
  process.on('message', (how) => (how === 'exit' ? process.exit() : undefined));
`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function startProgram(): Promise<{ program: ReturnType<typeof spawn>; pids: number[] }> {
  const program = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', PROGRAM], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let text = '';
  for await (const chunk of program.stdout as NonNullable<typeof program.stdout>) {
    text += String(chunk);
    if (text.split('\n').length > 2) break;
  }
  return { program, pids: text.trim().split('\n').map(Number) };
}

test.each(['SIGKILL', 'SIGTERM', 'exit'] as const)('children end with a process that ends by %s', async (how) => {
  const { program, pids } = await startProgram();
  expect(pids.map(isAlive)).toEqual([true, true]);
  const ended = once(program, 'exit');
  if (how === 'exit') program.send(how);
  else program.kill(how);
  await ended;
  await Promise.all(pids.map(gone));
});
