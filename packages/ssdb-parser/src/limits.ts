/**
 * What a decoder accepts before it gives up with a `ProtocolError`. All sizes are bytes; each limit is a positive
 * integer
 * or Infinity.
 */
export interface Limits {
  /**
   * Longest count line without its line end.
   *
   * @default 18, the server's own limit
   */
  readonly lineLength?: number | undefined;
  /**
   * Longest single block.
   *
   * @default 256 MiB: twice the largest value that a server can store
   */
  readonly bulkLength?: number | undefined;
  /**
   * All blocks of one packet together.
   *
   * @default 1 GiB (a scan may return more than any request may hold)
   */
  readonly packetLength?: number | undefined;
  /**
   * Number of blocks in one packet, the status included. More than 100,000,000 are never accepted:
   * a larger array would end the process.
   *
   * @default 16,777,216
   */
  readonly elements?: number | undefined;
  /**
   * Most memory of one whole packet, in bytes: its blocks, and an estimate of what each of them takes in addition to
   * its data. Choose a quarter of the heap when that is smaller.
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
  lineLength: 18,
  bulkLength: 256 * MEBIBYTE,
  packetLength: 1024 * MEBIBYTE,
  elements: 16 * MEBIBYTE,
  replyMemory: 1024 * MEBIBYTE,
};

/**
 * Checks limits and fills in the defaults. Only own properties count.
 * @throws TypeError for an unknown name or a value that is no number
 * @throws RangeError for a number that is neither a positive integer nor Infinity
 * @example
 * completeLimits({ lineLength: 10 }).elements; // 16777216
 */
export function completeLimits(limits: Limits = {}): CompleteLimits {
  if (typeof limits !== 'object' || limits === null) throw new TypeError('limits: expected an object');
  for (const name of Object.keys(limits)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) throw new TypeError(`limits.${name}: unknown option`);
  }
  return {
    lineLength: limitOf(limits, 'lineLength'),
    bulkLength: limitOf(limits, 'bulkLength'),
    packetLength: limitOf(limits, 'packetLength'),
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
