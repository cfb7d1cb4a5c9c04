/**
 * Several connections to one server, and which of them a command takes.
 *
 * The server works on one request per connection at a time, so more connections mean more throughput. What is called on
 * one key or name always takes the same connection: it runs in the order of the calls, also when nobody waits between.
 */
import { type Address, type AnyCommand, type Arg, type Endpoint, keyPositions, type Router } from '@kv/core';

const encoder = new TextEncoder();

/** Sends commands to one of several connections by their first key; those without a key take the first one. */
export class ConnectionRouter implements Router {
  readonly endpoints: readonly Endpoint[];
  readonly #count: number;

  constructor(address: Address, count: number, make: (address: Address) => Endpoint) {
    this.endpoints = Array.from({ length: count }, () => make(address));
    this.#count = count;
  }

  pick(command: AnyCommand): Endpoint {
    return this.endpoints[this.#indexOf(command)] as Endpoint;
  }

  retry({ command }: Parameters<Router['retry']>[0]): Endpoint {
    return this.pick(command);
  }

  #indexOf({ spec: { keys }, args }: AnyCommand): number {
    if (keys === null || this.#count === 1) return 0;
    const key = typeof keys === 'function' ? args[keyPositions(keys, args)[0] ?? -1] : args[keys.first];
    return key === undefined ? 0 : hash(key) % this.#count;
  }
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
