/**
 * Bounds on what a server may make this side keep in memory. Over a bound, the decoder throws `ProtocolError`. Each
 * is a
 * positive integer or Infinity.
 */
export interface Limits {
  /**
   * Longest data of one reply, in bytes.
   *
   * @default 64 MiB, which is above what a server sends with its built-in limits (40,960,000 bytes in a list)
   */
  readonly bulkLength?: number | undefined;
  /**
   * Most rows in one list. More
   * than 100,000,000 are never accepted: a larger array would end the process.
   *
   * @default 4,194,304: more than fit in the largest list of a server with built-in limits
   */
  readonly elements?: number | undefined;
  /**
   * Most memory of one whole reply, in bytes: its data, and an estimate of what each row of a list takes in addition
   * to its
   * data. Choose a quarter of the heap when that is smaller.
   *
   * @default 1 GiB
   */
  readonly replyMemory?: number | undefined;
}

const MEBIBYTE = 1024 * 1024;

/** V8 ends the process when an array grows beyond 112.8 million elements. */
const MOST_ELEMENTS = 100_000_000;

/** Every limit, filled in. */
export type CompleteLimits = { readonly [limit in keyof Limits]-?: number };

/** The limits of a decoder that was given none. */
export const DEFAULT_LIMITS: CompleteLimits = {
  bulkLength: 64 * MEBIBYTE,
  elements: 4 * MEBIBYTE,
  replyMemory: 1024 * MEBIBYTE,
};

/**
 * Checks limits and fills in the defaults. Only own properties count.
 *
 * @throws TypeError for an unknown name or a value that is no number
 * @throws RangeError for a number that is neither a positive integer nor Infinity
 * @example
 * completeLimits({ bulkLength: 1000 }).elements; // 4194304
 */
export function completeLimits(limits: Limits = {}): CompleteLimits {
  if (typeof limits !== 'object' || limits === null) throw new TypeError('limits: expected an object');
  for (const name of Object.keys(limits)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) throw new TypeError(`limits.${name}: unknown option`);
  }
  return {
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
