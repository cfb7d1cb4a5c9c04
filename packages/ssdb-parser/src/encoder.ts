/**
 * A request is a run of blocks and an empty line; a block is a byte count, LF, the data, LF:
 *
 *     3 LF get LF  1 LF k LF  LF
 *
 * Replies have the same form, so the functions here also build what a server sends: `encodeCommand('ok', '1')`.
 */
import { byteLengthOf, isBytes } from './bytes.ts';
import { encodeText, utf8Length } from './text.ts';
import type { Arg, Output } from './types.ts';

/** Text from this length on is encoded at once: as part of the output's text it would be copied and counted again. */
const LARGE_TEXT = 32 * 1024;

/** The count lines of short blocks, made once. */
const COUNTS: readonly string[] = Array.from({ length: 256 }, (_, count) => `${count}\n`);

function countLine(count: number): string {
  return count < 256 ? (COUNTS[count] as string) : `${count}\n`;
}

/**
 * The block of the command name, which starts every request of that command. Make it once and give it to
 * {@link appendCommand} each time.
 *
 * @example
 * commandHead('get'); // '3\nget\n'
 */
export function commandHead(name: string): string {
  return `${utf8Length(name)}\n${name}\n`;
}

/**
 * Appends one request to `out`: the engine's form, which allocates nothing but text. Bytes are handed over as they
 * are, without a copy. Nothing else is checked.
 *
 * @throws TypeError when the bytes of an argument are gone, because its buffer was transferred or shrunk; what `out`
 *   holds of this request by then is to be dropped
 */
export function appendCommand(out: Output, head: string, args: readonly Arg[]): void {
  let text = head;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as Arg;
    if (typeof arg === 'string' && (arg.length < LARGE_TEXT || out.encode === undefined)) {
      text += `${countLine(utf8Length(arg))}${arg}\n`;
    } else {
      if (typeof arg === 'string') appendPieces(out, text, out.encode?.(arg) ?? []);
      else appendBytes(out, text, arg);
      text = '\n';
    }
  }
  out.text += `${text}\n`;
}

function appendBytes(out: Output, before: string, bytes: Uint8Array): void {
  out.text += before + countLine(byteLengthOf(bytes));
  out.bytes(bytes);
}

/** Large text: its length is known when it is encoded. */
function appendPieces(out: Output, before: string, pieces: readonly Uint8Array[]): void {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  out.text += before + countLine(length);
  for (const piece of pieces) out.bytes(piece);
}

/**
 * One request as bytes. Numbers are written in decimal.
 *
 * @throws TypeError when an argument is neither text, bytes nor a number
 * @example
 * encodeCommand('set', 'key', 'value'); // bytes of '3\nset\n3\nkey\n5\nvalue\n\n'
 */
export function encodeCommand(name: string, ...args: readonly (Arg | number | bigint)[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  const out: Output = {
    text: '',
    bytes(data: Uint8Array): void {
      pieces.push(encodeText(this.text), data);
      this.text = '';
    },
  };
  appendCommand(
    out,
    commandHead(name),
    args.map((arg, index) => toArg(arg, name, index)),
  );
  pieces.push(encodeText(out.text));
  return pieces.length === 1 ? (pieces[0] as Uint8Array) : join(pieces);
}

function toArg(arg: Arg | number | bigint, name: string, index: number): Arg {
  if (typeof arg === 'string' || isBytes(arg)) return arg;
  if (typeof arg === 'number' || typeof arg === 'bigint') return String(arg);
  throw new TypeError(`Argument ${index + 1} of ${name} is neither text, bytes nor a number`);
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((total, piece) => total + byteLengthOf(piece), 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += byteLengthOf(piece);
  }
  return joined;
}
