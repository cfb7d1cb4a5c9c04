const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;
const UNSIGNED_MAX = 2n ** 64n - 1n;

/** An integer argument as C reads one: blanks, sign, digits, the rest ignored; nothing there is 0; clamped to 64 bits. */
export function integer(text: string): bigint {
  const match = /^[ \t\n\v\f\r]*([+-]?)([0-9]+)/.exec(text);
  if (match === null) return 0n;
  const size = BigInt(match[2] as string);
  return clamp(match[1] === '-' ? -size : size);
}

/** The same without sign: a negative number wraps, so -1 is the largest. */
export function unsigned(text: string): bigint {
  const match = /^[ \t\n\v\f\r]*([+-]?)([0-9]+)/.exec(text);
  if (match === null) return 0n;
  const size = BigInt(match[2] as string);
  if (size > UNSIGNED_MAX) return UNSIGNED_MAX;
  return match[1] === '-' ? BigInt.asUintN(64, -size) : size;
}

/** An unsigned count of things in memory; numbers beyond all counts lose precision. */
export function amount(text: string | undefined): number {
  return Number(unsigned(text ?? ''));
}

/** An integer argument cut to 32 bits, as for ttl, offsets and sizes. */
export function int32(text: string): number {
  return Number(BigInt.asIntN(32, integer(text)));
}

/** A stored value as a number: all of it must be one, except leading blanks; empty counts as 0. */
export function storedInteger(text: string): bigint | undefined {
  if (text !== '' && !/^[ \t\n\v\f\r]*[+-]?[0-9]+$/.test(text)) return undefined;
  return integer(text);
}

/** Sum in 64 bits, wrapping. */
export function wrappingSum(a: bigint, b: bigint): bigint {
  return BigInt.asIntN(64, a + b);
}

function clamp(value: bigint): bigint {
  if (value > MAX) return MAX;
  return value < MIN ? MIN : value;
}
