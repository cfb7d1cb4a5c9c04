import ts from 'typescript';

/** A file as it was read, with what the compiler made of it. */
interface Parsed {
  readonly text: string;
  readonly source: ts.SourceFile;
}

const parsed = new Map<string, Parsed>();

/**
 * Makes a program of the compiler. Programs of one process share the files that they read alike, which are most of the
 * work: the library of the language, `@types/node`, and the sources of the packages.
 */
export function createProgram(files: readonly string[], options: ts.CompilerOptions): ts.Program {
  const host = ts.createCompilerHost(options);
  host.getSourceFile = (name, languageVersion) => sourceOf(name, languageVersion);
  return ts.createProgram(files, options, host);
}

function sourceOf(
  name: string,
  languageVersion: ts.ScriptTarget | ts.CreateSourceFileOptions,
): ts.SourceFile | undefined {
  const text = ts.sys.readFile(name);
  if (text === undefined) return undefined;
  const known = parsed.get(name);
  if (known?.text === text) return known.source;
  const source = ts.createSourceFile(name, text, languageVersion);
  parsed.set(name, { text, source });
  return source;
}
