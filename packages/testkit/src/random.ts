/** A seeded source of numbers: the same seed gives the same sequence on every machine. */
export interface Random {
  /** A fraction in [0, 1). */
  next(): number;
  /** An integer in [0, below). */
  below(below: number): number;
  /** `true` with this probability. */
  chance(probability: number): boolean;
  /** One of the items; throws for an empty list. */
  pick<T>(items: readonly T[]): T;
  /** A generator of its own that depends on this one's seed and the label only, not on what was drawn so far. */
  fork(label: number): Random;
}

/**
 * A small generator (a 32-bit Weyl sequence with a mixing step), good enough to choose test cases and nothing else.
 *
 * @example
 * const random = seeded(42);
 * const delay = random.below(20);
 */
export function seeded(seed: number): Random {
  let state = mix(seed >>> 0);
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix(state) / 2 ** 32;
  };
  return {
    next,
    below: (below) => Math.floor(next() * below),
    chance: (probability) => next() < probability,
    pick: (items) => {
      const at = Math.floor(next() * items.length);
      if (at >= items.length) throw new Error('nothing to pick from');
      return items[at] as (typeof items)[number];
    },
    fork: (label) => seeded(mix((seed ^ mix(label + 1)) >>> 0)),
  };
}

/** Spreads 32 bits; constants of MurmurHash3's finalizer, https://github.com/aappleby/smhasher. */
function mix(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
