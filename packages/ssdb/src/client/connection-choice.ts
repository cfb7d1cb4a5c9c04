/**
 * Several connections to one server, and which of them a command takes.
 *
 * The server works on one request per connection at a time, so more connections mean more throughput. What is called on
 * one key or name always takes the same connection: it runs in the order of the calls, also when no call waits for the
 * one before it.
 */
import { type AnyCommand, type Arg, firstKey } from '@kv/core';

const encoder = new TextEncoder();

/** Chooses one of `count` connections by the first key of a command; commands without a key take the first one. */
export function byFirstKey(count: number): (command: AnyCommand) => number {
  return (command) => {
    const key = count === 1 ? undefined : firstKey(command);
    return key === undefined ? 0 : hash(key) % count;
  };
}

/** FNV-1a over the bytes of a key. @see http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(key: Arg): number {
  let sum = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) {
    const byte = typeof key === 'string' ? key.charCodeAt(at) : (key[at] as number);
    if (byte > 0x7f && typeof key === 'string') return hash(encoder.encode(key));
    sum = Math.imul(sum ^ byte, 0x01000193);
  }
  return sum >>> 0;
}
