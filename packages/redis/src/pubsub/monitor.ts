import { type CallOptions, type Client, Command, Flag, spec } from '@kv/core';
import { asIs, text } from '../commands/support/replies.ts';

const MONITOR = spec('MONITOR', Flag.stream);

/** One command that a server ran. */
export interface MonitoredCommand {
  /** Unix time in seconds, with microseconds. */
  readonly time: number;
  readonly db: number;
  /** Who sent it: `host:port`, `unix:/path` or `lua`. */
  readonly source: string;
  readonly args: readonly string[];
}

/** Every command that the server runs, on a connection of its own, until the loop is left. */
export async function* monitor(client: Client, call: CallOptions): AsyncGenerator<MonitoredCommand, void, undefined> {
  await using frames = await client.stream(new Command(MONITOR, [], asIs), call);
  await frames.next(); // OK: it begins
  for await (const frame of frames) yield parseMonitorLine(String(frame));
}

/** `1339518083.107412 [0 127.0.0.1:60866] "keys" "*"`; a host may have brackets of its own: `[0 [::1]:60866]`. */
export function parseMonitorLine(line: string): MonitoredCommand {
  const match = /^(\d+\.\d+) \[(\d+) (.*?)\] (".*)$/s.exec(line);
  const [, time = 'NaN', db = '0', source = '', rest = ''] = match ?? [];
  const args = [...rest.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map(([, quoted = '']) => unquote(quoted));
  return { time: Number(time), db: Number(db), source, args };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b' };

/** The server prints bytes that are no printable ASCII as `\xHH`; together they are UTF-8. */
function unquote(quoted: string): string {
  const bytes: number[] = [];
  for (const [, hex, escaped, plain] of quoted.matchAll(/\\x([0-9a-f]{2})|\\(.)|([^\\])/gis)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else bytes.push((escaped === undefined ? (plain ?? '') : (ESCAPES[escaped] ?? escaped)).charCodeAt(0));
  }
  return text(Uint8Array.from(bytes));
}
