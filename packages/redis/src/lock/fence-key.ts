import { ArgumentError, badArgument } from '@kv/core';
import { keySlot } from '../topology/slot.ts';

/** A part of a key that decides the slot in the place of the whole key. */
const TAG = /^[^{]*\{[^}]+\}/;

/**
 * The key of the counter that a lock takes its tokens from: in the slot of the lock, because both change in one
 * transaction, and with the same name on one server and in a cluster.
 *
 * @throws ArgumentError when the key is not text, is empty, or has braces that no such name can be made of
 */
export function fenceKey(key: string, keyPrefix: string): string {
  if (typeof key !== 'string') throw badArgument('key', 'a string', key);
  if (key === '') throw new ArgumentError('key: must not be empty');
  const whole = keyPrefix + key;
  const name = TAG.test(whole) ? `${key}:fence` : `{${whole}}:fence`;
  if (keySlot(keyPrefix + name) === keySlot(whole)) return name;
  throw new ArgumentError('key: expected no braces, or a hash tag between them');
}
