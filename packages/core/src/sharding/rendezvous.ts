/**
 * Rendezvous hashing (highest random weight): every key asks every server, and the best answer wins.
 *
 *     h    = FNV-1a-32 of the key's UTF-8 bytes, or of its hash tag     seed = fmix32(FNV-1a-32 of the server's name)
 *     u    = (fmix32(h xor seed) + ½) / 2³²                             wins: the highest weight / -ln u
 *
 * A server that joins takes its share from all others, and no key moves between the others. FNV-1a alone has weak high
 * bits, so its result goes through the finalizer of MurmurHash3 (fmix32).
 */
import { badArgument } from '../command/arguments.ts';
import type { Arg } from '../command/command.ts';
import { ArgumentError } from '../errors.ts';
import { hashTagged } from './hash-tag.ts';

/** A server that keys can lie on. */
export interface RendezvousServer {
  /** Decides together with the key; unique, and kept when the address of the server changes. */
  readonly name: string;
  /**
   * Share of the keys in relation to the other servers.
   *
   * @default 1
   */
  readonly weight?: number | undefined;
}

const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;
const RANGE = 2 ** 32;

const encoder = new TextEncoder();

/** Chooses the server of a key, without allocation for keys of ASCII text. */
export class Rendezvous {
  readonly #seeds: Uint32Array;
  /** Undefined when all are equal: then the greatest hash wins, and no logarithm is needed. */
  readonly #weights: Float64Array | undefined;

  /** @throws ArgumentError for no server, two servers of one name, or a weight that is not a number above 0 */
  constructor(servers: readonly RendezvousServer[]) {
    checkServers(servers);
    this.#seeds = Uint32Array.from(servers, ({ name }) => serverSeed(name));
    const weights = Float64Array.from(servers, ({ weight }) => weight ?? 1);
    this.#weights = weights.every((weight) => weight === weights[0]) ? undefined : weights;
  }

  /** Position of the key's server in the list. */
  pick(key: Arg): number {
    const hash = keyHash(key);
    return this.#weights === undefined ? greatest(hash, this.#seeds) : heaviest(hash, this.#seeds, this.#weights);
  }
}

function checkServers(servers: readonly RendezvousServer[]): void {
  if (servers.length === 0) throw new ArgumentError('servers: expected at least one');
  const names = new Set<unknown>();
  for (const [i, { name, weight = 1 }] of servers.entries()) {
    if (typeof name !== 'string') throw badArgument(`servers[${i}].name`, 'a text', name);
    // A name may be the text of an address, with a password in it.
    if (names.has(name)) throw new ArgumentError(`servers[${i}].name: another server has the same name`);
    names.add(name);
    if (typeof weight !== 'number' || !(weight > 0 && weight < Number.POSITIVE_INFINITY))
      throw badArgument(`servers[${i}].weight`, 'a finite number above 0', weight);
  }
}

function greatest(hash: number, seeds: Uint32Array): number {
  let best = 0;
  let highest = -1;
  for (let i = 0; i < seeds.length; i++) {
    const drawn = fmix32(hash ^ (seeds[i] as number));
    if (drawn <= highest) continue;
    highest = drawn;
    best = i;
  }
  return best;
}

function heaviest(hash: number, seeds: Uint32Array, weights: Float64Array): number {
  let best = 0;
  let highest = -1;
  for (let i = 0; i < seeds.length; i++) {
    const drawn = (fmix32(hash ^ (seeds[i] as number)) + 0.5) / RANGE;
    const score = (weights[i] as number) / -Math.log(drawn);
    if (score <= highest) continue;
    highest = score;
    best = i;
  }
  return best;
}

/** What a server's name adds to the hash of every key. */
export function serverSeed(name: string): number {
  return fmix32(fnvOfText(name, 0, name.length));
}

/** FNV-1a-32 of a key, or of its hash tag: the same part of the key that Redis Cluster looks at. */
export function keyHash(key: Arg): number {
  return hashTagged(key, fnvOfText, fnvOfBytes);
}

function fnvOfText(text: string, start: number, end: number): number {
  let hash = OFFSET;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return fnvOfEncoded(text.slice(start, end));
    hash = Math.imul(hash ^ code, PRIME);
  }
  return hash >>> 0;
}

function fnvOfEncoded(text: string): number {
  const bytes = encoder.encode(text);
  return fnvOfBytes(bytes, 0, bytes.length);
}

function fnvOfBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = OFFSET;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), PRIME);
  return hash >>> 0;
}

function fmix32(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
