import { refuse } from '../command-error.ts';

/** Which entry of a stream: two unsigned 64-bit numbers. */
export interface StreamId {
  /** Unix time in milliseconds, usually. */
  readonly ms: bigint;
  /** Which one of that millisecond. */
  readonly seq: bigint;
}

const MAX = 2n ** 64n - 1n;
const LONGEST = 127;
const INVALID = 'Invalid stream ID specified as stream command argument';

export const FIRST_ID: StreamId = { ms: 0n, seq: 0n };
export const LAST_ID: StreamId = { ms: MAX, seq: MAX };

export function compareIds(a: StreamId, b: StreamId): number {
  if (a.ms !== b.ms) return a.ms < b.ms ? -1 : 1;
  return a.seq < b.seq ? -1 : Number(a.seq > b.seq);
}

export function isZero({ ms, seq }: StreamId): boolean {
  return ms === 0n && seq === 0n;
}

export function idText({ ms, seq }: StreamId): string {
  return `${ms}-${seq}`;
}

/** Undefined: there is no greater one. */
export function nextId({ ms, seq }: StreamId): StreamId | undefined {
  if (seq < MAX) return { ms, seq: seq + 1n };
  return ms < MAX ? { ms: ms + 1n, seq: 0n } : undefined;
}

/** Undefined: there is no smaller one. */
export function previousId({ ms, seq }: StreamId): StreamId | undefined {
  if (seq > 0n) return { ms, seq: seq - 1n };
  return ms > 0n ? { ms: ms - 1n, seq: MAX } : undefined;
}

/** A number as the server's C library reads it: after a sign that wraps around, with zeros in front. */
function unsigned(text: string): bigint | undefined {
  if (/^-[1-9]/.test(text)) return undefined;
  const match = /^[ \t\n\v\f\r]*([+-]?)([0-9]+)$/.exec(text);
  if (match === null) return undefined;
  const value = BigInt(match[2] as string);
  if (value > MAX) return undefined;
  return match[1] === '-' ? BigInt.asUintN(64, -value) : value;
}

/** An id, with the sequence number that stands for a missing one; undefined: it is none. */
export function parseId(given: string, missing: bigint = 0n): StreamId | undefined {
  if (given.length > LONGEST) return undefined;
  const [text = ''] = given.split('\0', 1);
  const dash = text.indexOf('-');
  const ms = unsigned(dash < 0 ? text : text.slice(0, dash));
  const seq = dash < 0 ? missing : unsigned(text.slice(dash + 1));
  return ms === undefined || seq === undefined ? undefined : { ms, seq };
}

/** An id that names one entry. */
export function idOf(text: string, missing?: bigint): StreamId {
  return parseId(text, missing) ?? refuse(INVALID);
}

/** The same, and `-` and `+`, which are the ends. */
export function idOrEnd(text: string, missing?: bigint): StreamId {
  if (text === '-') return FIRST_ID;
  return text === '+' ? LAST_ID : idOf(text, missing);
}

/** Where a range begins; after `(` the id itself is left out. */
export function rangeStart(text: string): StreamId {
  if (!isExclusive(text)) return idOrEnd(text);
  return nextId(idOf(text.slice(1))) ?? refuse('invalid start ID for the interval');
}

/** Where a range ends. */
export function rangeEnd(text: string): StreamId {
  if (!isExclusive(text)) return idOrEnd(text, MAX);
  return previousId(idOf(text.slice(1), MAX)) ?? refuse('invalid end ID for the interval');
}

function isExclusive(text: string): boolean {
  return text.length > 1 && text.startsWith('(');
}
