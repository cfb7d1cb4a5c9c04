/** How long keys live. */
import { Command, type Data, idempotent, integer, read, type Spec, toArg } from '@kv/core';
import type { Int } from './support/arguments.ts';
import { addCondition, type ExpireCondition } from './support/expire-condition.ts';
import { boolean, whole } from './support/replies.ts';

const EXPIRE = idempotent('EXPIRE');
const EXPIREAT = idempotent('EXPIREAT');
const EXPIRETIME = read('EXPIRETIME');
const PERSIST = idempotent('PERSIST');
const PEXPIRE = idempotent('PEXPIRE');
const PEXPIREAT = idempotent('PEXPIREAT');
const PEXPIRETIME = read('PEXPIRETIME');
const PTTL = read('PTTL');
const TTL = read('TTL');

function expireAny<V>(spec: Spec, key: Data, time: string, options: ExpireCondition | undefined): Command<boolean, V> {
  const args = [toArg(key, 'key'), time];
  const conditional = options !== undefined && addCondition(args, options);
  return new Command<boolean, V>(spec, args, boolean, conditional ? 0 : spec.flags);
}

/**
 * Lets a key end in so many seconds; a time that has passed deletes it.
 *
 * @returns whether it was set: not when the key is missing, or the condition kept it
 * @throws ArgumentError when two conditions are given
 * @since 1.0.0
 * @see https://redis.io/commands/expire/
 */
export function expire<V = string>(key: Data, seconds: Int, options?: ExpireCondition): Command<boolean, V> {
  return expireAny(EXPIRE, key, integer(seconds, 'seconds'), options);
}

/**
 * Lets a key end at a unix time in seconds; a time that has passed deletes it.
 *
 * @returns whether it was set: not when the key is missing, or the condition kept it
 * @throws ArgumentError when two conditions are given
 * @since 1.2.0
 * @see https://redis.io/commands/expireat/
 */
export function expireat<V = string>(key: Data, unixSeconds: Int, options?: ExpireCondition): Command<boolean, V> {
  return expireAny(EXPIREAT, key, integer(unixSeconds, 'unixSeconds'), options);
}

/**
 * When a key ends, as unix time in seconds.
 *
 * @returns -1 when the key does not end, -2 when there is no such key
 * @since 7.0.0
 * @see https://redis.io/commands/expiretime/
 */
export function expiretime<V = string>(key: Data): Command<number, V> {
  return new Command<number, V>(EXPIRETIME, [toArg(key, 'key')], whole);
}

/**
 * Lets a key live without an expiry again.
 *
 * @returns whether it had a time to live
 * @since 2.2.0
 * @see https://redis.io/commands/persist/
 */
export function persist<V = string>(key: Data): Command<boolean, V> {
  return new Command<boolean, V>(PERSIST, [toArg(key, 'key')], boolean);
}

/**
 * Lets a key end in so many milliseconds; a time that has passed deletes it.
 *
 * @returns whether it was set: not when the key is missing, or the condition kept it
 * @throws ArgumentError when two conditions are given
 * @since 2.6.0
 * @see https://redis.io/commands/pexpire/
 */
export function pexpire<V = string>(key: Data, milliseconds: Int, options?: ExpireCondition): Command<boolean, V> {
  return expireAny(PEXPIRE, key, integer(milliseconds, 'milliseconds'), options);
}

/**
 * Lets a key end at a unix time in milliseconds; a time that has passed deletes it.
 *
 * @returns whether it was set: not when the key is missing, or the condition kept it
 * @throws ArgumentError when two conditions are given
 * @since 2.6.0
 * @see https://redis.io/commands/pexpireat/
 */
export function pexpireat<V = string>(
  key: Data,
  unixMilliseconds: Int,
  options?: ExpireCondition,
): Command<boolean, V> {
  return expireAny(PEXPIREAT, key, integer(unixMilliseconds, 'unixMilliseconds'), options);
}

/**
 * When a key ends, as unix time in milliseconds.
 *
 * @returns -1 when the key does not end, -2 when there is no such key
 * @since 7.0.0
 * @see https://redis.io/commands/pexpiretime/
 */
export function pexpiretime<V = string>(key: Data): Command<number, V> {
  return new Command<number, V>(PEXPIRETIME, [toArg(key, 'key')], whole);
}

/**
 * In how many milliseconds a key ends.
 *
 * @returns -1 when the key does not end, -2 when there is no such key
 * @since 2.6.0
 * @see https://redis.io/commands/pttl/
 */
export function pttl<V = string>(key: Data): Command<number, V> {
  return new Command<number, V>(PTTL, [toArg(key, 'key')], whole);
}

/**
 * In how many seconds a key ends.
 *
 * @returns -1 when the key does not end, -2 when there is no such key
 * @since 1.0.0
 * @see https://redis.io/commands/ttl/
 */
export function ttl<V = string>(key: Data): Command<number, V> {
  return new Command<number, V>(TTL, [toArg(key, 'key')], whole);
}
