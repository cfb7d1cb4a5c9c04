/** Times to live of the fields of a hash. Redis only. */
import { Command, type Data, idempotent, integer, read, type Spec, toArg, write } from '@kv/core';
import type { Int, Many } from './support/arguments.ts';
import { addCondition, type ExpireCondition } from './support/expire-condition.ts';
import { addFields } from './support/hash-fields.ts';
import { wholes } from './support/replies.ts';

const HEXPIRE = write('HEXPIRE');
const HEXPIREAT = write('HEXPIREAT');
const HEXPIRETIME = read('HEXPIRETIME');
const HPERSIST = idempotent('HPERSIST');
const HPEXPIRE = write('HPEXPIRE');
const HPEXPIREAT = write('HPEXPIREAT');
const HPEXPIRETIME = read('HPEXPIRETIME');
const HPTTL = read('HPTTL');
const HTTL = read('HTTL');

function expireFields<V>(
  spec: Spec,
  key: Data,
  time: string,
  fields: Many,
  options: ExpireCondition,
): Command<number[], V> {
  const args = [toArg(key, 'key'), time];
  addCondition(args, options);
  return new Command<number[], V>(spec, addFields(args, fields), wholes);
}

function perField<V>(spec: Spec, key: Data, fields: Many): Command<number[], V> {
  return new Command<number[], V>(spec, addFields([toArg(key, 'key')], fields), wholes);
}

/**
 * Lets fields end in so many seconds. Redis only.
 *
 * Per field: 1 set, 0 the condition kept it, 2 deleted at once because the time has passed, -2 no such field or key.
 *
 * @throws ArgumentError when there is no field, or two conditions are given
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 7.4.0
 * @see https://redis.io/commands/hexpire/
 */
export function hexpire<V = string>(
  key: Data,
  seconds: Int,
  fields: Many,
  options: ExpireCondition = {},
): Command<number[], V> {
  return expireFields(HEXPIRE, key, integer(seconds, 'seconds', 0), fields, options);
}

/**
 * Lets fields end at a unix time in seconds. Redis only.
 *
 * Per field: 1 set, 0 the condition kept it, 2 deleted at once because the time has passed, -2 no such field or key.
 *
 * @throws ArgumentError when there is no field, or two conditions are given
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 7.4.0
 * @see https://redis.io/commands/hexpireat/
 */
export function hexpireat<V = string>(
  key: Data,
  unixSeconds: Int,
  fields: Many,
  options: ExpireCondition = {},
): Command<number[], V> {
  return expireFields(HEXPIREAT, key, integer(unixSeconds, 'unixSeconds', 0), fields, options);
}

/**
 * Lets fields end in so many milliseconds. Redis only.
 *
 * Per field: 1 set, 0 the condition kept it, 2 deleted at once because the time has passed, -2 no such field or key.
 *
 * @throws ArgumentError when there is no field, or two conditions are given
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 7.4.0
 * @see https://redis.io/commands/hpexpire/
 */
export function hpexpire<V = string>(
  key: Data,
  milliseconds: Int,
  fields: Many,
  options: ExpireCondition = {},
): Command<number[], V> {
  return expireFields(HPEXPIRE, key, integer(milliseconds, 'milliseconds', 0), fields, options);
}

/**
 * Lets fields end at a unix time in milliseconds. Redis only.
 *
 * Per field: 1 set, 0 the condition kept it, 2 deleted at once because the time has passed, -2 no such field or key.
 *
 * @throws ArgumentError when there is no field, or two conditions are given
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 7.4.0
 * @see https://redis.io/commands/hpexpireat/
 */
export function hpexpireat<V = string>(
  key: Data,
  unixMilliseconds: Int,
  fields: Many,
  options: ExpireCondition = {},
): Command<number[], V> {
  return expireFields(HPEXPIREAT, key, integer(unixMilliseconds, 'unixMilliseconds', 0), fields, options);
}

/**
 * When fields end, as unix time in seconds. Redis only.
 *
 * Per field: the time, -1 when the field does not end, -2 when there is no such field or key.
 *
 * @throws ArgumentError when there is no field
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 7.4.0
 * @see https://redis.io/commands/hexpiretime/
 */
export function hexpiretime<V = string>(key: Data, ...fields: Many[]): Command<number[], V> {
  return perField(HEXPIRETIME, key, fields.flat() as Data[]);
}

/**
 * When fields end, as unix time in milliseconds. Redis only.
 *
 * Per field: the time, -1 when the field does not end, -2 when there is no such field or key.
 *
 * @throws ArgumentError when there is no field
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 7.4.0
 * @see https://redis.io/commands/hpexpiretime/
 */
export function hpexpiretime<V = string>(key: Data, ...fields: Many[]): Command<number[], V> {
  return perField(HPEXPIRETIME, key, fields.flat() as Data[]);
}

/**
 * In how many seconds fields end. Redis only.
 *
 * Per field: the time, -1 when the field does not end, -2 when there is no such field or key.
 *
 * @throws ArgumentError when there is no field
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 7.4.0
 * @see https://redis.io/commands/httl/
 */
export function httl<V = string>(key: Data, ...fields: Many[]): Command<number[], V> {
  return perField(HTTL, key, fields.flat() as Data[]);
}

/**
 * In how many milliseconds fields end. Redis only.
 *
 * Per field: the time, -1 when the field does not end, -2 when there is no such field or key.
 *
 * @throws ArgumentError when there is no field
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 7.4.0
 * @see https://redis.io/commands/hpttl/
 */
export function hpttl<V = string>(key: Data, ...fields: Many[]): Command<number[], V> {
  return perField(HPTTL, key, fields.flat() as Data[]);
}

/**
 * Lets fields live without an expiry again. Redis only.
 *
 * Per field: 1 done, -1 the field did not end anyway, -2 no such field or key.
 *
 * @throws ArgumentError when there is no field
 * @throws ReplyError `WRONGTYPE` when the key does not hold a hash
 * @since 7.4.0
 * @see https://redis.io/commands/hpersist/
 */
export function hpersist<V = string>(key: Data, ...fields: Many[]): Command<number[], V> {
  return perField(HPERSIST, key, fields.flat() as Data[]);
}
