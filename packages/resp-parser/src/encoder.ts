import { byteLengthOf, isBytes } from './bytes.ts';
import { formatNumber } from './numbers.ts';
import { encodeLarge, utf8Length } from './text.ts';
import type { Arg, Output } from './types.ts';

/** What people may pass as an argument: numbers are written in decimal. */
export type CommandArg = Arg | number | bigint;

/** How `encodePipeline` writes its commands. */
export interface PipelineOptions {
  /**
   * Puts MULTI in front and EXEC behind.
   *
   * @default false
   */
  atomic?: boolean | undefined;
}

// A command on the wire, and how it is cut here: every part starts with the line end of the part before it.
//
//   *2\r\n$3\r\nGET | \r\n$3\r\n | key | \r\n
//   head              length       arg   end

const END = '\r\n';
const LENGTHS: readonly string[] = Array.from({ length: 1024 }, (_, length) => `\r\n$${length}\r\n`);

/** Text from this length on is encoded here, once: as part of the output's text it would be copied and counted again. */
const LARGE_TEXT = 32 * 1024;

/** Names up to this length, and this many of them, are kept encoded. */
const MAX_CACHED_NAME = 64;
const MAX_CACHED_NAMES = 1024;
const MAX_CACHED_ARGUMENTS = 16;

interface EncodedName {
  words: number;
  text: string;
  heads: (string | undefined)[];
}

const encoder = new TextEncoder();
const names = new Map<string, EncodedName>();

/**
 * The beginning of a command: everything in front of its arguments. What it returns is opaque, made for
 * `appendCommand`; encode it once per command and keep it.
 * @param name a name of several words is split at its spaces, as the server wants it: `CONFIG GET`
 * @param argc how many arguments will follow
 * @example
 * const head = commandHead('GET', 1)
 */
export function commandHead(name: string, argc: number): string {
  const known = names.get(name) ?? encodeName(name);
  const head = known.heads[argc];
  if (head !== undefined) return head;
  const made = `*${known.words + argc}${known.text}`;
  if (argc < MAX_CACHED_ARGUMENTS) known.heads[argc] = made;
  return made;
}

function encodeName(name: string): EncodedName {
  const words = name.split(' ');
  const text = words.map((word) => lengthLine(utf8Length(word)) + word).join('');
  const encoded = { words: words.length, text, heads: [] };
  if (name.length <= MAX_CACHED_NAME && names.size < MAX_CACHED_NAMES) names.set(name, encoded);
  return encoded;
}

function lengthLine(length: number): string {
  return LENGTHS[length] ?? `\r\n$${length}\r\n`;
}

/**
 * Appends one command to an output.
 * @param head what `commandHead` made for this name and this number of arguments
 * @param args strings join the output's text, bytes break it
 * @throws TypeError when the bytes of an argument are gone, because its buffer was transferred or shrunk; what the
 *   output holds of this command by then is to be dropped
 * @example
 * const out = { text: '', bytes: (bytes: Uint8Array) => console.log('behind the text:', bytes) }
 * appendCommand(out, commandHead('GET', 1), ['key'])
 * out.text // *2\r\n$3\r\nGET\r\n$3\r\nkey\r\n
 */
export function appendCommand(out: Output, head: string, args: readonly Arg[]): void {
  let text = head;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as Arg;
    if (typeof arg === 'string' && arg.length < LARGE_TEXT) {
      text += lengthLine(utf8Length(arg)) + arg;
    } else {
      if (typeof arg === 'string') appendLarge(out, text, arg);
      else appendBytes(out, text, arg);
      text = '';
    }
  }
  out.text += text + END;
}

function appendBytes(out: Output, before: string, bytes: Uint8Array): void {
  out.text += before + lengthLine(byteLengthOf(bytes));
  out.bytes(bytes);
}

/** Its length is known when it is encoded: it is not counted before. */
function appendLarge(out: Output, before: string, text: string): void {
  if (out.encode === undefined) return appendBytes(out, before, encodeLarge(text));
  const pieces = out.encode(text);
  let length = 0;
  for (const piece of pieces) length += piece.length;
  out.text += before + lengthLine(length);
  for (const piece of pieces) out.bytes(piece);
}

/**
 * Encodes one command. The name is sent as it is given; a name of several words is split at its spaces.
 * @throws TypeError when an argument is neither text, bytes nor a number; nothing is encoded then
 * @example
 * encodeCommand('SET', 'key', 'value') // *3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n
 */
export function encodeCommand(name: string, ...args: readonly CommandArg[]): Uint8Array {
  const out = new Chunks();
  appendChecked(out, name, args);
  return out.join();
}

/**
 * Encodes several commands, one behind the other, to be written at once.
 * @param commands each is `[name, ...arguments]`
 * @throws TypeError when an argument is neither text, bytes nor a number; nothing is encoded then
 * @example
 * encodePipeline([['GET', 'a'], ['INCR', 'a']], { atomic: true })
 */
export function encodePipeline(
  commands: readonly (readonly [name: string, ...args: CommandArg[]])[],
  options: PipelineOptions = {},
): Uint8Array {
  const out = new Chunks();
  if (options.atomic) appendChecked(out, 'MULTI', []);
  for (const [name, ...args] of commands) appendChecked(out, name, args);
  if (options.atomic) appendChecked(out, 'EXEC', []);
  return out.join();
}

function appendChecked(out: Output, name: string, args: readonly CommandArg[]): void {
  const checked = args.map((arg, index) => toArg(arg, name, index));
  appendCommand(out, commandHead(name, checked.length), checked);
}

function toArg(arg: CommandArg, name: string, index: number): Arg {
  if (typeof arg === 'string' || isBytes(arg)) return arg;
  if (typeof arg === 'number' || typeof arg === 'bigint') return formatNumber(arg);
  throw new TypeError(`Argument ${index + 1} of ${name} is neither text, bytes nor a number`);
}

/** Collects text runs and bytes, and joins them into one array. */
class Chunks implements Output {
  text = '';
  readonly #chunks: Uint8Array[] = [];

  bytes(bytes: Uint8Array): void {
    this.#chunks.push(encoder.encode(this.text), bytes);
    this.text = '';
  }

  join(): Uint8Array {
    const last = encoder.encode(this.text);
    if (this.#chunks.length === 0) return last;
    this.#chunks.push(last);
    const joined = new Uint8Array(this.#chunks.reduce((length, chunk) => length + byteLengthOf(chunk), 0));
    let offset = 0;
    for (const chunk of this.#chunks) {
      joined.set(chunk, offset);
      offset += byteLengthOf(chunk);
    }
    return joined;
  }
}
