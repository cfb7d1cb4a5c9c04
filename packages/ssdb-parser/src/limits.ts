/** What a decoder accepts before it gives up with a `ProtocolError`. All sizes are bytes. */
export interface Limits {
  /** Longest count line without its line end. Default 18, the server's own limit. */
  readonly lineLength?: number | undefined;
  /** Longest single block. Default 256 MiB: twice the largest value that a server can store. */
  readonly bulkLength?: number | undefined;
  /** All blocks of one packet together. Default 1 GiB (a scan may return more than any request may hold). */
  readonly packetLength?: number | undefined;
  /** Number of blocks in one packet, the status included. Default 16,777,216. */
  readonly elements?: number | undefined;
}

const MEBIBYTE = 1024 * 1024;

/** Every limit, filled in. */
export type CompleteLimits = { readonly [limit in keyof Limits]-?: number };

/** The limits of a decoder that was given none. */
export const DEFAULT_LIMITS: CompleteLimits = {
  lineLength: 18,
  bulkLength: 256 * MEBIBYTE,
  packetLength: 1024 * MEBIBYTE,
  elements: 16 * MEBIBYTE,
};

/** Fills in the defaults. A limit that is not a whole positive number is a mistake of the program: `RangeError`. */
export function completeLimits(limits: Limits = {}): CompleteLimits {
  const complete = {
    lineLength: limits.lineLength ?? DEFAULT_LIMITS.lineLength,
    bulkLength: limits.bulkLength ?? DEFAULT_LIMITS.bulkLength,
    packetLength: limits.packetLength ?? DEFAULT_LIMITS.packetLength,
    elements: limits.elements ?? DEFAULT_LIMITS.elements,
  };
  for (const [name, value] of Object.entries(complete)) {
    const valid = value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && value > 0);
    if (!valid) throw new RangeError(`limit "${name}" must be a positive integer or Infinity`);
  }
  return complete;
}
