/** Every place that a command has in addition to its function. One list, so that a new command cannot be forgotten in one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CommandFunction, readCommands } from './command-source.ts';

/** The packages with typed commands. */
export const backends = ['redis', 'ssdb', 'gibson'] as const;

/** One of {@link backends}. */
export type BackendName = (typeof backends)[number];

/** A place where a command must be, and how to see whether it is there. */
interface Place {
  /** What is missing, and where it belongs. */
  readonly missing: string;
  has(command: CommandFunction): boolean;
}

/** Methods that do not name the constant of their command. */
const wireNames: Readonly<Partial<Record<BackendName, Readonly<Record<string, string>>>>> = {
  ssdb: { mdel: 'multi_del' },
};

/** Commands with options or overloads whose types are those of another command, which has a type test. */
const typedAs: Readonly<Record<string, string>> = {
  blmpop: 'lmpop',
  bzmpop: 'zmpop',
  georadius: 'geosearch',
  georadiusbymember: 'geosearch',
  georadiusbymemberRo: 'geosearch',
  georadiusRo: 'geosearch',
  qpopBack: 'qpop',
  qpopFront: 'qpop',
  rpop: 'lpop',
  xrevrange: 'xrange',
  zdiff: 'zunion',
  zinter: 'zunion',
  zinterstore: 'zunionstore',
  zpopmax: 'zpopmin',
  zrangebylex: 'zrange',
  zrevrange: 'zrange',
  zrevrangebylex: 'zrange',
  zrevrangebyscore: 'zrangebyscore',
  zrevrank: 'zrank',
  zrscan: 'zscan',
};

/**
 * What the commands of a package still lack, one line per command and place. `folder` is that of the repository.
 *
 * @example
 * missingPlaces('redis', repository); // ['getex: no recorded reply in test/vectors (npm run record)']
 */
export function missingPlaces(backend: BackendName, folder: string): string[] {
  const home = join(folder, 'packages', backend);
  const commands = commandsOf(backend, home);
  const places = placesOf(backend, home);
  const lines = commands.flatMap((command) =>
    places.filter((place) => !place.has(command)).map(({ missing }) => `${command.name}: ${missing}`),
  );
  return backend === 'redis' ? [...lines, ...withoutFunction(folder, home, commands)] : lines;
}

/** The functions of a package, each with the name that goes over the wire: META for `metaSize`. */
function commandsOf(backend: BackendName, home: string): CommandFunction[] {
  const folder = join(home, 'src/commands');
  const files = readdirSync(folder).filter((file) => /^(?!index\.)[\w-]+\.ts$/.test(file));
  return files
    .flatMap((file) => readCommands(join(folder, file)))
    .map((one) => ({ ...one, wire: wireNames[backend]?.[one.name] ?? one.wire.replace(/^meta[A-Z]\w*$/, 'meta') }));
}

function placesOf(backend: BackendName, home: string): Place[] {
  const words = (pattern: RegExp): ReadonlySet<string> => wordsOf(home, pattern);
  const [generated, tests, types] = [
    words(/generated\/.*\.ts$/),
    words(/\.test\.ts$|test\/.*\.ts$/),
    words(/\.test-d\.ts$/),
  ];
  const recorded = recordedNames(home, backend);
  return [
    { missing: 'no method in src/generated (npm run generate)', has: ({ name }) => generated.has(name) },
    { missing: `no row in ${tableOf[backend]}`, has: listed(backend, home) },
    {
      missing: 'no recorded reply in test/vectors (npm run record)',
      has: ({ wire }) => recorded.has(wire.toUpperCase()),
    },
    { missing: 'no test of its call and its reply', has: (one) => isTested(tests, one) },
    { missing: 'no type test of its options or overloads', has: (one) => isTyped(types, one) },
  ];
}

/** Where raw calls look a command up by its name. */
const tableOf: Readonly<Record<BackendName, string>> = {
  redis: 'test/fixtures/commands.json',
  ssdb: 'src/protocol/command-table.ts',
  gibson: 'src/protocol/specs.ts',
};

function listed(backend: BackendName, home: string): Place['has'] {
  const table = readFileSync(join(home, tableOf[backend]), 'utf8');
  if (backend === 'redis') {
    const rows = JSON.parse(table) as object;
    return ({ wire }) => wire.toLowerCase() in rows;
  }
  return ({ wire }) => new RegExp(`\\b${wire}\\b`, 'i').test(table);
}

/** The words of all files of a package whose path fits; a command of two words is found by the name of its method. */
function wordsOf(home: string, pattern: RegExp): ReadonlySet<string> {
  const files = ['src', 'test'].flatMap((part) =>
    (readdirSync(join(home, part), { recursive: true }) as string[]).map(
      (file) => `${part}/${file.replaceAll('\\', '/')}`,
    ),
  );
  const texts = files.filter((file) => pattern.test(file)).map((file) => readFileSync(join(home, file), 'utf8'));
  return new Set(texts.flatMap((text) => text.match(/\w[\w-]*(?: [A-Z][\w-]+)*/g) ?? []).flatMap(phrases));
}

/** `CLIENT ID` in a test counts for the command of this name, and for its words. */
const phrases = (words: string): string[] => [words, ...words.split(/[ -]/)];

const isTested = (tests: ReadonlySet<string>, { name, wire }: CommandFunction): boolean =>
  [name, wire, wire.toLowerCase()].some((word) => tests.has(word));

/** A plain signature is checked where it is used; options and overloads need a test of what must not compile. */
function isTyped(types: ReadonlySet<string>, { name, signatures }: CommandFunction): boolean {
  const hasChoices = signatures.length > 1 || /Options\b/.test(signatures.map((one) => one.parameters).join());
  return !hasChoices || types.has(name) || types.has(typedAs[name] ?? name);
}

interface Recording {
  readonly steps: readonly { readonly command?: string; readonly args?: readonly unknown[] | null }[];
}

/** What was sent when replies were recorded: upper-case words with a blank at the end, `CLIENT ID `. */
function recordedNames(home: string, backend: BackendName): Set<string> {
  const file = `test/vectors/${backend === 'redis' ? 'replies' : backend}.vectors.json`;
  const recordings = JSON.parse(readFileSync(join(home, file), 'utf8')) as readonly Recording[];
  const names = recordings.flatMap(({ steps }) => steps.flatMap(({ command, args }) => namesOf(command, args ?? [])));
  return new Set(names.map((name) => name.toUpperCase()));
}

/** A command may have one, two or three words. */
function namesOf(command: string | undefined, args: readonly unknown[]): string[] {
  if (command !== undefined) return [command];
  return [1, 2, 3].map((count) => args.slice(0, count).join(' '));
}

/** Commands that the servers list, but that have no function and no row on the page of what is not offered. */
function withoutFunction(folder: string, home: string, commands: readonly CommandFunction[]): string[] {
  const names = Object.keys(JSON.parse(readFileSync(join(home, tableOf.redis), 'utf8')) as object);
  const page = readFileSync(join(folder, 'docs/backends/redis-commands.md'), 'utf8').toLowerCase();
  const have = new Set(commands.map(({ wire }) => wire.toLowerCase()));
  return names
    .filter((name) => !have.has(name) && !page.includes(`\`${name}\``))
    .map((name) => `${name}: no function in src/commands, and no row in docs/backends/redis-commands.md`);
}
