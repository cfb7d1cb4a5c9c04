import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './published-entries.ts';

const OPTION = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*readonly (\w+)\?:/g;
const DEFAULT_IN_PROSE = /(?<!`)\bdefault(?:s to|:)? ?(?:`|'|\d|true\b|false\b|none\b)|\((?:the )?default\)/i;

/** Options whose comment names a default in its prose instead of with `@default`, as `file:line name`. */
export function defaultsInProse(file: string, source: string): string[] {
  return [...source.matchAll(OPTION)].flatMap(({ 0: all, 1: comment = '', 2: name, index }) => {
    const prose = comment.replaceAll(/@default .*/g, '');
    if (!DEFAULT_IN_PROSE.test(prose)) return [];
    const line = source.slice(0, index + all.length).split('\n').length;
    return [`${file}:${line} ${name}`];
  });
}

/** The same for files of the repository. */
export function defaultsInProseOf(files: readonly string[]): string[] {
  return files.flatMap((file) => defaultsInProse(file, readFileSync(join(repository, file), 'utf8')));
}
