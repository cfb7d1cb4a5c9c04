import type { Endpoint } from './listen.ts';
import { defaultPorts, type EmbeddedProtocol } from './protocols.ts';

/** What the command line asks for. */
export type Arguments =
  | { readonly action: 'help' }
  | { readonly action: 'version' }
  | { readonly action: 'serve'; readonly servers: { readonly [P in EmbeddedProtocol]?: Endpoint } };

/** How the command is used. */
export const usage: string = `Usage: npx @kv/embedded [--redis [where]] [--ssdb [where]] [--gibson [where]] [--host address]

Starts in-memory servers. Without a name: all three, on their usual ports
(redis ${defaultPorts.redis}, ssdb ${defaultPorts.ssdb}, gibson ${defaultPorts.gibson}).

  where           a port (0: a free one) or the path of a unix socket
  --host address  address to listen on; default 127.0.0.1
  --help, --version
`;

/** Reads the words after the command's name. @throws Error with one line that says what is wrong */
export function parseArguments(words: readonly string[]): Arguments {
  const wanted = new Map<EmbeddedProtocol, string | undefined>();
  let host: string | undefined;
  const left = words.flatMap((word) => (/^--[a-z]+=/.test(word) ? splitAtEquals(word) : [word]));
  while (left.length > 0) {
    const word = left.shift() as string;
    const value = left[0]?.startsWith('-') === false ? left.shift() : undefined;
    if (word === '--help' || word === '-h') return { action: 'help' };
    if (word === '--version' || word === '-v') return { action: 'version' };
    const name = word.slice(2);
    if (word === '--host' && value !== undefined) host = value;
    else if (word.startsWith('--') && isProtocol(name)) wanted.set(name, value);
    else throw new Error(`unknown argument ${word}`);
  }
  const names = wanted.size > 0 ? [...wanted.keys()] : (Object.keys(defaultPorts) as EmbeddedProtocol[]);
  const servers = names.map((name) => [name, endpoint(wanted.get(name), defaultPorts[name], host)] as const);
  return { action: 'serve', servers: Object.fromEntries(servers) };
}

function splitAtEquals(word: string): string[] {
  const at = word.indexOf('=');
  return [word.slice(0, at), word.slice(at + 1)];
}

function isProtocol(name: string): name is EmbeddedProtocol {
  return Object.hasOwn(defaultPorts, name);
}

function endpoint(where: string | undefined, usual: number, host: string | undefined): Endpoint {
  if (where !== undefined && /[/.]/.test(where)) return { path: where };
  const port = where === undefined ? usual : /^[0-9]+$/.test(where) ? Number(where) : Number.NaN;
  if (!(port <= 65_535)) throw new Error(`not a port or a path: ${where}`);
  return { port, host };
}
