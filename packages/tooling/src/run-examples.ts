/** Runs the examples of the documentation against servers, and holds what they give against their comments. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import type { Example } from './check-examples.ts';
import { instrument, isAsClaimed } from './example-values.ts';
import { repository } from './published-entries.ts';

/** Servers that examples speak to; see {@link withServers}. */
export interface ExampleServers {
  /** Port of a Redis on 127.0.0.1, empty when an example begins. */
  readonly redis: number;
  /** Port of an SSDB on 127.0.0.1, empty when an example begins. */
  readonly ssdb: number;
  /** Port of a Gibson on 127.0.0.1, empty when an example begins. */
  readonly gibson: number;
}

const folder = join(repository, 'packages/tooling/.examples-run');

/** How long one example may take, in milliseconds: long enough for a busy machine, short enough to be noticed. */
const LIMIT = 20_000;

const backends = [
  { name: 'redis', create: 'createRedis', usualPort: 6379 },
  { name: 'ssdb', create: 'createSsdb', usualPort: 8888 },
  { name: 'gibson', create: 'createGibson', usualPort: 10128 },
] as const;

/**
 * Puts the addresses of the servers in place of those that are written: every URL of the three schemes, the usual
 * ports of sockets, and clients without an address. Credentials and options of the URL go with it.
 */
export function withServers(code: string, servers: ExampleServers): string {
  return backends.reduce((text, { name, create, usualPort }) => {
    const url = `'${name}://127.0.0.1:${servers[name]}'`;
    return text
      .replaceAll(new RegExp(`'${name}://[^']*'`, 'g'), url)
      .replaceAll(`${create}()`, `${create}(${url})`)
      .replaceAll(new RegExp(`connect\\(${usualPort}\\b`, 'g'), `connect(${servers[name]}`);
  }, code);
}

/** The clients that an example uses without making them: `redis`, `ssdb` and `gibson` are those of the usual address. */
export function withClients(code: string): string {
  const lines = backends
    .filter(
      ({ name }) =>
        new RegExp(`(?<![-.\\w'"\`/:])${name}\\b(?!:)`).test(code) &&
        !new RegExp(`(const|using) (${name}\\b|\\{[^}]*\\b${name}\\b)`).test(code),
    )
    .map(
      ({ name, create }) =>
        `import { ${create} as ${name}Client } from '@kv/${name}';\nawait using ${name} = ${name}Client('${name}://localhost');\n`,
    );
  return lines.join('') + code;
}

let count = 0;

type Note = (line: number, value: unknown) => unknown;

/**
 * Runs one example as a module of its own. Gives one line for every comment that does not say what came out, with the
 * line of the file; rejects with what the example throws, or when it does not come to its end.
 */
export async function runExample(example: Example, servers: ExampleServers): Promise<string[]> {
  const at = ++count;
  const { code, claims } = instrument(example.code, `globalThis.noteExample${at}`);
  const values = new Map<number, unknown>();
  const note: Note = (line, value) => {
    values.set(line, value);
    return value;
  };
  Object.assign(globalThis, { [`noteExample${at}`]: note });
  await importBeforeLimit(writeModule(withServers(withClients(code), servers), at), example.at);
  return claims
    .filter((claim) => !values.has(claim.line) || !isAsClaimed(values.get(claim.line), claim))
    .map(
      (claim) => `${placeOf(example, claim.line)} says ${claim.comment}, but gives ${inspect(values.get(claim.line))}`,
    );
}

function writeModule(code: string, at: number): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `example-${at}.ts`);
  writeFileSync(file, `${code}\nexport {};\n`);
  return pathToFileURL(file).href;
}

async function importBeforeLimit(module: string, at: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${at} does not come to its end`)), LIMIT);
  });
  try {
    await Promise.race([import(/* @vite-ignore */ module), limit]);
  } finally {
    clearTimeout(timer);
  }
}

function placeOf({ at }: Example, line: number): string {
  const [file, fence] = at.split(':');
  return `${file}:${Number(fence) + line}`;
}

/** Removes what {@link runExample} wrote. */
export function removeModules(): void {
  rmSync(folder, { recursive: true, force: true });
}
