import { text } from '../commands/support/replies.ts';

/** One command that a server ran. */
export interface MonitoredCommand {
  /** Unix time in seconds, with microseconds. */
  readonly time: number;
  readonly db: number;
  /** Who sent it: `host:port`, `unix:/path` or `lua`. */
  readonly source: string;
  readonly args: readonly string[];
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_X = 0x78;

/** What stands behind a backslash, where it is not the byte itself. */
const ESCAPES: ReadonlyMap<number, number> = new Map(
  Object.entries({ n: 10, r: 13, t: 9, a: 7, b: 8 }).map(([letter, byte]) => [letter.charCodeAt(0), byte]),
);

const encoder = new TextEncoder();

/**
 * Reads `1339518083.107412 [0 127.0.0.1:60866] "keys" "*"`; a host may have brackets too: `[0 [::1]:60866]`. The time
 * that it takes grows with the length of the line, whatever the line contains.
 */
export function parseMonitorLine(line: string): MonitoredCommand {
  const end = line.indexOf('] "');
  const [, time = 'NaN', db = '0', source = ''] =
    /^(\d+\.\d+) \[(\d+) (.*)$/s.exec(line.slice(0, Math.max(end, 0))) ?? [];
  const args = end < 0 ? [] : quotedArguments(encoder.encode(line.slice(end + 2)));
  return { time: Number(time), db: Number(db), source, args };
}

/** The server prints bytes that are no printable ASCII as `\xHH`; together they are UTF-8. */
function quotedArguments(line: Uint8Array): string[] {
  const args: string[] = [];
  const argument = new Uint8Array(line.length);
  let at = line.indexOf(QUOTE);
  while (at >= 0) {
    let length = 0;
    for (at++; at < line.length && line[at] !== QUOTE; length++) {
      const size = escapeSize(line, at);
      argument[length] = size === 1 ? (line[at] as number) : unescaped(line, at, size);
      at += size;
    }
    if (at >= line.length) return args; // its end is missing
    args.push(text(argument.subarray(0, length)));
    at = line.indexOf(QUOTE, at + 1);
  }
  return args;
}

/** How many bytes print the byte at this place: itself, `\n`, or `\x0a`. */
function escapeSize(line: Uint8Array, at: number): number {
  if (line[at] !== BACKSLASH || at + 1 >= line.length) return 1;
  return line[at + 1] === LETTER_X && hexDigit(line[at + 2]) >= 0 && hexDigit(line[at + 3]) >= 0 ? 4 : 2;
}

function unescaped(line: Uint8Array, at: number, size: number): number {
  if (size === 4) return hexDigit(line[at + 2]) * 16 + hexDigit(line[at + 3]);
  const escaped = line[at + 1] as number;
  return ESCAPES.get(escaped) ?? escaped;
}

/** The value of a digit; -1 for any other byte. */
function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
