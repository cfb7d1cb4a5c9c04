/** No recorded reply may be forgotten: every command with an answer in the recording has its rows in `replies/`. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { recordedReplies } from './recorded-replies.ts';

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}

function namesIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name]) => (name as string).toUpperCase());
}

const listed = Object.keys(JSON.parse(read('./fixtures/commands.json')) as object).map((name) => name.toUpperCase());
const [, notOffered = ''] = read('../../../docs/backends/redis-commands.md').split('\n## ');
const elsewhere = new Set(
  notOffered
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => namesIn(line.split('|')[1] ?? '', /`([^`]+)`/g)),
);
const files = readdirSync(new URL('./replies/', import.meta.url));
const covered = new Set(
  files.flatMap((file) => {
    const [, set = ''] = /const COMMANDS = new Set\(\[([^\]]*)\]/.exec(read(`./replies/${file}`)) ?? [];
    return namesIn(set, /'([^']+)'/g);
  }),
);

/** DEBUG answers with whatever its subcommand likes; the typed command passes that on as it is. */
const raw = new Set(['DEBUG']);

test('every command with an answer in the recording is tested with it', () => {
  const answered = listed.filter((name) => recordedReplies(new Set([name])).size > 0);
  expect(answered.filter((name) => !covered.has(name) && !elsewhere.has(name) && !raw.has(name))).toEqual([]);
  expect(answered.length).toBeGreaterThan(300);
});
