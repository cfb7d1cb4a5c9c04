/** Which modules the files of a package name, found with the TypeScript parser. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** All TypeScript files below a folder; none when there is no such folder. */
export function sourceFiles(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true }) as string[];
  } catch {
    return []; // a package without sources
  }
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}

/** Reads and parses one file. */
export function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
}

/** What a file names in any form; much faster than {@link imports}. */
export function moduleNames(file: string): string[] {
  return ts.preProcessFile(readFileSync(file, 'utf8')).importedFiles.map(({ fileName }) => fileName);
}

/** One module that a file names. */
export interface Import {
  /** As it is written: `./ring.ts`, `@kv/core`, `node:net`. */
  readonly name: string;
  /** `type`: only its types are used; `dynamic`: loaded with `import()`. */
  readonly form: 'static' | 'type' | 'dynamic';
  /** Where in the text, counted in characters from 0. */
  readonly position: number;
}

/** Every module that a source names: import, export from, import(), require(), import('x').Type. */
export function imports(source: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const one = asImport(node);
    if (one) found.push({ ...one, position: node.getStart(source) });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function asImport(node: ts.Node): Omit<Import, 'position'> | undefined {
  if (ts.isImportDeclaration(node)) {
    return named(
      node.moduleSpecifier,
      node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? 'type' : 'static',
    );
  }
  if (ts.isExportDeclaration(node)) return named(node.moduleSpecifier, node.isTypeOnly ? 'type' : 'static');
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return named(node.argument.literal, 'type');
  if (!ts.isCallExpression(node)) return undefined;
  if (node.expression.kind === ts.SyntaxKind.ImportKeyword) return named(node.arguments[0], 'dynamic');
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require';
  return isRequire ? named(node.arguments[0], 'static') : undefined;
}

function named(node: ts.Node | undefined, form: Import['form']): Omit<Import, 'position'> | undefined {
  return node && ts.isStringLiteralLike(node) ? { name: node.text, form } : undefined;
}
