/**
 * Writes one class of methods per backend from the command functions in `packages/<backend>/src/commands`, so that a
 * command is declared once. `--check` writes nothing and fails when a generated file is out of date.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Backend, printClasses, type SourceModule } from './command-class.ts';
import { readCommands } from './command-source.ts';
import { commandTable } from './generate-command-table.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The backends and the names of their generated classes. Memo is the example of the tests. */
const BACKENDS: readonly Backend[] = ['Redis', 'Ssdb', 'Gibson', 'Memo'].map((name) => ({
  name: name.toLowerCase(),
  source: name === 'Memo' ? 'packages/testkit/test/memo' : `packages/${name.toLowerCase()}/src`,
  shared: `${name}Commands`,
  blocking: `${name}BlockingCommands`,
  lease: `${name}LeaseCommands`,
  leaseBase: { name: 'TypedExecutor', module: '../client/typed-executor.ts' },
  wireNames: name === 'Redis' || name === 'Ssdb' ? '../protocol/wire-name.ts' : undefined,
}));

function sources(folder: string): SourceModule[] {
  const files = readdirSync(folder).filter((file) => /^(?!index\.)[\w-]+\.ts$/.test(file));
  return files.sort().map((file) => ({ path: `../commands/${file}`, commands: readCommands(join(folder, file)) }));
}

/** A file and the text it should have. */
interface ExpectedFile {
  readonly path: string;
  readonly text: string;
}

/** What a backend's generated files should be; none while it has no commands. */
function expectedFiles(backend: Backend): ExpectedFile[] {
  const source = join(ROOT, backend.source);
  if (!existsSync(join(source, 'commands'))) return [];
  const files = printClasses(backend, sources(join(source, 'commands')));
  return files.map(({ name, text }) => ({ path: join(source, 'generated', name), text }));
}

function isCurrent(file: ExpectedFile): boolean {
  return existsSync(file.path) && readFileSync(file.path, 'utf8') === file.text;
}

/** All generated files with the text they should have. */
export function generatedFiles(): ExpectedFile[] {
  return [commandTable(ROOT), ...BACKENDS.flatMap(expectedFiles)];
}

function main(check: boolean): void {
  for (const file of generatedFiles()) {
    if (isCurrent(file)) continue;
    const name = relative(ROOT, file.path);
    if (check) {
      console.error(`${name} is out of date: run npm run generate`);
      process.exitCode = 1;
      continue;
    }
    mkdirSync(dirname(file.path), { recursive: true });
    writeFileSync(file.path, file.text);
    console.log(`wrote ${name}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes('--check'));
