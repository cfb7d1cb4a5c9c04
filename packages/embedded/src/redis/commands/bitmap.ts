import { arg, type Commands, type Context, type Run } from '../command.ts';
import { refuse, syntaxError } from '../command-error.ts';
import type { Entry } from '../keyspace.ts';
import { numberOf } from '../numbers.ts';
import { integer } from '../replies.ts';
import { checkSize } from '../string-size.ts';

const MAX_BITS = 2 ** 32;

function bytesOf({ db }: Context, key: string): Buffer {
  return Buffer.from(db.get('string', key)?.text ?? '', 'latin1');
}

/** Also what has not changed is kept in another form from now on; that does not count for who watches the key. */
function store({ db }: Context, key: string, bytes: Buffer, changed: boolean): void {
  db.open('string', key);
  (db.entry(key) as Entry).value = { type: 'string', text: bytes.toString('latin1'), form: 'raw' };
  if (changed) db.touch(key, '$', 'setbit');
}

function bitAt(bytes: Buffer, offset: number): number {
  return ((bytes[Math.floor(offset / 8)] ?? 0) >> (7 - (offset % 8))) & 1;
}

function offsetOf(text: string, scale = 1): number {
  const message = 'bit offset is not an integer or out of range';
  const offset = numberOf(text, message) * scale;
  return offset >= 0 && offset < MAX_BITS ? offset : refuse(message);
}

const getbit: Run = (context, [key = '', offset = '']) => {
  const at = offsetOf(offset);
  return integer(bitAt(bytesOf(context, key), at));
};

const setbit: Run = (context, [key = '', offsetText = '', bit = '']) => {
  const offset = offsetOf(offsetText);
  if (bit !== '0' && bit !== '1') refuse('bit is not an integer or out of range');
  const old = bytesOf(context, key);
  const at = Math.floor(offset / 8);
  checkSize(at + 1);
  const bytes = Buffer.alloc(Math.max(old.length, at + 1));
  old.copy(bytes);
  const mask = 0x80 >> (offset % 8);
  const byte = bytes[at] as number;
  bytes[at] = bit === '1' ? byte | mask : byte & ~mask;
  store(context, key, bytes, !bytes.equals(old));
  return integer(bitAt(old, offset));
};

/** Bits from the first up to, not including, the second. */
function bitRange(size: number, first: number, last: number, unit: string): [from: number, to: number] {
  const bits = unit === 'BIT';
  const length = bits ? size * 8 : size;
  const from = Math.max(0, first < 0 ? first + length : first);
  const to = Math.min(length, Math.max(0, last < 0 ? last + length : last) + 1);
  return bits ? [from, to] : [from * 8, to * 8];
}

function unitOf(text = 'BYTE'): string {
  return /^(bit|byte)$/i.test(text) ? text.toUpperCase() : syntaxError();
}

const bitcount: Run = (context, [key = '', start, end, unit, ...rest]) => {
  if (context.db.get('string', key) === undefined) return integer(0);
  if ((start !== undefined && end === undefined) || rest.length > 0) syntaxError();
  const [first, last] = [numberOf(start ?? '0'), numberOf(end ?? '-1')];
  if (first < 0 && last < 0 && first > last) return integer(0);
  const bytes = bytesOf(context, key);
  const [from, to] = bitRange(bytes.length, first, last, unitOf(unit));
  let count = 0;
  for (let at = from; at < to; at += 1) count += bitAt(bytes, at);
  return integer(count);
};

/** Looking for a 0 without an end, the string counts as followed by zeros. */
const bitpos: Run = (context, [key = '', bitText = '', start, end, unit, ...rest]) => {
  const bit = numberOf(bitText);
  if (bit !== 0 && bit !== 1) refuse('The bit argument must be 1 or 0.');
  if (context.db.get('string', key) === undefined) return integer(bit === 1 ? -1 : 0);
  if (rest.length > 0) syntaxError();
  const first = numberOf(start ?? '0');
  const kind = unitOf(unit);
  const bytes = bytesOf(context, key);
  const [from, to] = bitRange(bytes.length, first, numberOf(end ?? '-1'), kind);
  for (let at = from; at < to; at += 1) if (bitAt(bytes, at) === bit) return integer(at);
  return integer(bit === 0 && end === undefined && from < to ? to : -1);
};

const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
  AND: (a, b) => a & b,
  OR: (a, b) => a | b,
  XOR: (a, b) => a ^ b,
};

const bitop: Run = (context, [name = '', target = '', ...keys]) => {
  const operation = name.toUpperCase();
  const combine = operations[operation];
  if (combine === undefined && operation !== 'NOT') syntaxError();
  if (operation === 'NOT' && keys.length !== 1) refuse('BITOP NOT must be called with a single source key.');
  const [first = Buffer.alloc(0), ...others] = keys.map((key) => bytesOf(context, key));
  const size = others.reduce((longest, other) => Math.max(longest, other.length), first.length);
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 1) {
    const byte = first[at] ?? 0;
    bytes[at] = combine === undefined ? ~byte : others.reduce((all, other) => combine(all, other[at] ?? 0), byte);
  }
  if (size === 0) context.db.delete(target);
  else context.db.put(target, { type: 'string', text: bytes.toString('latin1'), form: 'raw' }, '$', 'set');
  return integer(size);
};

interface Field {
  readonly signed: boolean;
  readonly bits: number;
  readonly offset: number;
}

interface Step {
  readonly verb: 'GET' | 'SET' | 'INCRBY';
  readonly field: Field;
  readonly value: bigint;
  readonly overflow: string;
}

function fieldOf(type: string, offsetText: string): Field {
  const match = /^([iu])([0-9]+)$/i.exec(type);
  const bits = Number(match?.[2] ?? 0);
  const signed = match?.[1]?.toLowerCase() === 'i';
  if (match === null || bits < 1 || bits > (signed ? 64 : 63)) {
    refuse('Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.');
  }
  const scaled = offsetText.startsWith('#');
  const offset = scaled ? offsetOf(offsetText.slice(1), bits) : offsetOf(offsetText);
  return { signed, bits, offset };
}

function bitfieldSteps(args: readonly string[], readOnly: boolean): Step[] {
  const steps: Step[] = [];
  let overflow = 'WRAP';
  for (let at = 0; at < args.length; ) {
    const verb = arg(args, at).toUpperCase();
    const left = args.length - at - 1;
    if (verb === 'OVERFLOW' && left >= 1) {
      overflow = arg(args, at + 1).toUpperCase();
      if (!['WRAP', 'SAT', 'FAIL'].includes(overflow)) refuse('Invalid OVERFLOW type specified');
      at += 2;
      continue;
    }
    const writes = verb === 'SET' || verb === 'INCRBY';
    if (!((verb === 'GET' && left >= 2) || (writes && left >= 3))) syntaxError();
    const field = fieldOf(arg(args, at + 1), arg(args, at + 2));
    if (writes && readOnly) refuse('BITFIELD_RO only supports the GET subcommand');
    const value = writes ? BigInt(numberText(arg(args, at + 3))) : 0n;
    steps.push({ verb: verb as Step['verb'], field, value, overflow });
    at += writes ? 4 : 3;
  }
  return steps;
}

function numberText(text: string): string {
  numberOf(text);
  return text;
}

function readField(bytes: Buffer, { signed, bits, offset }: Field): bigint {
  let value = 0n;
  for (let at = 0; at < bits; at += 1) value = (value << 1n) | BigInt(bitAt(bytes, offset + at));
  return signed ? BigInt.asIntN(bits, value) : value;
}

function writeField(bytes: Buffer, { bits, offset }: Field, value: bigint): void {
  for (let at = 0; at < bits; at += 1) {
    const bit = Number((value >> BigInt(bits - 1 - at)) & 1n);
    const index = Math.floor((offset + at) / 8); // `>>` would cut it to 31 bits
    const mask = 0x80 >> ((offset + at) % 8);
    bytes[index] = bit === 1 ? (bytes[index] as number) | mask : (bytes[index] as number) & ~mask;
  }
}

/** Undefined: the value does not fit and the step says FAIL. */
function fitted(value: bigint, { signed, bits }: Field, overflow: string): bigint | undefined {
  const wrapped = signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  if (wrapped === value || overflow === 'WRAP') return wrapped;
  if (overflow === 'FAIL') return undefined;
  const max = 2n ** BigInt(signed ? bits - 1 : bits) - 1n;
  return value > max ? max : signed ? -max - 1n : 0n;
}

function bitfield(readOnly: boolean): Run {
  return (context, [key = '', ...args]) => {
    const steps = bitfieldSteps(args, readOnly);
    const before = bytesOf(context, key);
    let bytes = before;
    let [writes, changed] = [false, false];
    const results = steps.map(({ verb, field, value, overflow }) => {
      const old = readField(bytes, field);
      if (verb === 'GET') return integer(old);
      const size = Math.ceil((field.offset + field.bits) / 8);
      checkSize(size);
      if (bytes.length < size) bytes = Buffer.concat([bytes, Buffer.alloc(size - bytes.length)]);
      writes = true;
      const next = fitted(
        verb === 'INCRBY' ? old + value : field.signed ? value : BigInt.asUintN(64, value),
        field,
        overflow,
      );
      if (next === undefined) return context.wire.nil;
      changed ||= bytes.length > before.length || next !== old;
      writeField(bytes, field, next);
      return integer(verb === 'SET' ? old : next);
    });
    if (writes) store(context, key, bytes, changed);
    return `*${results.length}\r\n${results.join('')}`;
  };
}

/** Commands on the bits of strings. */
export const bitmapCommands: Commands = {
  getbit,
  setbit,
  bitcount,
  bitpos,
  bitop,
  bitfield: bitfield(false),
  bitfield_ro: bitfield(true),
};
