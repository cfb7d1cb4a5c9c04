import { relative } from 'node:path';
import ts from 'typescript';
import { createProgram } from './compiler.ts';
import { compilerOptions } from './compiler-options.ts';
import { type Entry, repository } from './published-entries.ts';

/**
 * Lists what users can import but is not explained: exports, and public methods and accessors of exported classes, without a doc
 * comment. Each line reads `packages/x/src/file.ts:12 Name.method`. A comment may be inherited from a base class.
 */
export function undocumented(entries: readonly Entry[]): string[] {
  const program = createProgram(
    entries.map(({ source }) => source),
    compilerOptions(),
  );
  const checker = program.getTypeChecker();
  const lines = new Set<string>(); // two entries may export the same symbol
  for (const { source } of entries) {
    for (const symbol of exportsOf(program, checker, source)) {
      for (const [label, bare] of withoutComment(symbol, checker)) lines.add(`${placeOf(bare)} ${label}`);
    }
  }
  return [...lines].sort();
}

function exportsOf(program: ts.Program, checker: ts.TypeChecker, file: string): ts.Symbol[] {
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  return module ? namesIn(module, checker) : []; // no import and no export: not a module yet
}

/** What a module exports, each symbol where it is declared; `export * as x from` counts with all its names. */
function namesIn(module: ts.Symbol, checker: ts.TypeChecker): ts.Symbol[] {
  return checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .flatMap((symbol) => (symbol.flags & ts.SymbolFlags.ValueModule ? namesIn(symbol, checker) : [symbol]))
    .filter((symbol) => !isOfDependency(symbol));
}

/** An adapter may pass on types of the package that it adapts. */
function isOfDependency({ declarations }: ts.Symbol): boolean {
  return declarations?.[0]?.getSourceFile().fileName.includes('/node_modules/') === true;
}

function* withoutComment(symbol: ts.Symbol, checker: ts.TypeChecker): Generator<[label: string, symbol: ts.Symbol]> {
  if (!hasComment(symbol, checker)) yield [symbol.name, symbol];
  if (!(symbol.flags & ts.SymbolFlags.Class)) return;
  const statics = [...(symbol.exports?.values() ?? [])];
  for (const member of [...(symbol.members?.values() ?? []), ...statics]) {
    if (isPublicMember(member) && !hasComment(member, checker)) yield [`${symbol.name}.${member.name}`, member];
  }
}

const hasComment = (symbol: ts.Symbol, checker: ts.TypeChecker): boolean =>
  symbol.getDocumentationComment(checker).length > 0 || symbol.getJsDocTags(checker).length > 0;

/** Methods of the language's own protocols mean the same everywhere. */
const wellKnown = new Set(['toString', 'toJSON', 'next', 'return', 'throw']);

/** Methods and accessors; what only subclasses or the class itself see is left out. Fields may speak for themselves. */
function isPublicMember(member: ts.Symbol): boolean {
  const wanted = ts.SymbolFlags.Method | ts.SymbolFlags.Accessor;
  const declaration = member.declarations?.[0];
  if (!(member.flags & wanted) || !declaration) return false;
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  if (ts.getCombinedModifierFlags(declaration) & hidden) return false;
  const name = ts.getNameOfDeclaration(declaration);
  if (wellKnown.has(member.name)) return false; // like [Symbol.asyncDispose]
  return !name || !(ts.isPrivateIdentifier(name) || ts.isComputedPropertyName(name));
}

function placeOf(symbol: ts.Symbol): string {
  const declaration = symbol.declarations?.[0];
  if (!declaration) return 'unknown place';
  const file = declaration.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(declaration.getStart(file));
  return `${relative(repository, file.fileName)}:${line + 1}`;
}
