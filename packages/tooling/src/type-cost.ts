import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { createProgram } from './compiler.ts';
import { compilerOptions } from './compiler-options.ts';
import { repository } from './published-entries.ts';

const folder = join(repository, 'packages/tooling/.type-cost');

/**
 * How many types the compiler instantiates to check a program: the number that grows when generics get expensive,
 * the same on every machine. What `tsc --extendedDiagnostics` prints as `Instantiations`.
 *
 * @param program source text, with imports of family packages; it must compile
 */
export function instantiations(program: string): number {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'program.ts');
  writeFileSync(file, program);
  const options = { ...compilerOptions(), isolatedDeclarations: false, declaration: false, declarationMap: false };
  const compiled = createProgram([file], { ...options, skipLibCheck: true });
  const [problem] = ts.getPreEmitDiagnostics(compiled);
  if (problem) throw new Error(ts.flattenDiagnosticMessageText(problem.messageText, '\n'));
  return compiled.getInstantiationCount();
}
