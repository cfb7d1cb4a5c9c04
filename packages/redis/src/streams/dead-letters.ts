import { ArgumentError } from '@kv/core';
import { keySlot } from '../topology/slot.ts';
import type { ConsumerOptions } from './consumer-options.ts';

/** A part of a key that decides the slot in the place of the whole key. */
const TAG = /^[^{]*\{[^}]+\}/;

/**
 * The options with a stream for dead letters that is in the slot of the stream, because an entry is moved to it in one
 * transaction.
 *
 * @throws ArgumentError when no name can be made for it, or the given one is in another slot
 */
export function inSlotOfStream(options: ConsumerOptions, keyPrefix: string): ConsumerOptions {
  const { stream } = options;
  if (typeof stream !== 'string' || stream === '') return options; // refused where options are read
  const key = keyPrefix + stream;
  const { deadLetters = TAG.test(key) ? `${stream}:dead` : `{${key}}:dead` } = options;
  if (typeof deadLetters !== 'string' || keySlot(keyPrefix + deadLetters) === keySlot(key))
    return { ...options, deadLetters };
  throw new ArgumentError('deadLetters: expected a name in the slot of the stream; give both the same hash tag');
}
