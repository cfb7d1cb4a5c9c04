/**
 * Commands on every key that starts with a prefix, the key that equals it included. There is no wildcard, and no
 * prefix for "all keys". The prefix decides how much is changed: end it with a delimiter of your own.
 */
import { Command, checkOptions, type Data } from '@kv/core';
import { COUNT, KEYS, MDEC, MDEL, MGET, MINC, MLOCK, MSET, MTTL, MUNLOCK } from '../protocol/specs.ts';
import { limitArg, lockTimeArg, prefixArg, ttlArg, valueArg } from './support/arguments.ts';
import { count as countOf, entries, names } from './support/replies.ts';

const MGET_OPTIONS: ReadonlySet<string> = new Set(['limit']);

/** Options of `mget`. */
export interface MgetOptions {
  /** The most items, 1 to 2147483647; left out = all. Expired items that the server meets count too. */
  readonly limit?: number | bigint | undefined;
}

/**
 * Gives all existing items below a prefix the same value. Nothing is created; they lose their expiry
 * and locks that have run out are cleared. Locked items are skipped and not reported.
 *
 * Resolves to the number of items changed. There is no echo: a value longer than the server's own `max_value_size` is
 * cut without a sign, so give the client the server's limits.
 *
 * @example await gibson.mset('flag:', 'off') // 3
 * @throws MemoryLimitError when the server is full
 */
export function mset<V = string>(prefix: Data, value: Data): Command<number, V> {
  return new Command<number, V>(MSET, [prefixArg(prefix), valueArg(value)], countOf);
}

/**
 * Sets the time to live of all items below a prefix, in whole seconds from now, 0 to 32767; 0 = no expiry. Resolves
 * to the number of items.
 *
 * @example await gibson.mttl('session:', 60) // 12
 * @throws ArgumentError for any other number: the server would store another time
 */
export function mttl<V = string>(prefix: Data, seconds: number | bigint): Command<number, V> {
  return new Command<number, V>(MTTL, [prefixArg(prefix), ttlArg(seconds, 'seconds')], countOf);
}

/**
 * All items below a prefix, as a `Map` in the server's order, which is not sorted; empty when there are none. Keys are
 * text, counters read as decimal digits.
 *
 * The server breaks its list off at the first expired item; this is noticed and asked again once. It closes the
 * connection when the list would be over its `max_response_size`: use `limit` or a longer prefix.
 *
 * @example for (const [key, value] of await gibson.mget('user:', { limit: 100 })) console.log(key, value)
 */
export function mget<V = string>(prefix: Data, options?: MgetOptions): Command<Map<string, V>, V> {
  if (options !== undefined) checkOptions(options, MGET_OPTIONS);
  const args = [prefixArg(prefix)];
  if (options?.limit !== undefined) args.push(limitArg(options.limit));
  return new Command<Map<string, V>, V>(MGET, args, entries<V>);
}

/**
 * Deletes all items below a prefix. Locked items stay and are not reported. Resolves to the number of deleted items.
 *
 * @example await gibson.mdel('session:') // 12
 */
export function mdel<V = string>(prefix: Data): Command<number, V> {
  return new Command<number, V>(MDEL, [prefixArg(prefix)], countOf);
}

/**
 * Adds one to all numbers below a prefix. Locked items and values that are no numbers are passed over; nothing is
 * created. Resolves to the number of items, which includes compressed ones although they do not change.
 *
 * @example await gibson.minc('visits:') // 4
 */
export function minc<V = string>(prefix: Data): Command<number, V> {
  return new Command<number, V>(MINC, [prefixArg(prefix)], countOf);
}

/**
 * Subtracts one from all numbers below a prefix; see {@link minc}.
 *
 * @example await gibson.mdec('stock:') // 4
 */
export function mdec<V = string>(prefix: Data): Command<number, V> {
  return new Command<number, V>(MDEC, [prefixArg(prefix)], countOf);
}

/**
 * Locks all items below a prefix for 1 to 2147483647 seconds or, with -1, until they are unlocked; see `lock` for
 * what that means. Resolves to the number of items that are newly locked.
 *
 * @example await gibson.mlock('config:', 30) // 2
 */
export function mlock<V = string>(prefix: Data, seconds: number | bigint): Command<number, V> {
  return new Command<number, V>(MLOCK, [prefixArg(prefix), lockTimeArg(seconds)], countOf);
}

/**
 * Removes the locks of all items below a prefix, also those that other clients have set. Resolves to the number of items, locked before or not.
 *
 * @example await gibson.munlock('config:') // 2
 */
export function munlock<V = string>(prefix: Data): Command<number, V> {
  return new Command<number, V>(MUNLOCK, [prefixArg(prefix)], countOf);
}

/**
 * How many items are below a prefix; expired ones do not count.
 *
 * @example await gibson.count('session:') // 12
 */
export function count<V = string>(prefix: Data): Command<number, V> {
  return new Command<number, V>(COUNT, [prefixArg(prefix)], countOf);
}

/**
 * The keys below a prefix, in the server's order, which is not sorted. Keys of items that have expired are listed until
 * the server collects them; `mget` and `count` leave them out.
 *
 * @example await gibson.keys('session:') // ['session:7']
 */
export function keys<V = string>(prefix: Data): Command<V[], V> {
  return new Command<V[], V>(KEYS, [prefixArg(prefix)], names<V>);
}
