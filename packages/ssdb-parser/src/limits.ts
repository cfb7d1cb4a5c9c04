/** What a decoder accepts before it gives up with a `ProtocolError`. All sizes are bytes. */
export interface Limits {
  /** Longest count line without its line end. Default 18, the server's own limit. */
  readonly line?: number;
  /** Longest single block. Default 256 MiB: twice the largest value that a server can store. */
  readonly block?: number;
  /** All blocks of one packet together. Default 1 GiB (a scan may return more than any request may hold). */
  readonly packet?: number;
  /** Number of blocks in one packet, the status included. Default 16,777,216. */
  readonly blocks?: number;
}

const MEBIBYTE = 1024 * 1024;

/** The limits of a decoder that was given none. */
export const DEFAULT_LIMITS: Required<Limits> = {
  line: 18,
  block: 256 * MEBIBYTE,
  packet: 1024 * MEBIBYTE,
  blocks: 16 * MEBIBYTE,
};

/** Fills in the defaults. A limit that is not a whole positive number is a mistake of the program: `RangeError`. */
export function completeLimits(limits: Limits = {}): Required<Limits> {
  const complete = {
    line: limits.line ?? DEFAULT_LIMITS.line,
    block: limits.block ?? DEFAULT_LIMITS.block,
    packet: limits.packet ?? DEFAULT_LIMITS.packet,
    blocks: limits.blocks ?? DEFAULT_LIMITS.blocks,
  };
  for (const [name, value] of Object.entries(complete)) {
    const valid = value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && value > 0);
    if (!valid) throw new RangeError(`limit "${name}" must be a positive integer or Infinity`);
  }
  return complete;
}
