import { trimZeros } from '../numbers.ts';

/** What cjson uses for `null`: a pointer to nothing. */
export const NULL: unique symbol = Symbol('null');

/** A table with its keys in the order that Lua has them. */
export interface LuaTable {
  readonly entries: readonly (readonly [key: LuaValue, value: LuaValue])[];
}

/** A value that has no counterpart: a function, a coroutine, userdata. */
export interface LuaOpaque {
  readonly type: string;
}

/** A value of Lua; strings have one character per byte. */
export type LuaValue = undefined | boolean | number | string | typeof NULL | LuaTable | LuaOpaque;

export function isTable(value: LuaValue): value is LuaTable {
  return typeof value === 'object' && 'entries' in value;
}

/** A table with the keys 1, 2, and so on. */
export function listOf(values: readonly LuaValue[]): LuaTable {
  return { entries: values.map((value, index) => [index + 1, value] as const) };
}

/** A table with names for keys. */
export function recordOf(fields: Readonly<Record<string, LuaValue>>): LuaTable {
  return { entries: Object.entries(fields) };
}

/** The name of a value's type, as Lua has it. */
export function typeName(value: LuaValue): string {
  if (value === undefined) return 'nil';
  if (value === NULL) return 'userdata';
  if (typeof value === 'object') return isTable(value) ? 'table' : value.type;
  return typeof value;
}

/** An error that a function raises in Lua. */
export class LuaFailure extends Error {
  readonly value: LuaValue;

  /** @param value a text gets the place in the script in front */
  constructor(value: LuaValue) {
    super(typeof value === 'string' ? value : 'a value');
    this.name = 'LuaFailure';
    this.value = value;
  }
}

/** Raises a text, with the place in the script in front. */
export function fail(text: string): never {
  throw new LuaFailure(text);
}

/** Refuses an argument as Lua's own functions do. */
export function badArgument(position: number, name: string, why: string): never {
  return fail(`bad argument #${position} to '${name}' (${why})`);
}

/** An argument that must be a text; numbers count. */
export function textArgument(args: readonly LuaValue[], index: number, name: string): string {
  const value = args[index];
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatNumber(value);
  return badArgument(index + 1, name, `string expected, got ${index < args.length ? typeName(value) : 'no value'}`);
}

/** An argument that must be a number; texts that look like one count. */
export function numberArgument(args: readonly LuaValue[], index: number, name: string, missing?: number): number {
  const value = args[index];
  if (typeof value === 'number') return value;
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  if (!Number.isNaN(parsed)) return parsed;
  if (value === undefined && missing !== undefined) return missing;
  return badArgument(index + 1, name, `number expected, got ${index < args.length ? typeName(value) : 'no value'}`);
}

const DIGITS = 14;

/** A number as C's `%.<digits>g` prints it: Lua itself takes 14. */
export function formatNumber(value: number, digits: number = DIGITS): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0';
  const [mantissa = '', exponentText = '0'] = value.toExponential(digits - 1).split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= digits) {
    const sign = exponent < 0 ? '-' : '+';
    return `${trimZeros(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  return trimZeros(value.toFixed(Math.max(0, digits - 1 - exponent)));
}
