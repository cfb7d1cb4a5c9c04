/** How much a server may send in one reply before the stream is called broken. Each limit is a positive integer or Infinity. */
export interface Limits {
  /**
   * Most aggregates (arrays, maps, sets, pushes, attributes) inside each other.
   *
   * @default 128
   */
  readonly depth?: number | undefined;
  /**
   * Most bytes of one string, error or number, streamed strings in total.
   *
   * @default 512 MiB, which is Redis' own limit
   */
  readonly bulkLength?: number | undefined;
  /**
   * Most elements of one aggregate; a map's pair counts once. More than 100,000,000 are never accepted: a larger
   * array would end the process.
   *
   * @default 16,777,216, which is also the most that a Map or a Set can hold
   */
  readonly elements?: number | undefined;
  /**
   * Most memory of one whole reply, in bytes: its strings, and an estimate for each value and aggregate in it.
   * Choose a quarter of the heap when that is smaller.
   *
   * @default 1 GiB
   */
  readonly replyMemory?: number | undefined;
}

/** Every limit, filled in. */
export type CompleteLimits = { readonly [limit in keyof Limits]-?: number };

const MEBIBYTE = 1024 * 1024;

/** V8 ends the process when an array grows beyond 112.8 million elements. */
const MOST_ELEMENTS = 100_000_000;

/** The limits of a decoder that was given none. */
export const DEFAULT_LIMITS: CompleteLimits = {
  depth: 128,
  bulkLength: 512 * MEBIBYTE,
  elements: 16 * MEBIBYTE,
  replyMemory: 1024 * MEBIBYTE,
};

/**
 * Checks limits and fills in the defaults. Only own properties count.
 * @throws TypeError for an unknown name or a value that is no number
 * @throws RangeError for a number that is neither a positive integer nor Infinity
 * @example
 * completeLimits({ depth: 16 }).elements // 16777216
 */
export function completeLimits(limits: Limits = {}): CompleteLimits {
  if (typeof limits !== 'object' || limits === null) throw new TypeError('limits: expected an object');
  for (const name of Object.keys(limits)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) throw new TypeError(`limits.${name}: unknown option`);
  }
  return {
    depth: limitOf(limits, 'depth'),
    bulkLength: limitOf(limits, 'bulkLength'),
    elements: Math.min(limitOf(limits, 'elements'), MOST_ELEMENTS),
    replyMemory: limitOf(limits, 'replyMemory'),
  };
}

function limitOf(limits: Limits, name: keyof Limits): number {
  const value: unknown = Object.hasOwn(limits, name) ? limits[name] : undefined;
  if (value === undefined) return DEFAULT_LIMITS[name];
  if (typeof value !== 'number') throw new TypeError(`limits.${name}: expected a number`);
  if (value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && value > 0)) return value;
  throw new RangeError(`limits.${name}: expected a positive integer or Infinity, got ${value}`);
}
