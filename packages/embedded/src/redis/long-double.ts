import { refuse } from './command-error.ts';
import { trimZeros } from './numbers.ts';

/**
 * Numbers as INCRBYFLOAT computes them: x87 extended precision, `mantissa × 2^exponent` with a mantissa of 64 bits.
 * Doubles would give other digits.
 */
export interface LongDouble {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const MANTISSA_BITS = 64;
const PRINTED_DECIMALS = 17;
const MAX_TEXT = 255;
/** More than the range of the type; the arithmetic stays bounded. */
const MAX_DECIMAL_EXPONENT = 5000;
const DECIMAL = /^([+-]?)([0-9]*)\.?([0-9]*)(?:e([+-]?[0-9]+))?$/i;

/** Undefined: not a number. Infinity is told apart by the caller. */
export function parseLongDouble(text: string): LongDouble | undefined {
  const match = DECIMAL.exec(text);
  if (match === null || text.length > MAX_TEXT) return undefined;
  const [, sign, whole = '', part = '', exponentText = '0'] = match;
  if (whole === '' && part === '') return undefined;
  const exponent = Number(exponentText) - part.length;
  if (Math.abs(exponent) > MAX_DECIMAL_EXPONENT) return undefined;
  const digits = BigInt(whole + part) * (sign === '-' ? -1n : 1n);
  return exponent >= 0
    ? rounded(digits * 10n ** BigInt(exponent), 1n, 0)
    : rounded(digits, 10n ** BigInt(-exponent), 0);
}

export function addLongDoubles(a: LongDouble, b: LongDouble): LongDouble {
  const exponent = Math.min(a.exponent, b.exponent);
  const shifted = ({ mantissa, exponent: own }: LongDouble): bigint => mantissa << BigInt(own - exponent);
  return rounded(shifted(a) + shifted(b), 1n, exponent);
}

/** Without exponent, at most 17 decimals, no zeros at the end. */
export function formatLongDouble({ mantissa, exponent }: LongDouble): string {
  const scale = 10n ** BigInt(PRINTED_DECIMALS);
  const scaled =
    exponent >= 0 ? (mantissa << BigInt(exponent)) * scale : divide(mantissa * scale, 1n << BigInt(-exponent));
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(PRINTED_DECIMALS + 1, '0');
  const text = trimZeros(`${digits.slice(0, -PRINTED_DECIMALS)}.${digits.slice(-PRINTED_DECIMALS)}`);
  return mantissa < 0n && text !== '0' ? `-${text}` : text;
}

/** An increment that a user gave; `infinite` is the refusal of an infinite one. */
export function incrementOf(text: string, infinite: string): LongDouble {
  if (/^[+-]?inf(inity)?$/i.test(text)) refuse(infinite);
  return parseLongDouble(text) ?? refuse('value is not a valid float');
}

/** `numerator / denominator × 2^exponent`, rounded to the mantissa, ties to even. */
function rounded(numerator: bigint, denominator: bigint, exponent: number): LongDouble {
  if (numerator === 0n) return { mantissa: 0n, exponent: 0 };
  const shift = bitsOf(numerator) - bitsOf(denominator) - MANTISSA_BITS;
  const quotient = (by: number): bigint =>
    by >= 0 ? divide(numerator, denominator << BigInt(by)) : divide(numerator << BigInt(-by), denominator);
  const first = quotient(shift);
  const extra = bitsOf(first) > MANTISSA_BITS ? 1 : 0;
  return { mantissa: extra === 0 ? first : quotient(shift + 1), exponent: exponent + shift + extra };
}

/** Nearest whole number, ties to even. */
function divide(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n;
  const size = negative ? -numerator : numerator;
  const low = size / denominator;
  const twice = 2n * (size - low * denominator);
  const up = twice > denominator || (twice === denominator && (low & 1n) === 1n);
  const nearest = up ? low + 1n : low;
  return negative ? -nearest : nearest;
}

function bitsOf(value: bigint): number {
  return (value < 0n ? -value : value).toString(2).length;
}
