/**
 * Which package may import what. These are all arrows; a package without a rule may not exist.
 *
 *     resp-parser     ssdb-parser     gibson-parser
 *          ▲               ▲                ▲
 *        redis            ssdb           gibson  ┄┄ import() ┄┄▶  embedded
 *          └──────▶ core ◀─┴───────────────┘
 *                    ▲
 *        keyv, unstorage, connect, opentelemetry ──▶ the library that they adapt
 *
 * `core`, `embedded` and the parsers import nothing of the family.
 */
import { readdirSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative, resolve, sep } from 'node:path';
import { type Import, imports, parse, sourceFiles } from './imports.ts';

/** What one package may import from outside its own folder. */
export interface Rule {
  /** Packages of the family that may be imported, in any form. */
  readonly family: readonly string[];
  /** Packages of the family that may only be loaded with `import()` and named by `import type`. */
  readonly lazy?: readonly string[];
  /** The library that an adapter is for: its only peer, which may be imported in any form. */
  readonly target?: string;
  /** Node's own modules: none, or all but those in `sockets` outside of the named file. */
  readonly builtins: 'none' | 'no sockets' | 'all';
  /** The one file that may import sockets. */
  readonly socketFile?: string;
}

/** One import that the rules forbid. */
export interface Violation {
  /** `packages/x/src/file.ts:12` */
  readonly at: string;
  /** What is imported, and why it may not be. */
  readonly message: string;
}

const sockets = new Set(['node:net', 'node:tls', 'node:dgram', 'node:http', 'node:https', 'node:http2']);
const parser: Rule = { family: [], builtins: 'none' };
const facade = (name: string): Rule => ({
  family: ['@kv/core', `@kv/${name}-parser`],
  lazy: ['@kv/embedded'],
  builtins: 'no sockets',
});

const adapter = (target: string): Rule => ({ family: ['@kv/core'], target, builtins: 'no sockets' });

/** For a package without a rule. */
const closed: Rule = { family: [], builtins: 'none' };

/** Rules of the published packages, by folder name below packages/. */
export const rules: Readonly<Record<string, Rule>> = {
  'resp-parser': parser,
  'ssdb-parser': parser,
  'gibson-parser': parser,
  core: { family: [], builtins: 'no sockets', socketFile: 'src/transport/socket-transport.ts' },
  redis: facade('resp'),
  ssdb: facade('ssdb'),
  gibson: facade('gibson'),
  embedded: { family: [], lazy: ['wasmoon-lua5.1'], builtins: 'all' },
  bullmq: { family: ['@kv/redis', '@kv/redis/commands'], target: 'bullmq', builtins: 'no sockets' },
  ioredis: { family: ['@kv/core', '@kv/redis', '@kv/redis/commands'], lazy: ['ioredis'], builtins: 'no sockets' },
  keyv: adapter('keyv'),
  unstorage: adapter('unstorage'),
  connect: adapter('express-session'),
  opentelemetry: adapter('@opentelemetry/api'),
};

/** Private packages, which may import what they like. */
const free: ReadonlySet<string> = new Set(['testkit', 'tooling', 'benchmarks']);

/**
 * Checks every source file of the packages below `packagesFolder`. Tests may import what they like, but no file may
 * reach into another package by a relative path.
 */
export function checkBoundaries(packagesFolder: string): Violation[] {
  const violations: Violation[] = [];
  for (const name of readdirSync(packagesFolder)) {
    const home = join(packagesFolder, name);
    const rule = free.has(name) ? undefined : (rules[name] ?? closed);
    if (rule === closed) violations.push({ at: `packages/${name}`, message: 'has no rule in check-boundaries.ts' });
    for (const file of sourceFiles(join(home, 'src'))) violations.push(...checkFile(home, file, rule));
  }
  return violations;
}

function checkFile(home: string, file: string, rule: Rule | undefined): Violation[] {
  const source = parse(file);
  const isTest = /\.test(-d)?\.ts$/.test(file);
  const inPackage = relative(home, file).split(sep).join('/');
  const violations: Violation[] = [];
  for (const found of imports(source)) {
    const reason = found.name.startsWith('.')
      ? leavesPackage(home, file, found.name)
      : rule && !isTest
        ? forbidden(found, rule, inPackage)
        : undefined;
    if (!reason) continue;
    const line = source.getLineAndCharacterOfPosition(found.position).line + 1;
    const at = `${relative(resolve(home, '../..'), file).split(sep).join('/')}:${line}`;
    violations.push({ at, message: `imports ${found.name}: ${reason}` });
  }
  return violations;
}

function leavesPackage(home: string, file: string, name: string): string | undefined {
  const target = resolve(file, '..', name);
  return target.startsWith(home + sep) ? undefined : 'a relative path leaves the package';
}

function forbidden({ name, form }: Import, rule: Rule, file: string): string | undefined {
  if (isBuiltin(name)) return forbiddenBuiltin(name, rule, file);
  if (rule.family.includes(name) || rule.target === name) return undefined;
  if (rule.lazy?.includes(name)) return form === 'static' ? 'only import() may load it' : undefined;
  return 'not among the packages it may import';
}

function forbiddenBuiltin(name: string, rule: Rule, file: string): string | undefined {
  if (!name.startsWith('node:')) return 'write node: in front of it';
  if (rule.builtins === 'none') return 'this package runs everywhere, without Node';
  if (rule.builtins === 'all' || !sockets.has(name) || file === rule.socketFile) return undefined;
  return rule.socketFile ? `only ${rule.socketFile} may use sockets` : 'sockets belong to core';
}
