import { ArgumentError, type OptionRule } from '@kv/core';

/**
 * Which servers of a cluster, or of those that sentinels name, answer reads.
 * - `primary`: in a cluster the owner of the slot. It has everything that was written.
 * - `preferReplica`: replicas in turn; the primary when there is none that works.
 * - `nearest`: the server with the shortest round trip, primary or replica.
 * - `az:…`: replicas in this availability zone, then the primary if it is in it, then other replicas, then the primary.
 *
 * Replicas lag behind: a read may miss what was written just before, also by the same client.
 */
export type ReadFrom = 'primary' | 'preferReplica' | 'nearest' | `az:${string}`;

/** Checks the option `readFrom`. */
export const readFromRule: OptionRule = { read: readReadFrom, fromText: (text) => text };

function readReadFrom(value: unknown, name: string): ReadFrom {
  if (value === 'primary' || value === 'preferReplica' || value === 'nearest') return value;
  if (typeof value === 'string' && /^az:./s.test(value)) return value as ReadFrom;
  throw new ArgumentError(`${name}: expected one of primary, preferReplica, nearest, or az: and a zone`);
}

/** What the router reads of it, see `SendOptions.route`: nothing where the primary is meant. */
export function routeOf(readFrom: ReadFrom | undefined): ReadFrom | undefined {
  return readFrom === 'primary' ? undefined : readFrom;
}
