/** How far {@link everySplit} goes with a long input. */
export interface SplitOptions {
  /** Inputs up to this many bytes are split at every place; default 2048. */
  readonly exhaustive?: number;
  /** How many split points a longer input gets, in addition to its first and last 64; default 256. */
  readonly samples?: number;
}

/**
 * All the ways in which a stream may cut `bytes` that are worth a test: whole, byte by byte, and in two parts at every
 * place. Decoders that are right for these are right for all, since their state between two calls depends only on
 * what came before.
 *
 * Longer inputs than `exhaustive` are sampled: two parts at each of the first 64 and the last 64 places and at
 * `samples` places spread evenly over the rest; and "byte by byte" becomes pieces of the smallest size that keeps
 * their number below 65,536. The parts are copies, each in a buffer of its own.
 *
 * @example
 * for (const parts of everySplit(frame)) {
 *   const reader = new Reader();
 *   for (const part of parts) reader.feed(part);
 *   expect(reader.gets()).toEqual(value);
 * }
 */
export function* everySplit(bytes: Uint8Array, options: SplitOptions = {}): Generator<Uint8Array[]> {
  yield [copy(bytes, 0)];
  if (bytes.length < 2) return;
  yield inPieces(bytes, Math.ceil(bytes.length / 65_536));
  for (const at of splitPoints(bytes.length, options.exhaustive ?? 2048, options.samples ?? 256)) {
    yield [copy(bytes, 0, at), copy(bytes, at)];
  }
}

/** Copies of consecutive pieces of `size` bytes; the last one may be shorter. */
export function inPieces(bytes: Uint8Array, size: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(copy(bytes, at, at + size));
  return pieces;
}

/**
 * Hands each part to `write` the way a socket does that reads into one buffer: the bytes are overwritten as soon as
 * the call returns, so a decoder that keeps a view instead of a copy gives wrong values here.
 */
export function throughOneBuffer(parts: Iterable<Uint8Array>, write: (bytes: Uint8Array) => void): void {
  let buffer = new Uint8Array(1024);
  for (const part of parts) {
    if (part.length > buffer.length) buffer = new Uint8Array(part.length);
    buffer.set(part);
    try {
      write(buffer.subarray(0, part.length));
    } finally {
      buffer.fill(0xaa, 0, part.length);
    }
  }
}

/** `slice` of a Buffer would be a view. */
function copy(bytes: Uint8Array, start: number, end?: number): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end));
}

function* splitPoints(length: number, exhaustive: number, samples: number): Generator<number> {
  if (length <= exhaustive) {
    for (let at = 1; at < length; at++) yield at;
    return;
  }
  const edge = Math.min(64, length >> 1);
  for (let at = 1; at <= edge; at++) yield at;
  const step = Math.max(1, (length - 2 * edge) / (samples + 1));
  for (let at = edge + step; at < length - edge; at += step) yield Math.floor(at);
  for (let at = length - edge; at < length; at++) yield at;
}
