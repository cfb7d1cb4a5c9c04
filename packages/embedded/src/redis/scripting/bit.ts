import { type LuaValue, numberArgument } from './lua-values.ts';
import type { LuaFunction } from './lua-vm.ts';

const TWO_32 = 2 ** 32;

/** A number as 32 bits, with a sign. */
function bits(args: readonly LuaValue[], index: number, name: string): number {
  const value = numberArgument(args, index, name);
  return (roundToEven(value) % TWO_32) | 0;
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

function unary(name: string, run: (value: number) => number): LuaFunction {
  return (args) => [run(bits(args, 0, name)) | 0];
}

function folding(name: string, run: (a: number, b: number) => number): LuaFunction {
  return (args) => {
    let value = bits(args, 0, name);
    for (let at = 1; at < args.length; at += 1) value = run(value, bits(args, at, name));
    return [value | 0];
  };
}

function shifting(name: string, run: (value: number, by: number) => number): LuaFunction {
  return (args) => [run(bits(args, 0, name), bits(args, 1, name) & 31) | 0];
}

function rotate(value: number, by: number): number {
  return by === 0 ? value : (value << by) | (value >>> (32 - by));
}

function swap(value: number): number {
  return (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);
}

/** A negative count of digits means capital letters. */
function hex(args: readonly LuaValue[]): string {
  const value = bits(args, 0, 'tohex');
  const count = args.length > 1 ? bits(args, 1, 'tohex') : 8;
  const text = (value >>> 0).toString(16).padStart(8, '0');
  const shown = text.slice(Math.max(0, 8 - Math.min(8, Math.abs(count))));
  const digits = count === 0 ? '' : shown;
  return count < 0 ? digits.toUpperCase() : digits;
}

/** The library `bit`. */
export const bitLibrary: Readonly<Record<string, LuaFunction>> = {
  tobit: unary('tobit', (value) => value),
  bnot: unary('bnot', (value) => ~value),
  bswap: unary('bswap', swap),
  band: folding('band', (a, b) => a & b),
  bor: folding('bor', (a, b) => a | b),
  bxor: folding('bxor', (a, b) => a ^ b),
  lshift: shifting('lshift', (value, by) => value << by),
  rshift: shifting('rshift', (value, by) => value >>> by),
  arshift: shifting('arshift', (value, by) => value >> by),
  rol: shifting('rol', rotate),
  ror: shifting('ror', (value, by) => rotate(value, (32 - by) & 31)),
  tohex: (args) => [hex(args)],
};
