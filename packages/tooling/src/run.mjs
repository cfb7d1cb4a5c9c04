// Runs a program in the foreground. Plain Node, no dependencies.
import { spawnSync } from 'node:child_process';
import process from 'node:process';

/** Runs `file`, its output shown; ends this process with its status when it fails. */
export function run(title, file, args, options = {}) {
  console.log(`> ${title}`);
  const { status, error } = spawnSync(file, args, { stdio: 'inherit', ...options });
  if (error) fail(`${file}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

/** Prints one line and ends this process as failed. */
export function fail(line) {
  console.error(line);
  process.exit(1);
}
