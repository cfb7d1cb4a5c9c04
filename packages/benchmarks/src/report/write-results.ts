import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../../results/', import.meta.url);

/** Writes a file of results/: text as it is, anything else as JSON. */
export function writeResults(file: string, content: unknown): void {
  mkdirSync(folder, { recursive: true });
  const text = typeof content === 'string' ? content : `${JSON.stringify(content, null, 1)}\n`;
  writeFileSync(new URL(file, folder), text);
}

/** Reads JSON of results/. */
export function readResults(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
}
