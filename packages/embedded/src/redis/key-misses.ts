import { keysOf } from './command-keys.ts';
import type { CommandInfo } from './command-table.ts';

/** Commands that write and look at keys first, with those keys; the others that write tell of no key that is missing. */
const LOOKING: Readonly<Record<string, (words: readonly string[], keys: readonly string[]) => readonly string[]>> = {
  bitop: (_, keys) => keys.slice(1),
  copy: (_, keys) => keys.slice(0, 1),
  getdel: (_, keys) => keys,
  getex: (_, keys) => keys,
  getset: (_, keys) => keys,
  set: (words, keys) => (has(words, 3, 'GET') ? keys : []),
  bitfield: (words, keys) => (has(words, 2, 'SET') || has(words, 2, 'INCRBY') ? [] : keys),
  sort: (_, keys) => keys.slice(0, 1),
  sdiffstore: (_, keys) => keys.slice(1),
  sinterstore: (_, keys) => keys.slice(1),
  sunionstore: (_, keys) => keys.slice(1),
  zdiffstore: (_, keys) => keys.slice(1),
  zinterstore: (_, keys) => keys.slice(1),
  zunionstore: (_, keys) => keys.slice(1),
  zrangestore: (_, keys) => keys.slice(1),
  xack: (_, keys) => keys,
  xautoclaim: (_, keys) => keys,
  xclaim: (_, keys) => keys,
  xreadgroup: (_, keys) => keys,
};

function has(words: readonly string[], from: number, option: string): boolean {
  return words.some((word, index) => index >= from && word.toUpperCase() === option);
}

/** The keys that a command looks at without changing them, as often as it does. */
export function keysLookedAt(info: CommandInfo, words: readonly string[]): readonly string[] {
  const keys = keysOf(info, words) ?? [];
  if (info.name === 'xread') return [...keys, ...keys];
  if (info.name.startsWith('object|') || /^(eval|fcall)/.test(info.name)) return [];
  return info.flags.includes('readonly') ? keys : (LOOKING[info.name]?.(words, keys) ?? []);
}
