/** A prefix before every key and name, taken off where they come back. */
import {
  type AnyCommand,
  type Arg,
  ArgumentError,
  bytesFrom,
  type Command,
  Flag,
  joinArgs,
  keyPositions,
  withArgs,
} from '@kv/core';
import { type Reply, utf8Length } from '@kv/ssdb-parser';
import { MAX_KEY_BYTES } from '../commands/support/arguments.ts';

/** Ranges over keys or names: the bounds are the first two arguments. */
const ASCENDING: ReadonlySet<string> = new Set(['scan', 'keys', 'hlist', 'zlist', 'qlist']);
const DESCENDING: ReadonlySet<string> = new Set(['rscan', 'rkeys', 'hrlist', 'zrlist', 'qrlist']);

/** How many blocks of the reply belong to one entry, for the commands in whose replies keys come back (always first). */
const ENTRY_SIZE: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    ['keys', 'rkeys', 'hlist', 'hrlist', 'zlist', 'zrlist', 'qlist', 'qrlist'].map((name) => [name, 1]),
  ),
  ...Object.fromEntries(
    ['scan', 'rscan', 'multi_get', 'multi_exists', 'multi_hsize', 'multi_zsize'].map((name) => [name, 2]),
  ),
};

const encoder = new TextEncoder();

/** The same command with the prefix. @throws ArgumentError when a key becomes too long with it, or keys are not known */
export function prefixed<T, V>(command: Command<T, V>, prefix: string | undefined): Command<T, V> {
  if (prefix === undefined || prefix === '') return command;
  const { spec, flags } = command;
  if ((flags & Flag.unknownKeys) !== 0) throw unknownKeys(spec.name);
  const args = [...command.args];
  if (ASCENDING.has(spec.name) || DESCENDING.has(spec.name)) prefixBounds(spec.name, args, prefix);
  else for (const at of keyPositions(spec.keys, args)) args[at] = checked(joinArgs(prefix, args[at] as Arg));
  const size = ENTRY_SIZE[spec.name];
  if (size === undefined) return withArgs(command, args);
  const reply = (raw: unknown, self: AnyCommand): T => command.reply(stripped(raw as Reply, size, prefix), self);
  return withArgs(command, args, reply);
}

/** An open side becomes the border of what begins with the prefix; a key that is nothing but the prefix stays out. */
function prefixBounds(name: string, args: Arg[], prefix: string): void {
  const [start = '', end = ''] = args;
  const low = (bound: Arg, open: string): Arg => joinArgs(prefix, bound.length === 0 ? open : bound);
  const high = (bound: Arg): Arg => (bound.length === 0 ? lastWith(prefix) : joinArgs(prefix, bound));
  args[0] = ASCENDING.has(name) ? low(start, '') : high(start);
  args[1] = ASCENDING.has(name) ? high(end) : low(end, '\0');
}

/** A bound after every key that begins with the prefix: longer than a key can be, all 0xff. */
export function lastWith(prefix: Arg): Uint8Array {
  const head = typeof prefix === 'string' ? encoder.encode(prefix) : prefix;
  const bound = new Uint8Array(Math.max(MAX_KEY_BYTES + 1, head.length + 1)).fill(0xff);
  bound.set(head);
  return bound;
}

function checked(key: Arg): Arg {
  const length = typeof key === 'string' ? utf8Length(key) : key.length;
  if (length > MAX_KEY_BYTES) throw new ArgumentError(`keyPrefix: a key has more than 255 bytes with it (${length})`);
  return key;
}

function stripped({ status, body }: Reply, size: number, prefix: string): Reply {
  const bytes = utf8Length(prefix);
  const without = (key: Arg): Arg => (typeof key === 'string' ? key.slice(prefix.length) : bytesFrom(key, bytes));
  return { status, body: body.map((block, i) => (i % size === 0 ? without(block) : block)) };
}

function unknownKeys(command: string): ArgumentError {
  const advice = "call it on with({ keyPrefix: '' }), with whole keys";
  return new ArgumentError(`keyPrefix: it is not known which arguments of ${command} are keys; ${advice}`, { command });
}
