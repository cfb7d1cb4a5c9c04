import { encodings } from './constants.ts';
import { ProtocolError } from './errors.ts';
import { readInteger, readUint32 } from './numbers.ts';
import { readText } from './text.ts';
import type { Datum, Pair } from './types.ts';

/** The rows of a list and how many of the announced ones are not there. */
export interface KeyValues {
  readonly rows: readonly Pair[];
  readonly missing: number;
}

/**
 * Reads the data of a KVAL reply, which lies in `data` from `start` to `end`.
 *
 * ```text
 * | count u32 | key length u32 | key | encoding u8 | value length u32 | value | next row …
 * ```
 *
 * The end of the data ends the list, not `count`: MGET announces all live items but its rows stop at the first
 * expired one. The opposite, more rows than announced, is an error.
 */
export function readKeyValues(
  data: Uint8Array,
  start: number,
  end: number,
  asBytes: boolean,
  elements: number,
): KeyValues {
  if (start === end) return { rows: [], missing: 0 };
  need(4, start, end);
  const count = readUint32(data, start);
  const rows: Pair[] = [];
  let at = start + 4;
  while (at < end) {
    if (rows.length === count) throw new ProtocolError('a list with more rows than it announces');
    if (rows.length === elements) throw new ProtocolError(`a list of more than ${elements} rows`);
    need(4, at, end);
    const keyStart = at + 4;
    const keyEnd = keyStart + readUint32(data, at);
    need(5, keyEnd, end);
    const valueStart = keyEnd + 5;
    const length = readUint32(data, keyEnd + 1);
    need(length, valueStart, end);
    const key = readPlain(data, keyStart, keyEnd, asBytes);
    rows.push([key, readDatum(data, valueStart, length, data[keyEnd] as number, asBytes)]);
    at = valueStart + length;
  }
  return { rows, missing: count - rows.length };
}

/** Reads one value by its encoding. */
export function readDatum(data: Uint8Array, start: number, length: number, encoding: number, asBytes: boolean): Datum {
  if (encoding === encodings.NUMBER) return readInteger(data, start, length);
  if (encoding === encodings.PLAIN) return readPlain(data, start, start + length, asBytes);
  throw new ProtocolError(`a value with encoding ${encoding}`);
}

// A copy, because the caller reuses the memory; and a plain array also when the input is a Node Buffer.
function readPlain(data: Uint8Array, start: number, end: number, asBytes: boolean): string | Uint8Array {
  if (asBytes) return new Uint8Array(data.subarray(start, end));
  try {
    return readText(data, start, end);
  } catch {
    throw new ProtocolError(`a value of ${end - start} bytes is too long for a text`);
  }
}

function need(bytes: number, at: number, end: number): void {
  if (at + bytes > end) throw new ProtocolError('a list whose row runs past its end');
}
