// Runs a program in the foreground. Plain Node, no dependencies.
import { spawnSync } from 'node:child_process';
import process from 'node:process';

/** Runs `file`, its output shown, if `quiet` only when it fails; then this process ends with the same status. */
export function run(title, file, args, { quiet = false, ...options } = {}) {
  console.log(`> ${title}`);
  const stdio = quiet ? { stdio: 'pipe', maxBuffer: Number.POSITIVE_INFINITY } : { stdio: 'inherit' };
  const { status, error, stdout, stderr } = spawnSync(file, args, { ...stdio, ...options });
  if (error) fail(`${file}: ${error.message}`);
  if (status === 0) return;
  if (quiet) process.stderr.write(`${stdout}${stderr}`);
  process.exit(status ?? 1);
}

/** Prints one line and ends this process as failed. */
export function fail(line) {
  console.error(line);
  process.exit(1);
}
