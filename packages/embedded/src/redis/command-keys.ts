import { arg } from './command.ts';
import type { CommandInfo } from './command-table.ts';

/** Position of `numkeys` in commands whose keys are counted. */
const COUNTED: Readonly<Record<string, number>> = {
  lmpop: 1,
  blmpop: 2,
  zmpop: 1,
  bzmpop: 2,
  sintercard: 1,
  zintercard: 1,
  zunion: 1,
  zinter: 1,
  zdiff: 1,
  zunionstore: 2,
  zinterstore: 2,
  zdiffstore: 2,
  eval: 2,
  eval_ro: 2,
  evalsha: 2,
  evalsha_ro: 2,
  fcall: 2,
  fcall_ro: 2,
};

/** The keys in a whole command; undefined for a command that has none. */
export function keysOf({ name, firstKey, lastKey, step }: CommandInfo, words: readonly string[]): string[] | undefined {
  const at = COUNTED[name];
  if (at !== undefined) {
    const counted = words.slice(at + 1, at + 1 + Number(words[at]));
    return name.endsWith('store') ? [arg(words, 1), ...counted] : counted;
  }
  if (name === 'xread' || name === 'xreadgroup') return keysOfRead(words);
  if (firstKey === 0) return undefined;
  if (name === 'migrate') return keysOfMigrate(words);
  const last = lastKey < 0 ? words.length + lastKey : lastKey;
  const keys: string[] = [];
  for (let index = firstKey; index <= last; index += step) keys.push(arg(words, index));
  if (name === 'sort') {
    const store = words.findIndex((word) => word.toLowerCase() === 'store');
    if (store > 0 && words[store + 1] !== undefined) keys.push(words[store + 1] as string);
  }
  return keys;
}

/** The first half of what follows `STREAMS`. */
function keysOfRead(words: readonly string[]): string[] {
  const rest = words.slice(words.findIndex((word) => word.toUpperCase() === 'STREAMS') + 1);
  return rest.slice(0, Math.floor(rest.length / 2));
}

/** One key at its place, or, when that is empty, all behind `KEYS`. */
function keysOfMigrate(words: readonly string[]): string[] {
  const list = words.findIndex((word, i) => i > 5 && word.toUpperCase() === 'KEYS');
  return words[3] === '' && list > 0 ? words.slice(list + 1) : [arg(words, 3)];
}
