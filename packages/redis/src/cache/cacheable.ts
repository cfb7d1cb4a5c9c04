import { type AnyCommand, Flag } from '@kv/core';

/** Reads of one key whose reply changes although the key does not, or depends on more than the key. */
const CHANGING: ReadonlySet<string> = new Set([
  'DUMP',
  'HPTTL',
  'HRANDFIELD',
  'HSCAN',
  'HTTL',
  'MEMORY USAGE',
  'OBJECT ENCODING',
  'OBJECT FREQ',
  'OBJECT IDLETIME',
  'OBJECT REFCOUNT',
  'PTTL',
  'SORT_RO',
  'SRANDMEMBER',
  'SSCAN',
  'TOUCH',
  'TTL',
  'XINFO CONSUMERS',
  'XINFO GROUPS',
  'XINFO STREAM',
  'XPENDING',
  'XREAD',
  'ZRANDMEMBER',
  'ZSCAN',
]);

/** What keeps a command from being kept, whatever else it is. */
const NEVER = Flag.blocking | Flag.opaque | Flag.unknownKeys;

/** Whether the reply to a command can be kept: it reads one key, and only a change of that key changes the reply. */
export function isCacheable({ spec: { name, keys }, args, flags }: AnyCommand): boolean {
  if ((flags & (Flag.read | NEVER)) !== Flag.read || CHANGING.has(name)) return false;
  if (keys === null || typeof keys === 'function' || keys.first !== 0) return false;
  return keys.last === 0 || (keys.last === -1 && args.length === 1);
}
