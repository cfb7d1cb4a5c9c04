import { ProtocolError } from './errors.ts';
import { decodeText } from './text.ts';

const INTEGER = /^[+-]?[0-9]+$/;
const DOUBLE = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

export const MINUS = 45;
const POINT = 46;

/** An integer of so many digits is always safe. */
export const SAFE_DIGITS = 15;

/** They are exact: a safe integer divided by one of them is rounded once, as the number is when its text is read. */
const POWERS_OF_TEN = Float64Array.from({ length: SAFE_DIGITS + 1 }, (_, i) => Number(`1e${i}`));

/** Servers write at most 17 digits behind four zeros, with a sign and a point. What is longer takes the usual way. */
const LONGEST_DECIMAL = 23;

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/**
 * Reads a signed 64-bit integer.
 * @returns a number when it is a safe integer, else a bigint
 * @throws ProtocolError when it is no integer or does not fit into 64 bits
 */
export function parseInteger(text: string): number | bigint {
  if (!INTEGER.test(text)) throw new ProtocolError('An integer reply is not made of digits');
  const exact = BigInt(text);
  if (exact > INT64_MAX || exact < INT64_MIN) throw new ProtocolError('An integer reply does not fit into 64 bits');
  const number = Number(exact);
  return Number.isSafeInteger(number) ? number : exact;
}

/**
 * Reads a double. Redis 7.0 prints `-nan` on some machines.
 * @throws ProtocolError when it is no decimal number
 */
export function parseDouble(text: string): number {
  if (DOUBLE.test(text)) return Number(text);
  switch (text.toLowerCase()) {
    case 'inf':
    case '+inf':
      return Number.POSITIVE_INFINITY;
    case '-inf':
      return Number.NEGATIVE_INFINITY;
    case 'nan':
    case '+nan':
    case '-nan':
      return Number.NaN;
    default:
      throw new ProtocolError('A double reply is not a number');
  }
}

/**
 * Reads a double without plus sign and exponent and not longer than servers write it, the usual case.
 * @returns undefined for every other text, whether it is a double or not
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (end - start > LONGEST_DECIMAL) return undefined;
  const isNegative = bytes[start] === MINUS;
  const first = isNegative ? start + 1 : start;
  let point = end;
  let integer = 0;
  for (let i = first; i < end; i++) {
    const digit = (bytes[i] as number) - 48;
    if (digit >= 0 && digit <= 9) integer = integer * 10 + digit;
    else if (bytes[i] === POINT && point === end) point = i;
    else return undefined;
  }
  const decimals = point === end ? 0 : end - point - 1;
  const digits = end - first - (point === end ? 0 : 1);
  if (digits === 0) return undefined;
  if (digits > SAFE_DIGITS) return Number(decodeText(bytes, start, end));
  const value = decimals === 0 ? integer : integer / (POWERS_OF_TEN[decimals] as number);
  return isNegative ? -value : value;
}

/**
 * Reads an integer of any size.
 * @throws ProtocolError when it is no integer
 */
export function parseBigNumber(text: string): bigint {
  if (!INTEGER.test(text)) throw new ProtocolError('A big number reply is not made of digits');
  return BigInt(text);
}

/**
 * Writes a number so that the server reads the same value: integers in plain decimal digits, also beyond 1e21 where
 * JavaScript would print an exponent.
 * @throws TypeError for NaN, which no server accepts
 */
export function formatNumber(value: number | bigint): string {
  if (Number.isNaN(value)) throw new TypeError('NaN cannot be an argument of a command');
  if (value === Number.POSITIVE_INFINITY) return 'inf';
  if (value === Number.NEGATIVE_INFINITY) return '-inf';
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value).toString() : String(value);
}
