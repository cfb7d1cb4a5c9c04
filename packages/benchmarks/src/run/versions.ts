import { existsSync, readFileSync } from 'node:fs';
import { runChild } from './child-process.ts';

/** Folder of the repository, with a slash at the end. */
export const repository: string = new URL('../../../../', import.meta.url).pathname;

/** Version of an installed npm package. */
export function packageVersion(name: string): string {
  const file = `${repository}node_modules/${name}/package.json`;
  if (!existsSync(file)) return 'not installed';
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** What a program prints for `--version`. */
export async function programVersion(program: string): Promise<string> {
  try {
    return (await runChild(program, ['--version'], 10)).stdout.trim();
  } catch {
    return 'not installed';
  }
}
