/** Reads the command functions of one source file: signatures, comments, and where their types come from. */
import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** Which generated class a command goes to. */
export type CommandScope = 'shared' | 'blocking' | 'lease';

/** One signature as it will be printed. */
export interface Signature {
  /** The doc comment as written, `''` when an overload has none of its own. */
  readonly comment: string;
  /** Type parameters beside `V` as a method declares them, such as `<E extends EntriesOf<E>>`, or `''`. */
  readonly generics: string;
  /** Parameters as written, without parentheses. */
  readonly parameters: string;
  /** First type argument of `Command<…>`. */
  readonly result: string;
}

/** One exported command function. */
export interface CommandFunction {
  /** Name of the function in its file. */
  readonly local: string;
  /** Name it is exported as: the method's name. */
  readonly name: string;
  /** Name of the command on the wire; the method's name where the function does not say. */
  readonly wire: string;
  readonly scope: CommandScope;
  /** What users see: one, or the overloads. */
  readonly signatures: readonly Signature[];
  /** The parameters of the implementation as an overload declares them: without defaults. */
  readonly declared: string;
  /** How many parameters it has. */
  readonly count: number;
  /** Whether it takes any number of arguments. */
  readonly variadic: boolean;
  /** Types that the signatures name. */
  readonly types: readonly TypeOrigin[];
}

/** Where a type name that signatures use comes from: module as written in the file, `''` = the file itself. */
export interface TypeOrigin {
  readonly name: string;
  readonly imported: string;
  readonly module: string;
}

function fail(file: ts.SourceFile, node: ts.Node, message: string): never {
  const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
  throw new Error(`${file.fileName}:${line + 1}: ${message}`);
}

function isExported(node: ts.Statement): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((m) => m.kind === ts.SyntaxKind.ExportKeyword);
}

/** `export { local as name }` without a module. */
function renamed(file: ts.SourceFile): Map<string, string> {
  const names = new Map<string, string>();
  for (const statement of file.statements) {
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier || !statement.exportClause) continue;
    if (!ts.isNamedExports(statement.exportClause)) continue;
    for (const one of statement.exportClause.elements) names.set((one.propertyName ?? one.name).text, one.name.text);
  }
  return names;
}

function commandResult(node: ts.FunctionDeclaration): ts.TypeNode | undefined {
  const type = node.type;
  if (!type || !ts.isTypeReferenceNode(type) || !ts.isIdentifier(type.typeName)) return undefined;
  return type.typeName.text === 'Command' ? type.typeArguments?.[0] : undefined;
}

function commentOf(file: ts.SourceFile, node: ts.Node): string {
  const docs = ts.getJSDocCommentsAndTags(node).filter((doc) => ts.isJSDoc(doc));
  return docs.at(-1)?.getText(file) ?? '';
}

function scopeOf(file: ts.SourceFile, node: ts.FunctionDeclaration): CommandScope {
  const tag = ts.getJSDocTags(node).find((one) => one.tagName.text === 'scope');
  if (!tag) return 'shared';
  const text = typeof tag.comment === 'string' ? tag.comment.trim() : '';
  if (text === 'blocking' || text === 'lease') return text;
  return fail(file, node, `unknown scope '${text}'`);
}

/** Comments, line breaks and indentation collapse; the text of the types stays. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/\( /g, '(').replace(/,? \)/g, ')').trim();
}

function signatureOf(file: ts.SourceFile, node: ts.FunctionDeclaration): Signature {
  const result = commandResult(node) ?? fail(file, node, 'every overload must return Command<…>');
  return {
    comment: commentOf(file, node),
    generics: genericsOf(file, node),
    parameters: node.parameters.map((parameter) => oneLine(parameter.getText(file))).join(', '),
    result: oneLine(result.getText(file)),
  };
}

/** Parameters as an overload would declare them: a default becomes a question mark. */
function declaredParameters(file: ts.SourceFile, node: ts.FunctionDeclaration): string {
  const declared = node.parameters.map((parameter) => {
    if (!parameter.initializer) return oneLine(parameter.getText(file));
    return `${parameter.name.getText(file)}?: ${oneLine(parameter.type?.getText(file) ?? '')}`;
  });
  return declared.join(', ');
}

/** Methods with more parameters cannot be made: see `FIXED` in core's command-methods.ts, which has one form for each number. */
const MOST_PARAMETERS = 6;

function isVariadic({ parameters }: ts.FunctionDeclaration): boolean {
  return parameters.some((parameter) => parameter.dotDotDotToken !== undefined);
}

function checkParameters(file: ts.SourceFile, node: ts.FunctionDeclaration): void {
  for (const parameter of node.parameters) {
    if (!ts.isIdentifier(parameter.name)) fail(file, parameter, 'parameters of commands must be plain names');
    if (parameter.name.text === node.name?.text) fail(file, parameter, 'a parameter hides its command');
  }
  const count = node.parameters.length;
  if (count <= MOST_PARAMETERS || isVariadic(node)) return;
  fail(file, node, `${count} parameters: the most is ${MOST_PARAMETERS}, take options or any number of arguments`);
}

/** `V` is a type parameter of the class; methods infer the others from their arguments, so these need no default. */
function genericsOf(file: ts.SourceFile, node: ts.FunctionDeclaration): string {
  const [first, ...others] = node.typeParameters ?? [];
  if (first !== undefined && first.name.text !== 'V') fail(file, node, 'V must be the first type parameter');
  if (others.length === 0) return '';
  const declared = others.map(({ name, constraint }) => {
    if (!constraint) return fail(file, node, `the type parameter ${name.text} has no constraint`);
    return `${name.text} extends ${oneLine(constraint.getText(file))}`;
  });
  return `<${declared.join(', ')}>`;
}

function commandFunction(
  file: ts.SourceFile,
  declared: ts.FunctionDeclaration[],
  name: string,
  resolve: TypeResolver,
  specs: ReadonlyMap<string, string>,
): CommandFunction {
  const implementation = declared.at(-1) as ts.FunctionDeclaration;
  if (!implementation.body) fail(file, implementation, 'overloads without implementation');
  const shown = declared.length === 1 ? declared : declared.slice(0, -1);
  const signatures = shown.map((node) => signatureOf(file, node));
  if (!signatures[0]?.comment) fail(file, implementation, `${name} has no doc comment`);
  const last = signatureOf(file, implementation);
  const widest = shown.at(-1) as ts.FunctionDeclaration;
  const parameters = declaredParameters(file, implementation);
  const sameParameters = parameters === declaredParameters(file, widest);
  if (!sameParameters || last.result !== signatures.at(-1)?.result) {
    fail(file, implementation, `the last overload of ${name} must be the signature of its implementation`);
  }
  checkParameters(file, implementation);
  return {
    local: implementation.name?.text as string,
    name,
    wire: firstSpec(implementation, specs) ?? name,
    scope: scopeOf(file, shown[0] as ts.FunctionDeclaration),
    signatures,
    declared: parameters,
    count: implementation.parameters.length,
    variadic: isVariadic(implementation),
    types: resolve(typesUsed(declared)),
  };
}

/** Top-level constants made from a name, as in `const GET = read('GET')`. */
function specsOf(file: ts.SourceFile): Map<string, string> {
  const specs = new Map<string, string>();
  const declarations = file.statements
    .filter(ts.isVariableStatement)
    .flatMap((one) => one.declarationList.declarations);
  for (const { name, initializer } of declarations) {
    if (!ts.isIdentifier(name) || !initializer || !ts.isCallExpression(initializer)) continue;
    const [first] = initializer.arguments;
    if (first && ts.isStringLiteral(first)) specs.set(name.text, first.text);
  }
  return specs;
}

/** The name behind the first of these constants that a function uses. */
function firstSpec(node: ts.Node, specs: ReadonlyMap<string, string>): string | undefined {
  const own = ts.isIdentifier(node) ? specs.get(node.text) : undefined;
  return own ?? ts.forEachChild(node, (child) => firstSpec(child, specs));
}

/** The type names used by a signature, without type parameters. */
function typeNames(node: ts.Node, names: Set<string>): void {
  if (ts.isTypeReferenceNode(node)) {
    let name: ts.EntityName = node.typeName;
    while (ts.isQualifiedName(name)) name = name.left;
    names.add(name.text);
  }
  ts.forEachChild(node, (child) => typeNames(child, names));
}

function importsOf(file: ts.SourceFile): Map<string, TypeOrigin> {
  const origins = new Map<string, TypeOrigin>();
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const bindings = statement.importClause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings)) continue;
    for (const one of bindings.elements) {
      const imported = (one.propertyName ?? one.name).text;
      origins.set(one.name.text, { name: one.name.text, imported, module: statement.moduleSpecifier.text });
    }
  }
  return origins;
}

function typesDeclaredIn(file: ts.SourceFile): Map<string, boolean> {
  const declared = new Map<string, boolean>();
  for (const statement of file.statements) {
    if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
      declared.set(statement.name.text, isExported(statement));
    }
  }
  return declared;
}

/** Finds out where type names come from; those of the language itself are left out. */
type TypeResolver = (names: ReadonlySet<string>) => TypeOrigin[];

function typeResolver(file: ts.SourceFile): TypeResolver {
  const imports = importsOf(file);
  const declared = typesDeclaredIn(file);
  return (names) => {
    const origins: TypeOrigin[] = [];
    for (const name of names) {
      const origin = imports.get(name);
      if (origin) origins.push(origin);
      else if (declared.get(name) === false) throw new Error(`${file.fileName}: type ${name} must be exported`);
      else if (declared.has(name)) origins.push({ name, imported: name, module: '' });
    }
    return origins;
  };
}

function typesUsed(declared: readonly ts.FunctionDeclaration[]): Set<string> {
  const used = new Set<string>();
  for (const node of declared) {
    const constraints = (node.typeParameters ?? []).map(({ constraint }) => constraint);
    for (const part of [...constraints, ...node.parameters, commandResult(node)]) if (part) typeNames(part, used);
  }
  return used;
}

/** Every exported function of a file that returns a `Command`. */
export function readCommands(path: string): CommandFunction[] {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ESNext, true);
  const exportedAs = renamed(file);
  const groups = new Map<string, ts.FunctionDeclaration[]>();
  for (const statement of file.statements) {
    if (!ts.isFunctionDeclaration(statement) || !statement.name || !commandResult(statement)) continue;
    const name = isExported(statement) ? statement.name.text : exportedAs.get(statement.name.text);
    if (name === undefined) continue;
    groups.set(name, [...(groups.get(name) ?? []), statement]);
  }
  const resolve = typeResolver(file);
  const specs = specsOf(file);
  return [...groups].map(([name, declared]) => commandFunction(file, declared, name, resolve, specs));
}
