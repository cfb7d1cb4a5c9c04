import { type AnyCommand, type Arg, Flag, keyPositions } from '@kv/core';

/** They change keys without naming them. */
const CHANGES_ALL: ReadonlySet<string> = new Set(['FLUSHALL', 'FLUSHDB', 'SWAPDB', 'DEBUG', 'REPLICAOF', 'SLAVEOF']);

/** What a command may change: its keys, or everything. Undefined: nothing. */
export function changedKeys({ spec, args, flags }: AnyCommand): readonly Arg[] | 'all' | undefined {
  if ((flags & Flag.read) !== 0) return undefined;
  if (CHANGES_ALL.has(spec.name) || (flags & Flag.unknownKeys) !== 0) return 'all';
  const keys = keyPositions(spec.keys, args).flatMap((at) => args[at] ?? []);
  if (keys.length > 0) return keys;
  return (flags & Flag.opaque) !== 0 ? 'all' : undefined;
}
