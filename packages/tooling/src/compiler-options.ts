import { join } from 'node:path';
import ts from 'typescript';
import { repository } from './published-entries.ts';

/** The options of tsconfig.base.json, as the compiler wants them. */
export function compilerOptions(): ts.CompilerOptions {
  const file = join(repository, 'tsconfig.base.json');
  const { config, error } = ts.readConfigFile(file, (path) => ts.sys.readFile(path));
  if (error) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'));
  return ts.parseJsonConfigFileContent(config, ts.sys, repository).options;
}
