import { isTable, type LuaTable, type LuaValue, NULL } from './lua-values.ts';

/** A table at this level is nil. */
export const DEEPEST = 16;
const LEAST = -(2 ** 63);

/** The MessagePack form of a value; what has none is nil. */
export function packValue(value: LuaValue, level = 0): string {
  if (typeof value === 'boolean') return value ? '\xc3' : '\xc2';
  if (typeof value === 'number') return packNumber(value);
  if (typeof value === 'string') return packText(value);
  if (value === undefined || value === NULL || !isTable(value) || level === DEEPEST) return '\xc0';
  return packTable(value, level + 1);
}

function packNumber(value: number): string {
  if (Number.isInteger(value) && value >= LEAST && value < -LEAST) return packInteger(value);
  const isFloat = Math.fround(value) === value;
  const bytes = Buffer.alloc(isFloat ? 4 : 8);
  if (isFloat) bytes.writeFloatBE(value);
  else bytes.writeDoubleBE(value);
  return (isFloat ? '\xca' : '\xcb') + bytes.toString('latin1');
}

/** Marks for whole numbers of 1, 2, 4 and 8 bytes. */
const UNSIGNED = '\xcc\xcd\xce\xcf';
const SIGNED = '\xd0\xd1\xd2\xd3';

function packInteger(value: number): string {
  if (value >= -32 && value <= 127) return String.fromCharCode(value & 0xff);
  const power = [0, 1, 2, 3].find((n) => fits(value, 8 * 2 ** n)) as number;
  return (value < 0 ? SIGNED : UNSIGNED).charAt(power) + bigEndian(BigInt(value), 2 ** power);
}

function fits(value: number, bits: number): boolean {
  return value < 0 ? value >= -(2 ** (bits - 1)) : value < 2 ** bits;
}

function bigEndian(value: bigint, size: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, value));
  return bytes.subarray(8 - size).toString('latin1');
}

function packText(text: string): string {
  const { length } = text;
  if (length < 32) return String.fromCharCode(0xa0 | length) + text;
  if (length < 2 ** 8) return `\xd9${bigEndian(BigInt(length), 1)}${text}`;
  return length < 2 ** 16 ? `\xda${bigEndian(BigInt(length), 2)}${text}` : `\xdb${bigEndian(BigInt(length), 4)}${text}`;
}

/** Few items are counted in the mark itself. */
function head(count: number, few: number, marks: string): string {
  if (count < 16) return String.fromCharCode(few | count);
  return count < 2 ** 16
    ? marks.charAt(0) + bigEndian(BigInt(count), 2)
    : marks.charAt(1) + bigEndian(BigInt(count), 4);
}

function packTable({ entries }: LuaTable, level: number): string {
  const { length } = entries;
  if (!isList(entries)) {
    const pairs = entries.map(([key, value]) => packValue(key, level) + packValue(value, level));
    return head(length, 0x80, '\xde\xdf') + pairs.join('');
  }
  const items = new Array<string>(length);
  for (const [key, value] of entries) items[(key as number) - 1] = packValue(value, level);
  return head(length, 0x90, '\xdc\xdd') + items.join('');
}

function isList(entries: LuaTable['entries']): boolean {
  return entries.every(([key]) => Number.isInteger(key) && (key as number) > 0 && (key as number) <= entries.length);
}
