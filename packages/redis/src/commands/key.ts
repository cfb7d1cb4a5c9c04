/** Keys, whatever they hold: life time, names, copies, scanning. Sorting and moving are in `sort.ts`, `migrate.ts`. */
import { type Arg, Command, type Data, Flag, idempotent, integer, Keys, read, toArg, write } from '@kv/core';
import {
  type AtMostOne,
  addData,
  addInteger,
  addScan,
  addSwitch,
  type Cursor,
  checkOptions,
  chosen,
  cursorArg,
  type Int,
  type Many,
  many,
  type ScanOptions,
} from './support/arguments.ts';
import {
  boolean,
  cursorOf,
  dataList,
  dataOrNull,
  itemsOf,
  list,
  ok,
  text,
  textOrNull,
  texts,
  whole,
  wholeOrNull,
} from './support/replies.ts';

const COPY = write('COPY', Keys.two);
const DEL = idempotent('DEL', Keys.all);
const DUMP = read('DUMP');
const EXISTS = read('EXISTS', Keys.all);
const KEYS = read('KEYS', null);
const MOVE = write('MOVE');
const OBJECT_ENCODING = read('OBJECT ENCODING');
const OBJECT_FREQ = read('OBJECT FREQ');
const OBJECT_HELP = read('OBJECT HELP', null);
const OBJECT_IDLETIME = read('OBJECT IDLETIME');
const OBJECT_REFCOUNT = read('OBJECT REFCOUNT');
const RANDOMKEY = read('RANDOMKEY', null);
const RENAME = write('RENAME', Keys.two);
const RENAMENX = write('RENAMENX', Keys.two);
const RESTORE = write('RESTORE');
const SCAN = read('SCAN', null);
const TOUCH = read('TOUCH', Keys.all);
const TYPE = read('TYPE');
const UNLINK = idempotent('UNLINK', Keys.all);

/** Options of {@link copy}. */
export interface CopyOptions {
  /** Copy into this database instead of the current one. */
  readonly db?: Int | undefined;
  /** Overwrite the destination. */
  readonly replace?: boolean | undefined;
}

const COPY_OPTIONS = new Set(['db', 'replace']);

/**
 * Copies a value with its time to live.
 *
 * @returns whether it was copied: not when the source is missing, or the destination exists and `replace` is not set
 * @since 6.2.0
 * @see https://redis.io/commands/copy/
 */
export function copy<V = string>(source: Data, destination: Data, options: CopyOptions = {}): Command<boolean, V> {
  checkOptions(options, COPY_OPTIONS);
  const args = [toArg(source, 'source'), toArg(destination, 'destination')];
  addInteger(args, 'DB', options.db, 'db', 0);
  const replace = addSwitch(args, 'REPLACE', options.replace, 'replace');
  return new Command<boolean, V>(COPY, args, boolean, replace ? Flag.idempotent : COPY.flags);
}

/**
 * Deletes keys.
 *
 * @example await redis.del('a', 'b')
 * @returns how many of them existed
 * @throws ArgumentError when there is no key
 * @since 1.0.0
 * @see https://redis.io/commands/del/
 */
export function del<V = string>(...keys: Many[]): Command<number, V> {
  return new Command<number, V>(DEL, many(keys, 'keys'), whole);
}

/**
 * A value in the server's own binary form, for {@link restore}; `null` when the key is missing. Bytes whatever the client
 * is set to, because it is never text.
 *
 * @since 2.6.0
 * @see https://redis.io/commands/dump/
 */
export function dump<V = string>(key: Data): Command<Uint8Array | null, V> {
  return new Command<Uint8Array | null, V>(DUMP, [toArg(key, 'key')], dataOrNull, DUMP.flags, 0, true);
}

/**
 * How many of the keys exist; a key given twice counts twice.
 *
 * @throws ArgumentError when there is no key
 * @since 1.0.0
 * @see https://redis.io/commands/exists/
 */
export function exists<V = string>(...keys: Many[]): Command<number, V> {
  return new Command<number, V>(EXISTS, many(keys, 'keys'), whole);
}

/**
 * The names of all keys that match a glob pattern. The server does nothing else meanwhile: use {@link scan} or
 * `scanIterator` where there may be many.
 *
 * @since 1.0.0
 * @see https://redis.io/commands/keys/
 */
export function keys<V = string>(pattern: Data): Command<V[], V> {
  return new Command<V[], V>(KEYS, [toArg(pattern, 'pattern')], dataList);
}

/**
 * Moves a key to another database of the same server.
 *
 * @returns whether it was moved: not when it is missing here or exists there
 * @since 1.0.0
 * @see https://redis.io/commands/move/
 */
export function move<V = string>(key: Data, db: Int): Command<boolean, V> {
  return new Command<boolean, V>(MOVE, [toArg(key, 'key'), integer(db, 'db', 0)], boolean);
}

/**
 * How the server stores a value (`int`, `embstr`, `listpack`, …), or `null` when the key is missing.
 *
 * @since 2.2.3
 * @see https://redis.io/commands/object-encoding/
 */
export function objectEncoding<V = string>(key: Data): Command<string | null, V> {
  return new Command<string | null, V>(OBJECT_ENCODING, [toArg(key, 'key')], textOrNull);
}

/**
 * How often a key is used, on a logarithmic scale to 255; `null` when the key is missing.
 *
 * @throws ReplyError when the server does not evict by frequency
 * @since 4.0.0
 * @see https://redis.io/commands/object-freq/
 */
export function objectFreq<V = string>(key: Data): Command<number | null, V> {
  return new Command<number | null, V>(OBJECT_FREQ, [toArg(key, 'key')], wholeOrNull);
}

/**
 * The server's own help text on OBJECT, line by line.
 *
 * @since 6.2.0
 * @see https://redis.io/commands/object-help/
 */
export function objectHelp<V = string>(): Command<string[], V> {
  return new Command<string[], V>(OBJECT_HELP, [], texts);
}

/**
 * For how many seconds a key was not used; `null` when the key is missing.
 *
 * @throws ReplyError when the server evicts by frequency
 * @since 2.2.3
 * @see https://redis.io/commands/object-idletime/
 */
export function objectIdletime<V = string>(key: Data): Command<number | null, V> {
  return new Command<number | null, V>(OBJECT_IDLETIME, [toArg(key, 'key')], wholeOrNull);
}

/**
 * How often a value is referenced inside the server; `null` when the key is missing.
 *
 * @since 2.2.3
 * @see https://redis.io/commands/object-refcount/
 */
export function objectRefcount<V = string>(key: Data): Command<number | null, V> {
  return new Command<number | null, V>(OBJECT_REFCOUNT, [toArg(key, 'key')], wholeOrNull);
}

/**
 * The name of some key, or `null` when the database is empty.
 *
 * @since 1.0.0
 * @see https://redis.io/commands/randomkey/
 */
export function randomkey<V = string>(): Command<V | null, V> {
  return new Command<V | null, V>(RANDOMKEY, [], dataOrNull);
}

/**
 * Renames a key; overwrites the new name when it exists.
 *
 * @throws ReplyError when the key is missing
 * @since 1.0.0
 * @see https://redis.io/commands/rename/
 */
export function rename<V = string>(key: Data, newkey: Data): Command<'OK', V> {
  return new Command<'OK', V>(RENAME, [toArg(key, 'key'), toArg(newkey, 'newkey')], ok);
}

/**
 * Renames a key if the new name is free.
 *
 * @returns whether it was renamed
 * @throws ReplyError when the key is missing
 * @since 1.0.0
 * @see https://redis.io/commands/renamenx/
 */
export function renamenx<V = string>(key: Data, newkey: Data): Command<boolean, V> {
  return new Command<boolean, V>(RENAMENX, [toArg(key, 'key'), toArg(newkey, 'newkey')], boolean);
}

/** Options of {@link restore}; `idletime` and `freq` exclude each other. */
export type RestoreOptions = AtMostOne<{
  /** For how many seconds the key counts as unused. Since 5.0. */
  idletime: Int;
  /** How often the key counts as used, 0 to 255. Since 5.0. */
  freq: Int;
}> & {
  /** Overwrite the key. */
  readonly replace?: boolean | undefined;
  /** `ttl` is a unix time in milliseconds. Since 5.0. */
  readonly absttl?: boolean | undefined;
};

const RESTORE_OPTIONS = new Set(['idletime', 'freq', 'replace', 'absttl']);

/**
 * Makes a key from what {@link dump} gave. `ttl` in milliseconds, 0 = no expiry.
 *
 * @throws ReplyError `BUSYKEY` when the key exists and `replace` is not set; when the bytes are damaged or from a newer server
 * @since 2.6.0
 * @see https://redis.io/commands/restore/
 */
export function restore<V = string>(
  key: Data,
  ttl: Int,
  serialized: Uint8Array,
  options: RestoreOptions = {},
): Command<'OK', V> {
  checkOptions(options, RESTORE_OPTIONS);
  chosen(options, ['idletime', 'freq']);
  const args: Arg[] = [toArg(key, 'key'), integer(ttl, 'ttl', 0), toArg(serialized, 'serialized')];
  const replace = addSwitch(args, 'REPLACE', options.replace, 'replace');
  addSwitch(args, 'ABSTTL', options.absttl, 'absttl');
  addInteger(args, 'IDLETIME', options.idletime, 'idletime', 0);
  addInteger(args, 'FREQ', options.freq, 'freq', 0);
  return new Command<'OK', V>(RESTORE, args, ok, replace ? Flag.idempotent : RESTORE.flags);
}

/** Options of {@link scan}. */
export interface KeyScanOptions extends ScanOptions {
  /** Only keys of this type (`string`, `list`, `set`, `zset`, `hash`, `stream`). Since 6.0. */
  readonly type?: string | undefined;
}

/** One page of {@link scan}. */
export interface KeyPage<V> {
  /** Give it to the next call; `'0'` when all was seen. */
  readonly cursor: string;
  readonly keys: V[];
}

const SCAN_OPTIONS = new Set(['match', 'count', 'type']);

function keyPage<V>(raw: unknown): KeyPage<V> {
  return { cursor: cursorOf(raw), keys: list(itemsOf(raw)) };
}

/**
 * One page of the names of all keys. Begin with cursor 0 and go on with the cursor of the page until it is `'0'`. A key
 * that is there all the time comes at least once; some may come twice, and pages may be empty.
 *
 * @since 2.8.0
 * @see https://redis.io/commands/scan/
 */
export function scan<V = string>(cursor: Cursor, options: KeyScanOptions = {}): Command<KeyPage<V>, V> {
  checkOptions(options, SCAN_OPTIONS);
  const args: Arg[] = [cursorArg(cursor)];
  addScan(args, options);
  addData(args, 'TYPE', options.type, 'type');
  return new Command<KeyPage<V>, V>(SCAN, args, keyPage);
}

/**
 * Counts as a use of the keys, for eviction.
 *
 * @returns how many of them exist
 * @throws ArgumentError when there is no key
 * @since 3.2.1
 * @see https://redis.io/commands/touch/
 */
export function touch<V = string>(...keys: Many[]): Command<number, V> {
  return new Command<number, V>(TOUCH, many(keys, 'keys'), whole);
}

/**
 * What a key holds: `string`, `list`, `set`, `zset`, `hash`, `stream`, the name of a module's type, or `none`.
 *
 * @since 1.0.0
 * @see https://redis.io/commands/type/
 */
export function type<V = string>(key: Data): Command<string, V> {
  return new Command<string, V>(TYPE, [toArg(key, 'key')], text);
}

/**
 * Deletes keys like {@link del}; the memory is freed in the background.
 *
 * @returns how many of them existed
 * @throws ArgumentError when there is no key
 * @since 4.0.0
 * @see https://redis.io/commands/unlink/
 */
export function unlink<V = string>(...keys: Many[]): Command<number, V> {
  return new Command<number, V>(UNLINK, many(keys, 'keys'), whole);
}
