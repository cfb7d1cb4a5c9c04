import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Example } from './check-examples.ts';
import { createProgram } from './compiler.ts';
import { compilerOptions } from './compiler-options.ts';
import { type Entry, repository } from './published-entries.ts';

/** Names that can be imported, by specifier: `@kv/redis/commands` → `get`, `set`, … */
export type Exports = ReadonlyMap<string, readonly string[]>;

/** The `@example` blocks of all doc comments of the published packages, with the imports that they leave out. */
export function docExamples(entries: readonly Entry[]): Example[] {
  const exports = exportedNames(entries);
  const homes = entries.filter(({ specifier }) => specifier.split('/').length === 2); // one entry per package
  return homes.flatMap(({ specifier, source }) =>
    sources(dirname(source)).flatMap((file) =>
      examplesInComments(readFileSync(file, 'utf8'), relative(repository, file)).map((example) =>
        withImports(example, specifier, exports),
      ),
    ),
  );
}

/** Generated files repeat the comments of others. */
function sources(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => /(?<!\.test|\.test-d)\.ts$/.test(name) && !name.startsWith('generated'))
    .map((name) => join(folder, name));
}

/** The `@example` blocks of one source file: up to the next tag; when a block has a fence, what is in the fence. */
export function examplesInComments(text: string, file: string): Example[] {
  return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap(({ 0: comment, index }) => {
    const first = text.slice(0, index).split('\n').length;
    const lines = comment.split('\n').map((line) => line.replace(/^\s*(\/\*\*|\*(?!\/)) ?|\s*\*\/$/g, ''));
    return examplesOf(lines).map(({ line, code }) => ({ at: `${file}:${first + line}`, code }));
  });
}

function examplesOf(lines: readonly string[]): { line: number; code: string }[] {
  return [...lines.entries()]
    .filter(([, text]) => /^\s*@example\b/.test(text))
    .map(([line]) => {
      const end = lines.findIndex((text, at) => at > line && /^\s*@\w/.test(text));
      return { line, code: unfenced(lines.slice(line + 1, end < 0 ? undefined : end)) };
    });
}

/** Keeps the number of lines, so that errors can be placed. */
function unfenced(lines: readonly string[]): string {
  let inFence = !lines.some((line) => line.startsWith('```'));
  const code = lines.map((line) => {
    if (!line.startsWith('```')) return inFence ? line : '';
    inFence = !inFence;
    return '';
  });
  return `${code.join('\n')}\n`;
}

/** Adds the imports below the code, where they do not move its lines. The example's own package wins. */
export function withImports({ at, code }: Example, home: string, exports: Exports): Example {
  const isOwn = (specifier: string): number => (specifier === home || specifier.startsWith(`${home}/`) ? 0 : 1);
  const specifiers = [...exports.keys()].sort((a, b) => isOwn(a) - isOwn(b));
  const seen = new Set<string>();
  const imports = specifiers.flatMap((specifier) => {
    const names = (exports.get(specifier) ?? []).filter((name) => !seen.has(name) && mentions(code, name));
    for (const name of names) seen.add(name);
    return names.length > 0 ? [`import { ${names.join(', ')} } from '${specifier}';`] : [];
  });
  return { at, code: `${code}${imports.join('\n')}\n` };
}

/** Whether the code uses a name as such, not as a property, and does not declare or import it itself. */
function mentions(code: string, name: string): boolean {
  const isUsed = new RegExp(`(?<![.\\w$'"])${name}(?![\\w$'"]|:)`).test(code);
  return (
    isUsed &&
    !new RegExp(`(const|let|class|function|interface|type) ${name}\\b|[{,] *${name}\\b[^=(]*} (=|from)`).test(code)
  );
}

function exportedNames(entries: readonly Entry[]): Exports {
  const program = createProgram(
    entries.map(({ source }) => source),
    compilerOptions(),
  );
  const checker = program.getTypeChecker();
  const namesOf = ({ source }: Entry): string[] => {
    const file = program.getSourceFile(source);
    const module = file && checker.getSymbolAtLocation(file);
    return module ? checker.getExportsOfModule(module).map(({ name }) => name) : [];
  };
  return new Map(entries.map((entry) => [entry.specifier, namesOf(entry)]));
}
