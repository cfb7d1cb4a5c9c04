/** Strings that hold a number: counters. */
import { Command, type Data, float, integer, toArg, write } from '@kv/core';
import type { Int } from './support/arguments.ts';
import { double, whole } from './support/replies.ts';

const DECR = write('DECR');
const DECRBY = write('DECRBY');
const INCR = write('INCR');
const INCRBY = write('INCRBY');
const INCRBYFLOAT = write('INCRBYFLOAT');

/**
 * Subtracts 1 from a counter; a missing key counts as 0.
 *
 * @returns the new value (a `bigint` at run time when it is beyond 2^53)
 * @throws ReplyError when the value is not a 64-bit integer, or would leave that range
 * @since 1.0.0
 * @see https://redis.io/commands/decr/
 */
export function decr<V = string>(key: Data): Command<number, V> {
  return new Command<number, V>(DECR, [toArg(key, 'key')], whole);
}

/**
 * Subtracts from a counter; a missing key counts as 0.
 *
 * @returns the new value (a `bigint` at run time when it is beyond 2^53)
 * @throws ReplyError when the value is not a 64-bit integer, or would leave that range
 * @since 1.0.0
 * @see https://redis.io/commands/decrby/
 */
export function decrby<V = string>(key: Data, decrement: Int): Command<number, V> {
  return new Command<number, V>(DECRBY, [toArg(key, 'key'), integer(decrement, 'decrement')], whole);
}

/**
 * Adds 1 to a counter; a missing key counts as 0.
 *
 * @returns the new value (a `bigint` at run time when it is beyond 2^53)
 * @throws ReplyError when the value is not a 64-bit integer, or would leave that range
 * @since 1.0.0
 * @see https://redis.io/commands/incr/
 */
export function incr<V = string>(key: Data): Command<number, V> {
  return new Command<number, V>(INCR, [toArg(key, 'key')], whole);
}

/**
 * Adds to a counter; a missing key counts as 0.
 *
 * @returns the new value (a `bigint` at run time when it is beyond 2^53)
 * @throws ReplyError when the value is not a 64-bit integer, or would leave that range
 * @since 1.0.0
 * @see https://redis.io/commands/incrby/
 */
export function incrby<V = string>(key: Data, increment: Int): Command<number, V> {
  return new Command<number, V>(INCRBY, [toArg(key, 'key'), integer(increment, 'increment')], whole);
}

/**
 * Adds a fractional number to a value; a missing key counts as 0.
 *
 * @returns the new value, as the nearest double (the server counts with more digits)
 * @throws ReplyError when the value is not a number, or the sum is not finite
 * @since 2.6.0
 * @see https://redis.io/commands/incrbyfloat/
 */
export function incrbyfloat<V = string>(key: Data, increment: Int): Command<number, V> {
  return new Command<number, V>(INCRBYFLOAT, [toArg(key, 'key'), float(increment, 'increment')], double);
}
