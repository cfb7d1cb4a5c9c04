import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs a program that uses the sources; ends with its exit code and what it printed. */
export function runProgram(program: string): {
  says(word: string): Promise<void>;
  readonly end: Promise<[number, string]>;
} {
  const child = spawn(
    process.execPath,
    ['--conditions=@kv/source', '--import', 'tsx', '--input-type=module', '-e', program],
    { cwd: import.meta.dirname },
  );
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Uint8Array) => {
      text += String(bytes);
    });
  }
  const end = once(child, 'close').then(([code]): [number, string] => [Number(code), text.trim()]);
  const says = async (word: string): Promise<void> => {
    const ended = end.then(() => Promise.reject(new Error(`it ended before it said ${word}: ${text}`)));
    while (!text.includes(word)) await Promise.race([once(child.stdout, 'data'), ended]);
    ended.catch(() => undefined);
  };
  return { says, end };
}
