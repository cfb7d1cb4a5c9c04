import { badArgument, fail, type LuaValue, numberArgument, textArgument } from './lua-values.ts';
import type { LuaFunction } from './lua-vm.ts';

/** How a format lays out values. */
interface Layout {
  little: boolean;
  /** The greatest alignment. */
  align: number;
}

/** One letter of a format, with its size in bytes. */
interface Item {
  readonly letter: string;
  readonly size: number;
}

const SIZES: Readonly<Record<string, number>> = { b: 1, B: 1, h: 2, H: 2, l: 8, L: 8, T: 8, f: 4, d: 8, x: 1 };
const MAX_INT = 32;

/** Walks over a format and notes in `layout` what it says about the following values. */
function* itemsOf(format: string, layout: Layout, name: string): Generator<Item, void, undefined> {
  for (let index = 0; index < format.length; index += 1) {
    const letter = format.charAt(index);
    const digits = /^[0-9]*/.exec(format.slice(index + 1))?.[0] ?? '';
    const takesNumber = 'iIc!'.includes(letter);
    if (takesNumber) index += digits.length;
    if (letter === '>' || letter === '<') layout.little = letter === '<';
    else if (letter === '!') layout.align = digits === '' ? 8 : alignment(Number(digits));
    else if (letter === '=') layout.little = true;
    else if (letter !== ' ') yield { letter, size: sizeOf(letter, digits, name) };
  }
}

function alignment(size: number): number {
  if (size === 0 || (size & (size - 1)) !== 0) fail('alignment is not a power of 2');
  return size;
}

function sizeOf(letter: string, digits: string, name: string): number {
  if (letter === 'c') return digits === '' ? 1 : Number(digits);
  if (letter === 's') return 0;
  if (letter !== 'i' && letter !== 'I')
    return SIZES[letter] ?? badArgument(1, name, `invalid format option '${letter}'`);
  const size = digits === '' ? 4 : Number(digits);
  return size > MAX_INT ? fail(`integral size ${size} is larger than limit of ${MAX_INT}`) : size;
}

/** Bytes that a value is moved on by. */
function padding({ letter, size }: Item, { align }: Layout, at: number): number {
  if (size === 0 || letter === 'c' || letter === 'x') return 0;
  const unit = Math.min(size, align);
  return unit > 1 ? (unit - (at & (unit - 1))) & (unit - 1) : 0;
}

function integerBytes(value: number, size: number, little: boolean): string {
  const wide = BigInt.asUintN(64, BigInt(Math.trunc(value)));
  const bytes = Array.from({ length: size }, (_, n) => (n < 8 ? Number((wide >> BigInt(8 * n)) & 0xffn) : 0));
  return String.fromCharCode(...(little ? bytes : bytes.reverse()));
}

function floatBytes(value: number, size: number, little: boolean): string {
  const bytes = Buffer.alloc(size);
  if (size === 4) bytes.writeFloatLE(value);
  else bytes.writeDoubleLE(value);
  return (little ? bytes : bytes.reverse()).toString('latin1');
}

function pack(args: readonly LuaValue[]): LuaValue[] {
  const layout: Layout = { little: true, align: 1 };
  let text = '';
  let next = 1;
  for (const item of itemsOf(textArgument(args, 0, 'pack'), layout, 'pack')) {
    text += '\0'.repeat(padding(item, layout, text.length));
    if (item.letter === 'x') text += '\0';
    else {
      text += packOne(item, args, next, layout);
      next += 1;
    }
  }
  return [text];
}

function packOne({ letter, size }: Item, args: readonly LuaValue[], index: number, { little }: Layout): string {
  if (letter === 's') return `${textArgument(args, index, 'pack')}\0`;
  if (letter === 'c') {
    const value = textArgument(args, index, 'pack');
    const length = size === 0 ? value.length : size;
    if (value.length < length) badArgument(index + 1, 'pack', 'string too short');
    return value.slice(0, length);
  }
  const value = numberArgument(args, index, 'pack');
  return letter === 'f' || letter === 'd' ? floatBytes(value, size, little) : integerBytes(value, size, little);
}

function integerOf(bytes: Buffer, isSigned: boolean): number {
  const value = [...bytes.subarray(0, 8)].reduce((sum, byte, n) => sum | (BigInt(byte) << BigInt(8 * n)), 0n);
  const bits = 8 * Math.min(8, bytes.length);
  return Number(isSigned ? BigInt.asIntN(bits, value) : value);
}

function unpack(args: readonly LuaValue[]): LuaValue[] {
  const layout: Layout = { little: true, align: 1 };
  const text = textArgument(args, 1, 'unpack');
  let at = Math.trunc(numberArgument(args, 2, 'unpack', 1)) - 1;
  if (at < 0) badArgument(3, 'unpack', 'offset must be 1 or greater');
  const values: LuaValue[] = [];
  for (const item of itemsOf(textArgument(args, 0, 'unpack'), layout, 'unpack')) {
    at += padding(item, layout, at);
    if (at + item.size > text.length) badArgument(2, 'unpack', 'data string too short');
    at += unpackOne(item, text, at, layout, values);
  }
  return [...values, at + 1];
}

/** Adds the value at a place and returns how long it is. */
function unpackOne({ letter, size }: Item, text: string, at: number, { little }: Layout, values: LuaValue[]): number {
  if (letter === 'x') return 1;
  if (letter === 's') {
    const end = text.indexOf('\0', at);
    if (end < 0) fail('unfinished string in data');
    values.push(text.slice(at, end));
    return end - at + 1;
  }
  if (letter === 'c') return unpackText(size, text, at, values);
  const bytes = Buffer.from(text.slice(at, at + size), 'latin1');
  if (!little) bytes.reverse();
  if (letter === 'f') values.push(bytes.readFloatLE());
  else if (letter === 'd') values.push(bytes.readDoubleLE());
  else values.push(integerOf(bytes, letter === letter.toLowerCase()));
  return size;
}

/** Without a size, the number read before says how long the text is. */
function unpackText(size: number, text: string, at: number, values: LuaValue[]): number {
  if (size > 0) {
    values.push(text.slice(at, at + size));
    return size;
  }
  const length = values.pop();
  if (typeof length !== 'number') return fail("format 'c0' needs a previous size");
  if (at + length > text.length) badArgument(2, 'unpack', 'data string too short');
  values.push(text.slice(at, at + length));
  return length;
}

function size(args: readonly LuaValue[]): LuaValue[] {
  const layout: Layout = { little: true, align: 1 };
  let at = 0;
  for (const item of itemsOf(textArgument(args, 0, 'size'), layout, 'size')) {
    if (item.letter === 's') badArgument(1, 'size', "variable-size format in 'size'");
    if (item.letter === 'c' && item.size === 0) badArgument(1, 'size', "variable-length format in 'size'");
    at += padding(item, layout, at) + item.size;
  }
  return [at];
}

/** The library `struct`. */
export const structLibrary: Readonly<Record<string, LuaFunction>> = { pack, unpack, size };
