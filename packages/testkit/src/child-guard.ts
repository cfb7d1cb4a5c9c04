import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/** Keeps the ids it was told last, and kills those processes when its input ends, which is when the writer is gone. */
const SCRIPT = 'while read -r pids; do alive=$pids; done; [ -z "$alive" ] || kill -9 $alive';

const children = new Set<ChildProcess>();
let guard: Writable | undefined;

/**
 * Ends a child with this process, however this process ends: an orderly exit kills it, and after a crash or SIGKILL a
 * small shell does, which watches a pipe of ours. Windows has no such shell; there only the orderly exit counts.
 */
export function endWithUs(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (children.size === 0) process.once('exit', killAll);
  children.add(child);
  child.once('exit', () => {
    children.delete(child);
    if (children.size === 0) process.off('exit', killAll);
    tell();
  });
  tell();
}

function killAll(): void {
  for (const child of children) child.kill('SIGKILL');
}

function tell(): void {
  guard ??= startGuard();
  guard?.write(`${[...children].map(({ pid }) => pid).join(' ')}\n`);
}

/** Of a session of its own, so that Ctrl-C does not end it before us; it does not keep this process alive. */
function startGuard(): Writable | undefined {
  if (process.platform === 'win32') return undefined;
  const shell = spawn('sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  shell.on('error', () => {}); // no shell here: the orderly exit must do
  shell.stdin.on('error', () => {});
  shell.unref();
  (shell.stdin as Writable & { unref?(): void }).unref?.();
  return shell.stdin;
}
