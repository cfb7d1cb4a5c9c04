/** Fields of a hash read or set together with their times to live, or taken out. Since Redis 8. */
import { Command, type Data, type Entries, type EntriesOf, idempotent, toArg, write } from '@kv/core';
import { type AtMostOne, addSwitch, checkOptions, chosen, type Many } from './support/arguments.ts';
import { addTime, type ExpiryTimes, TIMES } from './support/expiry-times.ts';
import { addFieldEntries, addFields } from './support/hash-fields.ts';
import { boolean, nullableDataList } from './support/replies.ts';

const HGETDEL = write('HGETDEL');
const HGETEX = write('HGETEX');
const HSETEX = idempotent('HSETEX');

/**
 * Takes the values of fields and deletes the fields, and the hash with its last one.
 *
 * @returns the values in the order of the fields, `null` where there was none
 * @example const [token] = await redis.hgetdel('session:7', 'token')
 * @throws ArgumentError when there is no field
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 8.0.0
 * @see https://redis.io/commands/hgetdel/
 */
export function hgetdel<V = string>(key: Data, ...fields: Many[]): Command<(V | null)[], V> {
  const args = addFields([toArg(key, 'key')], fields.flat() as Data[]);
  return new Command<(V | null)[], V>(HGETDEL, args, nullableDataList);
}

/** Options of {@link hgetex}: at most one. */
export type HgetexOptions = AtMostOne<ExpiryTimes & { /** Remove the times to live. */ persist: boolean }>;

const HGETEX_OPTIONS = new Set([...TIMES, 'persist']);

/**
 * The values of fields, giving each field a new time to live (or none, with `persist`). Without options it is
 * {@link hmget}.
 *
 * @returns the values in the order of the fields, `null` where there is none
 * @example await redis.hgetex('session:7', ['user', 'token'], { ex: 3600 })
 * @throws ArgumentError when there is no field, two options are given, or a time is below 1
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 8.0.0
 * @see https://redis.io/commands/hgetex/
 */
export function hgetex<V = string>(key: Data, fields: Many, options: HgetexOptions = {}): Command<(V | null)[], V> {
  checkOptions(options, HGETEX_OPTIONS);
  chosen(options, [...TIMES, 'persist']);
  const args = [toArg(key, 'key')];
  addTime(args, options);
  addSwitch(args, 'PERSIST', options.persist, 'persist');
  return new Command<(V | null)[], V>(HGETEX, addFields(args, fields), nullableDataList);
}

/** Options of {@link hsetex}: when the fields end, and whether they are set. */
export type HsetexOptions = AtMostOne<
  ExpiryTimes & { /** Keep the times to live that the fields have. */ keepttl: boolean }
> &
  AtMostOne<{
    /** Only if none of the fields exists. */
    fnx: boolean;
    /** Only if all of the fields exist. */
    fxx: boolean;
  }>;

const HSETEX_OPTIONS = new Set([...TIMES, 'keepttl', 'fnx', 'fxx']);

/**
 * Sets fields together with their time to live, all or none. Without a time and `keepttl` they do not end.
 *
 * @returns whether they were set: `false` when `fnx` or `fxx` kept them from it
 * @example await redis.hsetex('session:7', { user: 'Ada', token }, { ex: 3600 })
 * @throws ArgumentError when there is no pair, two options exclude each other, or a time is below 1
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 8.0.0
 * @see https://redis.io/commands/hsetex/
 */
export function hsetex<V = string, E extends EntriesOf<E> = Entries>(
  key: Data,
  entries: E,
  options: HsetexOptions = {},
): Command<boolean, V> {
  checkOptions(options, HSETEX_OPTIONS);
  chosen(options, [...TIMES, 'keepttl']);
  const condition = chosen(options, ['fnx', 'fxx']);
  const args = [toArg(key, 'key')];
  if (condition !== undefined) addSwitch(args, condition.toUpperCase(), options[condition], condition);
  addTime(args, options);
  addSwitch(args, 'KEEPTTL', options.keepttl, 'keepttl');
  const flags = condition === undefined ? HSETEX.flags : 0;
  return new Command<boolean, V>(HSETEX, addFieldEntries(args, entries), boolean, flags);
}
