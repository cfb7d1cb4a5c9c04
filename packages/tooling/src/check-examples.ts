import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { createProgram } from './compiler.ts';
import { compilerOptions } from './compiler-options.ts';
import { repository } from './published-entries.ts';

/** One piece of TypeScript in a Markdown file or doc comment. */
export interface Example {
  /** File and the line above the code: `README.md:12`. */
  readonly at: string;
  readonly code: string;
  /** Why it is compiled only; undefined for those that run. */
  readonly noRun?: string;
}

/** Where the blocks are written to be compiled: inside the repository, so that `@kv/…` resolves; ignored by git. */
const folder = join(repository, 'packages/tooling/.examples');

/** Every block that starts with three backticks and `ts`; "ts no-run: why" is not run, "ts no-check" is left out. */
export function examplesIn(markdown: string, file: string): Example[] {
  const blocks = markdown.matchAll(/^```ts[ \t]*(.*)\n([\s\S]*?)^```[ \t]*$/gm);
  return [...blocks]
    .filter(([, info]) => info?.trim() !== 'no-check')
    .map(({ 1: info = '', 2: code = '', index }) => {
      const example = { at: `${file}:${markdown.slice(0, index).split('\n').length}`, code };
      return info.startsWith('no-run') ? { ...example, noRun: info.replace(/^no-run:? */, '') } : example;
    });
}

/** The examples of all READMEs and of docs/. */
export function documentedExamples(): Example[] {
  const readmes = readdirSync(join(repository, 'packages')).map((name) => `packages/${name}/README.md`);
  const docs = existsSync(join(repository, 'docs')) ? readdirSync(join(repository, 'docs'), { recursive: true }) : [];
  const files = ['README.md', ...readmes, ...docs.map((name) => `docs/${String(name)}`)];
  return files
    .filter((file) => file.endsWith('.md') && existsSync(join(repository, file)))
    .flatMap((file) => examplesIn(readFileSync(join(repository, file), 'utf8'), file));
}

/**
 * Compiles the examples against the sources, each as a module of its own. The clients `redis`, `ssdb` and `gibson` and what
 * parsers read from are there without being made. Gives one line per error, with the line of the file it stands in.
 */
export function compileExamples(examples: readonly Example[]): string[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const files = examples.map(({ code }, at) => {
    const file = join(folder, `example-${at}.ts`);
    writeFileSync(file, `${code}\nexport {};\n`);
    return file;
  });
  const globals = join(folder, 'globals.d.ts');
  writeFileSync(globals, declaredClients());
  const options = { ...compilerOptions(), isolatedDeclarations: false, declaration: false, declarationMap: false };
  const program = createProgram([...files, globals], {
    ...options,
    noUnusedLocals: false,
    noPropertyAccessFromIndexSignature: false,
    noUnusedParameters: false,
  });
  // only the examples are checked; the sources that they import have a check of their own
  const sources = [...files, globals].map((file) => program.getSourceFile(file));
  return sources
    .flatMap((source) => [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)])
    .map((problem) => describe(problem, files, examples));
}

/** Most examples of a README speak of a client that an earlier one made, those of the parsers of a socket and its bytes. */
function declaredClients(): string {
  const clients = { redis: 'Redis', ssdb: 'Ssdb', gibson: 'Gibson' };
  const lines = Object.entries(clients)
    .filter(([name]) => existsSync(join(repository, `packages/${name}/src/client/${name}.ts`)))
    .map(([name, type]) => `declare const ${name}: import('@kv/${name}').${type};\n`);
  const others = "declare const socket: import('node:net').Socket;\ndeclare const bytes: Uint8Array;\n";
  return others + lines.join('');
}

function describe({ file, start, messageText }: ts.Diagnostic, files: string[], examples: readonly Example[]): string {
  const message = ts.flattenDiagnosticMessageText(messageText, '\n');
  const example = file && examples[files.indexOf(join(file.fileName))];
  const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
  if (!example) return `${file ? relative(repository, file.fileName) : 'compiler'}:${line} ${message}`;
  const [name, fence] = example.at.split(':');
  return `${name}:${Number(fence) + line} ${message}`;
}
