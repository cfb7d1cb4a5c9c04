/**
 * Both are others in each process: who chooses keys cannot choose them so that many have the same hash. A seed alone
 * would not do: letters that cancel each other out with a known factor do so whatever the seed is.
 */
const SEED = Math.floor(Math.random() * 2 ** 32) | 0;
/** Odd, so that no two hashes become one, and large, so that each letter reaches the upper bits. */
const FACTOR = (Math.floor(Math.random() * 2 ** 32) & 0x7ffffff8) | 0x40000005;

let latest = '';
let latestHash = 0;

/**
 * The hash of a key, 32 bits, never 0. A key that is looked for in vain is added next, so the latest one is remembered.
 * It is our own because V8 does not give its hashes away, and because a `Map`, which has the hash of a key only where the
 * key itself is, takes several times as long.
 */
export function hashOf(key: string): number {
  if (latestHash !== 0 && key === latest) return latestHash;
  latest = key;
  latestHash = mix(key) || 1;
  return latestHash;
}

/** A round like that of MurmurHash2 for each letter, and the end of MurmurHash3, so that each bit depends on all letters. */
function mix(key: string): number {
  let hash = SEED ^ key.length;
  for (let i = 0; i < key.length; i++) {
    const letter = Math.imul(key.charCodeAt(i), FACTOR);
    hash = Math.imul(hash, FACTOR) ^ letter ^ (letter >>> 15);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
