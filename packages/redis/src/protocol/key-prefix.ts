import {
  type AnyCommand,
  type Arg,
  ArgumentError,
  bytesFrom,
  type Command,
  Flag,
  isBytes,
  joinArgs,
  keyPositions,
  withArgs,
} from '@kv/core';
import { text } from '../commands/support/replies.ts';
import { word } from './key-specs.ts';

/** Takes the prefix off one key as it came back. */
type Strip = (key: unknown) => unknown;

/** How to take the prefix off a result, for the commands in whose results keys come back. */
const KEYS_IN_RESULT: Readonly<Record<string, (result: unknown, strip: Strip) => unknown>> = {
  KEYS: stripAll,
  SCAN: (result, strip) => withList(result, 'keys', strip),
  RANDOMKEY: (result, strip) => strip(result),
  'CLUSTER GETKEYSINSLOT': stripAll,
  BLPOP: withKey,
  BRPOP: withKey,
  LMPOP: withKey,
  BLMPOP: withKey,
  ZMPOP: withKey,
  BZMPOP: withKey,
  BZPOPMIN: withKey,
  BZPOPMAX: withKey,
  XREAD: withStreams,
  XREADGROUP: withStreams,
};

/** What stands at their key positions chooses the slot in a cluster as a key does, but names a channel. */
const CHANNEL_COMMANDS: ReadonlySet<string> = new Set(['SPUBLISH']);

/**
 * The same command with the prefix before each of its keys, found by the command's key positions, and taken off where
 * keys come back. Keys inside Lua scripts and patterns of SORT are not keys of the command and stay as they are.
 *
 * @throws ArgumentError for a raw command that the table does not know: without the prefix it would meet foreign keys
 */
export function prefixed<T, V>(command: Command<T, V>, prefix: string | undefined): Command<T, V> {
  return prefix === undefined || prefix === '' ? command : withPrefix(command, prefix);
}

/** Apart from {@link prefixed}, so that a call without a prefix stays small enough to be compiled into its caller. */
function withPrefix<T, V>(command: Command<T, V>, prefix: string): Command<T, V> {
  if (CHANNEL_COMMANDS.has(command.spec.name)) return command;
  const { spec, flags } = command;
  if ((flags & Flag.unknownKeys) !== 0) throw unknownKeys(spec.name);
  const args = [...command.args];
  for (const at of keyPositions(spec.keys, args)) prefixAt(args, at, prefix);
  if (spec.name === 'SCAN' || spec.name === 'KEYS') prefixPattern(spec.name, args, prefix);
  const strip = KEYS_IN_RESULT[spec.name];
  if (strip === undefined) return withArgs(command, args);
  const reply = (raw: unknown, self: AnyCommand): T =>
    strip(command.reply(raw, self), (key) => withoutPrefix(key, prefix)) as T;
  return withArgs(command, args, reply);
}

/** The pattern is the first argument of KEYS, and behind MATCH in SCAN, which means all keys without one. */
function prefixPattern(name: 'SCAN' | 'KEYS', args: Arg[], prefix: string): void {
  const literal = prefix.replace(/[\\*?[\]]/g, '\\$&');
  if (name === 'KEYS') return prefixAt(args, 0, literal);
  const patterns = scanPatterns(args);
  for (const at of patterns) prefixAt(args, at, literal);
  if (patterns.length === 0) args.push('MATCH', `${literal}*`);
}

/** Options of SCAN; each takes one argument. */
const SCAN_OPTIONS: ReadonlySet<string> = new Set(['MATCH', 'COUNT', 'TYPE']);

/** Where SCAN has its patterns: the server takes the last one. */
function scanPatterns(args: readonly Arg[]): number[] {
  const positions: number[] = [];
  for (let i = 1; i < args.length; i += 2) {
    const option = word(args[i]);
    if (!SCAN_OPTIONS.has(option))
      throw new ArgumentError('keyPrefix: SCAN has an option that is not known here', { command: 'SCAN' });
    if (option === 'MATCH') positions.push(i + 1);
  }
  return positions;
}

/** What is missing in a raw call is for the server to say. */
function prefixAt(args: Arg[], at: number, prefix: string): void {
  const key = args[at];
  if (key !== undefined) args[at] = joinArgs(prefix, key);
}

function withoutPrefix(key: unknown, prefix: string): unknown {
  if (typeof key === 'string') return key.startsWith(prefix) ? key.slice(prefix.length) : key;
  if (isBytes(key)) return text(key).startsWith(prefix) ? bytesFrom(key, new TextEncoder().encode(prefix).length) : key;
  return key;
}

/** What is no list is left to the caller of a raw command, who gets what came. */
function stripAll(result: unknown, strip: Strip): unknown {
  return Array.isArray(result) ? result.map(strip) : result;
}

/** Typed commands give an object, raw calls the array that came over the wire, whose first element is the key. */
function withKey(result: unknown, strip: Strip): unknown {
  if (Array.isArray(result)) return [strip(result[0]), ...result.slice(1)];
  if (result === null || typeof result !== 'object' || !('key' in result)) return result;
  return { ...result, key: strip(result.key) };
}

function withList(result: unknown, name: string, strip: Strip): unknown {
  if (Array.isArray(result)) return [result[0], stripAll(result[1], strip)];
  if (typeof result !== 'object' || result === null) return result;
  const object = result as Record<string, unknown>;
  return { ...object, [name]: stripAll(object[name], strip) };
}

/** Streams come as an object by key; over the wire as pairs (RESP2) or a map (RESP3). */
function withStreams(result: unknown, strip: Strip): unknown {
  if (Array.isArray(result)) return result.map((stream) => withKey(stream, strip));
  if (result instanceof Map) return new Map([...result].map(([key, entries]) => [strip(key), entries]));
  if (result === null || typeof result !== 'object') return result;
  const streams: Record<string, unknown> = Object.create(null);
  for (const [key, entries] of Object.entries(result)) streams[String(strip(key))] = entries;
  return streams;
}

function unknownKeys(command: string): ArgumentError {
  const advice = "make it a command of your own, or call it on with({ keyPrefix: '' }), with whole keys";
  return new ArgumentError(`keyPrefix: it is not known which arguments of ${command} are keys; ${advice}`, { command });
}
