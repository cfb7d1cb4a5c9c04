import { spawn } from 'node:child_process';

/** What a child printed and used. */
export interface ChildOutput {
  readonly stdout: string;
  /** Seconds from start to end. */
  readonly seconds: number;
}

/** Runs a program to its end; rejects with its last words when it fails or takes longer than `timeout` seconds. */
export function runChild(
  program: string,
  args: readonly string[],
  timeout: number,
  cwd?: string,
): Promise<ChildOutput> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd });
    const timer = setTimeout(() => child.kill('SIGKILL'), timeout * 1000);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-2000);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve({ stdout, seconds: (performance.now() - start) / 1000 });
      else reject(new Error(`${program} ended with ${signal ?? code}: ${lastLine(stderr)}`));
    });
  });
}

/** The JSON in the last line that a child printed: libraries may have logged before. */
export function printedJson({ stdout }: ChildOutput): unknown {
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

/** The line of a stack trace that says what happened. */
function lastLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.find((line) => /Error\b.*:/.test(line)) ?? lines.findLast((line) => line !== '') ?? 'no message';
}
