import { didYouMean } from '../did-you-mean.ts';
import { ArgumentError } from '../errors.ts';
import { isBytes, trueBytes } from './bytes.ts';
import type { Arg } from './command.ts';

/** What users may give where data is meant: text, bytes or a number (sent as decimal text). */
export type Data = string | Uint8Array | number | bigint;

function kind(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'then' in value ? 'a promise' : 'an object';
  return typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`;
}

/** An {@link ArgumentError} that names the argument and what is expected, never the value of a string. */
export function badArgument(name: string, expected: string, value: unknown): ArgumentError {
  return new ArgumentError(`${name}: expected ${expected}, got ${kind(value)}`);
}

/**
 * Checks that options are an object with known names only, so that a misspelled `{ EX: 10 }` does not make a value
 * without an expiry, and with names of its own: what another package puts on `Object.prototype` is not asked for.
 * @throws ArgumentError
 */
export function checkOptions(options: object, known: ReadonlySet<string>): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw badArgument('options', 'an object', options);
  }
  if (Symbol.iterator in options) throw new ArgumentError('options: expected an object with named fields, got a list');
  for (const name of Object.keys(options)) {
    if (!known.has(name)) throw new ArgumentError(`options.${name}: unknown option${didYouMean(name, known)}`);
  }
  checkInherited(options, known);
}

/** Options are nearly always literals: for these a look at each known name would take longer than all other checks. */
function checkInherited(options: object, known: ReadonlySet<string>): void {
  const prototype: unknown = Object.getPrototypeOf(options);
  if (prototype === Object.prototype) {
    for (const name in Object.prototype) if (known.has(name)) throw inherited(name);
  } else {
    for (const name of known) if (name in options && !Object.hasOwn(options, name)) throw inherited(name);
  }
}

function inherited(name: string): ArgumentError {
  return new ArgumentError(`options.${name}: inherited from the prototype of the options`);
}

function text(value: string, name: string): string {
  if (value.isWellFormed()) return value;
  throw new ArgumentError(`${name}: the text has a lone surrogate, which UTF-8 cannot carry`);
}

function decimal(value: number, name: string): string {
  if (!Number.isFinite(value)) throw badArgument(name, 'a finite number', value);
  if (Object.is(value, -0)) return '0';
  return Math.abs(value) >= 1e21 ? BigInt(value).toString() : String(value);
}

/** Checks one piece of data and gives its wire form. @throws ArgumentError for anything but {@link Data}. */
export function toArg(value: Data, name: string): Arg {
  if (typeof value === 'string') return text(value, name);
  if (typeof value === 'number') return decimal(value, name);
  if (isBytes(value)) return trueBytes(value);
  if (typeof value === 'bigint') return value.toString();
  throw badArgument(name, 'a string, Uint8Array, number or bigint', value);
}

/**
 * The wire form of one element of a list, as `read` gives it. An error tells the place in the list, so that it can be
 * found: the element itself is never shown. @throws ArgumentError
 */
export function element<T>(read: (value: T, name: string) => Arg, value: T, name: string, place: number): Arg {
  try {
    return read(value, name);
  } catch {
    return read(value, `${name}[${place}]`);
  }
}

/** Checks a whole number and gives its decimal text. @throws ArgumentError */
export function integer(value: number | bigint, name: string, min?: number, max?: number): string {
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) throw badArgument(name, 'a whole number', value);
  if ((min !== undefined && value < min) || (max !== undefined && value > max)) {
    throw new ArgumentError(`${name}: expected ${range(min, max)}, got ${value}`);
  }
  return Object.is(value, -0) ? '0' : value.toString();
}

function range(min: number | undefined, max: number | undefined): string {
  if (max === undefined) return `at least ${min}`;
  return min === undefined ? `at most ${max}` : `${min} to ${max}`;
}

/** Checks a number that may be fractional (`Infinity` allowed) and gives its text. @throws ArgumentError */
export function float(value: number | bigint, name: string): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'number' || Number.isNaN(value)) throw badArgument(name, 'a number', value);
  if (value === Number.POSITIVE_INFINITY) return '+inf';
  if (value === Number.NEGATIVE_INFINITY) return '-inf';
  return String(value);
}
