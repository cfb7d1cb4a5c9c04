import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../../results/', import.meta.url);

/** Writes a file of results/: text as it is, anything else as JSON. */
export function writeResults(file: string, content: unknown): void {
  mkdirSync(folder, { recursive: true });
  const text = typeof content === 'string' ? content : `${JSON.stringify(content, null, 1)}\n`;
  writeFileSync(new URL(file, folder), text);
}

/** Reads JSON of results/; `undefined` when there is no such file. */
export function readResults(file: string): unknown {
  const path = new URL(file, folder);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}
