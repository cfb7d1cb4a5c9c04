import { refuse } from './command-error.ts';

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

/** A signed 64-bit integer, written the one way the server accepts; undefined: it is none. */
export function parseInteger(text: string): bigint | undefined {
  if (text.length > 20 || !/^(0|-?[1-9][0-9]*)$/.test(text)) return undefined;
  const value = BigInt(text);
  return value < MIN || value > MAX ? undefined : value;
}

const NOT_AN_INTEGER = 'value is not an integer or out of range';

export function integerOf(text: string, message: string = NOT_AN_INTEGER): bigint {
  return parseInteger(text) ?? refuse(message);
}

/** An integer as a JS number; far beyond 2^53 it is not exact, which is good enough for positions and counts. */
export function numberOf(text: string, message: string = NOT_AN_INTEGER): number {
  return Number(integerOf(text, message));
}

const INT = 2 ** 31;

/** A number that the server keeps in 32 bits. */
export function intOf(text: string): number {
  const value = numberOf(text);
  const fits = value >= -INT && value < INT;
  return fits ? value : refuse(`value is out of range, value must between ${-INT} and ${INT - 1}`);
}

/** Zero or more. */
export function countOf(text: string): number {
  const message = 'value is out of range, must be positive';
  const value = numberOf(text, message);
  return value < 0 ? refuse(message) : value;
}

/** A sum that must stay in 64 bits. */
export function checkedSum(a: bigint, b: bigint): bigint {
  const sum = a + b;
  return sum < MIN || sum > MAX ? refuse('increment or decrement would overflow') : sum;
}

const DECIMAL = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?$/i;
const INFINITE = /^([+-]?)inf(inity)?$/i;

/** A double as C reads it, all of the text; undefined: it is none, not a number, or out of range. */
export function parseDouble(text: string): number | undefined {
  const infinite = INFINITE.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text);
  const vanished = value === 0 && /[1-9]/.test(text.replace(/e.*$/i, ''));
  return Number.isFinite(value) && !vanished ? value : undefined;
}

export function doubleOf(text: string, message = 'value is not a valid float'): number {
  return parseDouble(text) ?? refuse(message);
}

const DIGITS = 17;
/** More digits than a number can have that lies exactly between two numbers of 17 digits. */
const ALL_DIGITS = 60;

/** A double as C's `%.17g` prints it. */
export function formatDouble(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const [mantissa = '', exponentText = '0'] = toEven(value).split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= DIGITS) {
    const sign = exponent < 0 ? '-' : '+';
    return `${trimZeros(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  const digits = mantissa.replace(/[-.]/g, '');
  const minus = value < 0 ? '-' : '';
  if (exponent < 0) return minus + trimZeros(`0.${'0'.repeat(-exponent - 1)}${digits}`);
  return minus + trimZeros(`${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`);
}

/** As `toExponential`, but a number exactly in the middle goes to the even digit, as in C. */
function toEven(value: number): string {
  const exact = /^(-?[0-9]\.[0-9]{15}[02468])50*(e.*)$/.exec(value.toExponential(ALL_DIGITS));
  return exact === null ? value.toExponential(DIGITS - 1) : `${exact[1]}${exact[2]}`;
}

/** Without zeros after the last digit that counts. */
export function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0*$/, '') : text;
}
