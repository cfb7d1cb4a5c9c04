/** What the comment behind a statement says that its value is, and code that notes the value when it runs. */
import { isDeepStrictEqual } from 'node:util';
import ts from 'typescript';

/** A statement whose comment names a value. */
export interface Claim {
  /** Line inside the example, from 1. */
  readonly line: number;
  /** The comment as it is written. */
  readonly comment: string;
  /** What it says that the value is. */
  readonly value: unknown;
}

/** An example in which every claim is noted: `await x(); // 1` becomes `note(3, await x());`. */
export interface Instrumented {
  readonly code: string;
  readonly claims: readonly Claim[];
}

/**
 * Finds the claims of an example. A comment makes one when it stands behind a whole statement and begins with a
 * literal: `1`, `'text'`, `null`, `[1, null]`, `{ a: 1 }`, `Map { 'a' => 1 }`; what follows is for readers.
 *
 * @param note expression of the function that gets line and value
 */
export function instrument(code: string, note: string): Instrumented {
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.ESNext, true);
  const claims: Claim[] = [];
  const edits: { at: number; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    const noted = notedExpression(node);
    const claim = noted && claimBehind(source, node);
    if (claim) {
      claims.push(claim);
      edits.push({ at: noted.getStart(source), text: `${note}(${claim.line}, ` }, { at: noted.getEnd(), text: ')' });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { code: edited(code, edits), claims };
}

/** What a statement gives: its expression, the only argument of console.log, or what its only variable becomes. */
function notedExpression(node: ts.Node): ts.Expression | undefined {
  if (ts.isExpressionStatement(node)) {
    if (ts.isVoidExpression(node.expression) || ts.isBinaryExpression(node.expression)) return undefined;
    return printed(node.expression);
  }
  if (!ts.isVariableStatement(node)) return undefined;
  const [declaration, ...others] = node.declarationList.declarations;
  return others.length === 0 && declaration && ts.isIdentifier(declaration.name) ? declaration.initializer : undefined;
}

function printed(expression: ts.Expression): ts.Expression | undefined {
  if (!ts.isCallExpression(expression) || expression.expression.getText() !== 'console.log') return expression;
  return expression.arguments.length === 1 ? expression.arguments[0] : undefined;
}

function claimBehind(source: ts.SourceFile, node: ts.Node): Claim | undefined {
  const end = node.getEnd();
  const [, comment] = /^[ \t]*\/\/ ?(.*)/.exec(source.text.slice(end)) ?? [];
  const literal = comment === undefined ? undefined : literalAtStart(comment);
  if (comment === undefined || literal === undefined) return undefined;
  return { line: source.getLineAndCharacterOfPosition(end).line + 1, comment, value: literal.value };
}

/** The longest beginning of a text that is a literal and ends where a word does. */
function literalAtStart(text: string): { value: unknown } | undefined {
  const map = /^Map \{ (.*?) \}/.exec(text)?.[1];
  if (map !== undefined) return { value: mapOf(map) };
  for (let length = text.length; length > 0; length--) {
    if (/\w/.test(text[length] ?? '') && /\w/.test(text[length - 1] ?? '')) continue;
    const value = literal(text.slice(0, length));
    if (value !== undefined) return { value };
  }
  return undefined;
}

/** `'a' => 1, 'b' => 2`, as Node prints a Map. */
function mapOf(rows: string): Map<unknown, unknown> {
  const pairs = rows.split(/, (?=[^,]*=>)/).map((row) => row.split(' => '));
  return new Map(pairs.map(([key = '', value = '']) => [literal(key), literal(value)]));
}

function literal(text: string): unknown {
  const source = ts.createSourceFile('literal.ts', `(${text})`, ts.ScriptTarget.ESNext, true);
  const [statement, ...others] = source.statements;
  if (others.length > 0 || !statement || !ts.isExpressionStatement(statement)) return undefined;
  if ((source as unknown as { parseDiagnostics: readonly unknown[] }).parseDiagnostics.length > 0) return undefined;
  return literalValue(statement.expression);
}

/** The value of a literal; undefined for everything else. */
function literalValue(node: ts.Expression): unknown {
  if (ts.isParenthesizedExpression(node)) return literalValue(node.expression);
  if (ts.isStringLiteral(node)) return node.text;
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isPrefixUnaryExpression(node)) return -Number(literalValue(node.operand));
  if (node.kind === ts.SyntaxKind.NullKeyword) return null;
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (node.kind === ts.SyntaxKind.FalseKeyword) return false;
  if (ts.isArrayLiteralExpression(node)) return allOf(node.elements.map(literalValue));
  return ts.isObjectLiteralExpression(node) ? objectOf(node) : undefined;
}

const allOf = (values: readonly unknown[]): unknown => (values.includes(undefined) ? undefined : values);

function objectOf(node: ts.ObjectLiteralExpression): unknown {
  const entries = node.properties.map((one) =>
    ts.isPropertyAssignment(one) && !ts.isComputedPropertyName(one.name)
      ? ([one.name.text, literalValue(one.initializer)] as const)
      : (['', undefined] as const),
  );
  return entries.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(entries);
}

function edited(code: string, edits: readonly { at: number; text: string }[]): string {
  const ordered = [...edits].sort((a, b) => b.at - a.at);
  return ordered.reduce((text, { at, text: more }) => text.slice(0, at) + more + text.slice(at), code);
}

/** Whether a value is what the comment says. Objects without a prototype count as plain ones. */
export function isAsClaimed(value: unknown, claim: Claim): boolean {
  return isDeepStrictEqual(plain(value), claim.value);
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object' || value instanceof Map || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}
