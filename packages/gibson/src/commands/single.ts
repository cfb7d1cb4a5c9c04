/** Commands on one key. */
import { Command, checkOptions, type Data } from '@kv/core';
import { DEC, DEL, GET, INC, LOCK, META, SET, TTL, UNLOCK } from '../protocol/specs.ts';
import { keyArg, lockTimeArg, metaFieldArg, ttlArg, valueArg } from './support/arguments.ts';
import { counter, datum, done, meta, stored } from './support/replies.ts';

const SET_OPTIONS: ReadonlySet<string> = new Set(['ttl']);

/** Options of `set`. */
export interface SetOptions {
  /**
   * Time to live in whole seconds, 0 to 32767; 0 or left out = no expiry. The server counts whole seconds of its own
   * clock: an item ends up to one second early, and at most about 0.1 seconds late.
   */
  readonly ttl?: number | bigint | undefined;
}

/**
 * Stores a value, whatever was there before: value, time to live and a lock that has run out are replaced.
 *
 * Resolves to `'OK'` once the server has echoed exactly the value that was sent. The value must not be empty, and
 * bytes must not be changed before the promise settles. There is no "only if absent".
 *
 * @example await gibson.set('session:7', 'data', { ttl: 3600 })
 * @throws ArgumentError when the server could not store key, value or ttl as given
 * @throws ValueCutError when the server kept only part of the value; the part is stored then
 * @throws KeyLockedError when the item is locked
 * @throws MemoryLimitError when the server is full
 */
export function set<V = string>(key: Data, value: Data, options?: SetOptions): Command<'OK', V> {
  if (options !== undefined) checkOptions(options, SET_OPTIONS);
  const seconds = options?.ttl === undefined ? 0 : options.ttl;
  return new Command<'OK', V>(SET, [ttlArg(seconds), keyArg(key), valueArg(value)], stored);
}

/**
 * The value of a key, or `null` when it is absent or expired. A counter reads as its decimal digits.
 *
 * @example const data = await gibson.get('session:7')
 */
export function get<V = string>(key: Data): Command<V | null, V> {
  return new Command<V | null, V>(GET, [keyArg(key)], datum<V>);
}

/**
 * Deletes a key. Resolves to `false` when there was none.
 *
 * @example await gibson.del('session:7') // true
 * @throws KeyLockedError when the item is locked
 */
export function del<V = string>(key: Data): Command<boolean, V> {
  return new Command<boolean, V>(DEL, [keyArg(key)], done);
}

/**
 * Adds one. An absent key is created with the value 1 and no expiry; a time to live is kept otherwise.
 *
 * Resolves to the new value, as `bigint` outside ±(2^53 - 1); it wraps around at 64 bits. Stored text counts as a
 * number when it is an optional minus and digits; with a leading zero it counts as 0.
 *
 * @example await gibson.inc('visits') // 1
 * @throws NotANumberError when the value is not a number, or is long enough to be stored compressed
 * @throws KeyLockedError when the item is locked
 */
export function inc<V = string>(key: Data): Command<number | bigint, V> {
  return new Command<number | bigint, V>(INC, [keyArg(key)], counter);
}

/**
 * Subtracts one. Mind that the server creates an absent key with the value **+1**, as for {@link inc}, not with -1.
 *
 * @example await gibson.dec('stock')
 * @throws NotANumberError when the value is not a number, or is long enough to be stored compressed
 * @throws KeyLockedError when the item is locked
 */
export function dec<V = string>(key: Data): Command<number | bigint, V> {
  return new Command<number | bigint, V>(DEC, [keyArg(key)], counter);
}

/**
 * Sets the time to live of an item, in whole seconds from now, 0 to 32767; 0 = no expiry. A running lock starts again.
 * Resolves to `false` when there is no item.
 *
 * @example await gibson.ttl('session:7', 60)
 * @throws ArgumentError for any other number: the server would store another time
 */
export function ttl<V = string>(key: Data, seconds: number | bigint): Command<boolean, V> {
  return new Command<boolean, V>(TTL, [keyArg(key), ttlArg(seconds, 'seconds')], done);
}

/**
 * Locks an item against SET, DEL, INC, DEC and another LOCK, for 1 to 2147483647 seconds or, with -1, until it is
 * unlocked. Reading, `ttl` and `unlock` go on. Resolves to `false` when there is no item: a key that does not exist cannot be
 * locked. Its time to live begins again.
 *
 * A lock has no owner. It also stops the one who locked, any client may lift it, and closing the connection does not.
 * It protects data from changes; it does not make two processes take turns.
 *
 * @example await gibson.lock('config', 30)
 * @throws KeyLockedError when the item is locked already
 */
export function lock<V = string>(key: Data, seconds: number | bigint): Command<boolean, V> {
  return new Command<boolean, V>(LOCK, [keyArg(key), lockTimeArg(seconds)], done);
}

/**
 * Removes the lock of an item, also one that another client has set. Resolves to `true` also when there was no lock, to `false` when there is
 * no item.
 *
 * @example await gibson.unlock('config')
 */
export function unlock<V = string>(key: Data): Command<boolean, V> {
  return new Command<boolean, V>(UNLOCK, [keyArg(key)], done);
}

function metaOf<V>(key: Data, field: string): Command<number | null, V> {
  return new Command<number | null, V>(META, [keyArg(key), metaFieldArg(field)], meta);
}

/**
 * How many bytes the server keeps for a value: less than its length when it is compressed, 8 for a counter. `null`
 * when there is no item. Like every `meta` command it counts as an access.
 *
 * @example await gibson.metaSize('session:7') // 4
 */
export function metaSize<V = string>(key: Data): Command<number | null, V> {
  return metaOf(key, 'size');
}

/**
 * How a value is kept: 0 as it was sent, 1 compressed, 2 as a counter. `null` when there is no item.
 *
 * @example await gibson.metaEncoding('visits') // 2
 */
export function metaEncoding<V = string>(key: Data): Command<number | null, V> {
  return metaOf(key, 'encoding');
}

/**
 * When the item was last used, in Unix seconds; this call counts too. `null` when there is no item.
 *
 * @example await gibson.metaAccess('session:7')
 */
export function metaAccess<V = string>(key: Data): Command<number | null, V> {
  return metaOf(key, 'access');
}

/**
 * From when the item's time to live and lock count, in Unix seconds: its creation, or the last TTL, MTTL, LOCK or
 * MLOCK. `null` when there is no item.
 *
 * @example await gibson.metaCreated('session:7')
 */
export function metaCreated<V = string>(key: Data): Command<number | null, V> {
  return metaOf(key, 'created');
}

/**
 * The time to live as it was set, in seconds; 0 or -1 = no expiry. `null` when there is no item.
 *
 * @example await gibson.metaTtl('session:7') // 3600
 */
export function metaTtl<V = string>(key: Data): Command<number | null, V> {
  return metaOf(key, 'ttl');
}

/**
 * The seconds that are left of the time to live, -1 when it has no expiry. `null` when there is no item.
 *
 * @example await gibson.metaLeft('session:7') // 3580
 */
export function metaLeft<V = string>(key: Data): Command<number | null, V> {
  return metaOf(key, 'left');
}

/**
 * The lock as it was set, in seconds: 0 = none, -1 = until it is unlocked. A lock that has run out still shows its
 * seconds. `null` when there is no item.
 *
 * @example await gibson.metaLock('config') // 30
 */
export function metaLock<V = string>(key: Data): Command<number | null, V> {
  return metaOf(key, 'lock');
}
