/** Lists: moving an element from one list to another, with and without waiting. */
import { type Arg, blocking, Command, type Data, Keys, toArg, write } from '@kv/core';
import { blockSeconds } from './support/blocking-timeout.ts';
import { type Side, sideArg } from './support/list-sides.ts';
import { dataOrNull } from './support/replies.ts';

const BLMOVE = blocking('BLMOVE', Keys.two);
const BRPOPLPUSH = blocking('BRPOPLPUSH', Keys.two);
const LMOVE = write('LMOVE', Keys.two);
const RPOPLPUSH = write('RPOPLPUSH', Keys.two);

function moveArgs(source: Data, destination: Data, from: Side, to: Side): Arg[] {
  return [toArg(source, 'source'), toArg(destination, 'destination'), sideArg(from, 'from'), sideArg(to, 'to')];
}

/**
 * Takes an element from an end of one list and adds it at an end of another (or of the same), in one step. Waits until
 * there is one.
 *
 * @param timeout seconds to wait, with a fraction if you like; 0 = until the client is closed or the call aborted
 * @returns the element, or `null` when the time is over
 * @example await redis.blmove('jobs', 'running', 'left', 'right', 5)
 * @throws ReplyError `WRONGTYPE` when one of the keys does not hold a list
 * @scope blocking
 * @since 6.2.0
 * @see https://redis.io/commands/blmove/
 */
export function blmove<V = string>(
  source: Data,
  destination: Data,
  from: Side,
  to: Side,
  timeout: number,
): Command<V | null, V> {
  const wait = blockSeconds(timeout);
  const args = [...moveArgs(source, destination, from, to), wait.arg];
  return new Command<V | null, V>(BLMOVE, args, dataOrNull, BLMOVE.flags, wait.blockMs);
}

/**
 * Takes the last element of one list and adds it in front of another, in one step. Waits until there is one.
 *
 * @param timeout seconds to wait, with a fraction if you like; 0 = until the client is closed or the call aborted
 * @returns the element, or `null` when the time is over
 * @deprecated use {@link blmove} with `'right', 'left'`
 * @scope blocking
 * @since 2.2.0
 * @see https://redis.io/commands/brpoplpush/
 */
export function brpoplpush<V = string>(source: Data, destination: Data, timeout: number): Command<V | null, V> {
  const wait = blockSeconds(timeout);
  const args = [toArg(source, 'source'), toArg(destination, 'destination'), wait.arg];
  return new Command<V | null, V>(BRPOPLPUSH, args, dataOrNull, BRPOPLPUSH.flags, wait.blockMs);
}

/**
 * Takes an element from an end of one list and adds it at an end of another (or of the same), in one step.
 *
 * @returns the element, or `null` when the source is missing
 * @example await redis.lmove('jobs', 'running', 'left', 'right')
 * @throws ReplyError `WRONGTYPE` when one of the keys does not hold a list
 * @since 6.2.0
 * @see https://redis.io/commands/lmove/
 */
export function lmove<V = string>(source: Data, destination: Data, from: Side, to: Side): Command<V | null, V> {
  return new Command<V | null, V>(LMOVE, moveArgs(source, destination, from, to), dataOrNull);
}

/**
 * Takes the last element of one list and adds it in front of another, in one step.
 *
 * @returns the element, or `null` when the source is missing
 * @deprecated use {@link lmove} with `'right', 'left'`
 * @since 1.2.0
 * @see https://redis.io/commands/rpoplpush/
 */
export function rpoplpush<V = string>(source: Data, destination: Data): Command<V | null, V> {
  return new Command<V | null, V>(RPOPLPUSH, [toArg(source, 'source'), toArg(destination, 'destination')], dataOrNull);
}
