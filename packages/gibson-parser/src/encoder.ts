import { byteLengthOf, isBytes } from './bytes.ts';
import { opcodeOf } from './constants.ts';
import { byteLength, writeText } from './text.ts';
import type { Output } from './types.ts';

const SPACE = 0x20;
const HEADER = 6;

/** One argument: text is sent as UTF-8, numbers as decimal text. */
export type Argument = string | Uint8Array | number | bigint;

interface Pool {
  allocUnsafe(size: number): Uint8Array;
}

// Small frames come out of the platform's pooled memory where there is one: a third of the cost of a new array.
const pool = (globalThis as unknown as { Buffer?: Pool }).Buffer;

/**
 * One request as one frame.
 *
 * ```text
 * | length u32 | opcode u16 | argument | 0x20 | argument | 0x20 | argument |
 *               '---------------------- length ----------------------------'
 * ```
 *
 * It encodes what it is given. Gibson has no quoting, so a space in a key moves the rest of the key into the
 * next argument, and SET or MSET without a value kills the server: check arguments before you call this.
 * Send the frame with one write; the server loses track if the length arrives in two pieces.
 *
 * @param name a command such as `'SET'`, in upper or lower case
 * @throws TypeError when there is no such command, or an argument is neither text, bytes nor a number
 * @example
 * encodeCommand('set', 3600, 'foo', 'bar'); // 0e 00 00 00 01 00 "3600 foo bar"
 */
export function encodeCommand(name: string, ...args: readonly Argument[]): Uint8Array {
  const opcode = opcodeOf(name);
  if (opcode === undefined) throw new TypeError('unknown Gibson command');
  const plain = args.map((arg, index) => toArgument(arg, name, index));
  return fill(new Uint8Array(frameLength(plain)), opcode, plain);
}

function toArgument(arg: Argument, name: string, index: number): string | Uint8Array {
  if (typeof arg === 'string' || isBytes(arg)) return arg;
  if (typeof arg === 'number' || typeof arg === 'bigint') return String(arg);
  throw new TypeError(`Argument ${index + 1} of ${name} is neither text, bytes nor a number`);
}

/**
 * Appends one request to an output, as one call of `out.bytes`. The same frame as from `encodeCommand`, for code
 * that has the opcode at hand and its numbers already formatted.
 *
 * @param opcode any 16-bit number; unknown ones make the server close the connection
 * @throws TypeError when the bytes of an argument are gone, because its buffer was transferred or shrunk
 */
export function appendCommand(out: Output, opcode: number, args: readonly (string | Uint8Array)[]): void {
  const length = frameLength(args);
  out.bytes(fill(pool === undefined ? new Uint8Array(length) : pool.allocUnsafe(length), opcode, args));
}

function frameLength(args: readonly (string | Uint8Array)[]): number {
  let length = HEADER + Math.max(args.length - 1, 0);
  for (const arg of args) length += typeof arg === 'string' ? byteLength(arg) : byteLengthOf(arg);
  return length;
}

function fill(frame: Uint8Array, opcode: number, args: readonly (string | Uint8Array)[]): Uint8Array {
  const length = frame.length - 4;
  frame[0] = length & 0xff;
  frame[1] = (length >>> 8) & 0xff;
  frame[2] = (length >>> 16) & 0xff;
  frame[3] = length >>> 24;
  frame[4] = opcode & 0xff;
  frame[5] = opcode >>> 8;
  let at = HEADER;
  for (let index = 0; index < args.length; index++) {
    if (index > 0) frame[at++] = SPACE;
    at = writeArgument(frame, args[index] as string | Uint8Array, at);
  }
  return frame;
}

function writeArgument(frame: Uint8Array, arg: string | Uint8Array, at: number): number {
  if (typeof arg === 'string') return writeText(frame, arg, at, byteLength(arg));
  frame.set(arg, at);
  return at + byteLengthOf(arg);
}
