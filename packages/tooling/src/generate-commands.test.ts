import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { printClasses } from './command-class.ts';
import { readCommands } from './command-source.ts';
import { generatedFiles } from './generate-commands.ts';

describe('generated files', () => {
  it.each(generatedFiles().map((file) => [basename(file.path), file]))('%s is up to date', (_, file) => {
    expect(readFileSync(file.path, 'utf8') === file.text, 'run npm run generate').toBe(true);
  });
});

describe('methods from functions', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kv-generate-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function print(source: string): string {
    const path = join(folder, 'theme.ts');
    writeFileSync(path, source);
    const leaseBase = { name: 'Base', module: '../base.ts' };
    const names = {
      name: 'x',
      source: 'packages/x/src',
      shared: 'XCommands',
      blocking: 'XBlockingCommands',
      lease: 'XLeaseCommands',
      leaseBase,
    };
    const files = printClasses(names, [{ path: '../commands/theme.ts', commands: readCommands(path) }]);
    return files.map((file) => file.text).join('');
  }

  it('copies comment and signature, and imports what they name', () => {
    const text = print(`
      import { type Data as D, Command } from '@kv/core';
      export interface Options { readonly x: number }
      /** Gets. */
      export function get<V = string>(key: D, options: Options = {}): Command<V | null, V> { return make(key); }
      export function helper(): number { return 1; }
    `);
    expect(text).toContain("import type { Data as D } from '@kv/core';");
    expect(text).toContain("import type { Options } from '../commands/theme.ts';");
    expect(text).toContain("import { get } from '../commands/theme.ts';");
    expect(text).toContain('  /** Gets. */\n  get(key: D, options?: Options): Promise<V | null>;\n');
    expect(text).toContain('    {},\n    {},\n    { get },\n');
    expect(text).not.toContain('helper');
  });

  it('infers the type parameters that are not those of the class', () => {
    const text = print(`
      import { Command, type Data, type EntriesOf } from '@kv/core';
      /** Sets. */
      export function mset<V = string, E extends EntriesOf<E> = {}>(entries: E): Command<'OK', V> { return make(entries); }
    `);
    expect(text).toContain("import type { EntriesOf } from '@kv/core';");
    expect(text).toContain("  mset<E extends EntriesOf<E>>(entries: E): Promise<'OK'>;\n");
  });

  it('tells how many arguments a command takes at most, unless it takes any number', () => {
    const text = print(`
      /** Gets. */
      export function get<V = string>(key: Data, how: number = 1): Command<V | null, V> { return make(key); }
      /** Pings. */
      export function ping<V = string>(): Command<'PONG', V> { return x; }
      /** Deletes. */
      export function del<V = string>(...keys: Data[]): Command<number, V> { return x; }
    `);
    expect(text).toContain('  get(key: Data, how?: number): Promise<V | null>;\n');
    expect(text).toContain('  /** Deletes. */\n  del(...keys: Data[]): Promise<number>;\n');
    expect(text).toContain('  fixed: [\n    { ping },\n    {},\n    { get },\n  ],\n  variadic: { del },\n');
  });

  it('keeps overloads and rest parameters', () => {
    const text = print(`
      /** Pings. */
      export function ping<V = string>(): Command<'PONG', V>;
      export function ping<V = string>(...messages: V[]): Command<V | 'PONG', V>;
      export function ping<V = string>(...messages: V[]): Command<V | 'PONG', V> { return x; }
    `);
    expect(text).toContain("  ping(): Promise<'PONG'>;\n  ping(...messages: V[]): Promise<V | 'PONG'>;\n");
    expect(text).toContain('variadic: { ping },');
  });

  it('puts commands on the class of their pool, and takes the name they are exported as', () => {
    const text = print(`
      /** Runs. */
      function evaluate<V = string>(): Command<unknown, V> { return x; }
      export { evaluate as eval };
      /** Pops. @scope blocking */
      export function pop<V = string>(): Command<V, V> { return x; }
      /** Selects. @scope lease */
      export function select<V = string>(): Command<V, V> { return x; }
    `);
    const [, shared, blocking, lease] = text.split('export interface ');
    expect(shared).toMatch(/^XCommands<V> extends CommandRunner<V> {.*\n {2}eval\(\): .*{ eval: evaluate }/s);
    expect(text).toContain('import { eval as evaluate, pop }');
    expect(text).toContain("import { select } from '../commands/theme.ts';\nimport { Base } from '../base.ts';");
    expect(blocking).toMatch(/^XBlockingCommands<V> extends XCommands<V> {.*\n {2}pop\(\)/s);
    expect(lease).toMatch(/^XLeaseCommands<V> extends Base<V> {.*\n {2}select\(\)/s);
    expect(shared).not.toContain('pop(');
  });

  it.each([
    ['no comment', 'export function a(): Command<1> { return x; }', 'a has no doc comment'],
    [
      'a hidden command',
      '/** A. */ export function a(a: 1): Command<1> { return x; }',
      'a parameter hides its command',
    ],
    [
      'a type parameter before V',
      '/** A. */ export function a<T>(): Command<T> { return x; }',
      'V must be the first type parameter',
    ],
    [
      'a type parameter that may be anything',
      '/** A. */ export function a<V, T>(b: T): Command<V> { return x; }',
      'the type parameter T has no constraint',
    ],
    ['an unknown scope', '/** A. @scope fast */ export function a(): Command<1> { return x; }', "unknown scope 'fast'"],
    [
      'more parameters than a method can have',
      '/** A. */ export function a(b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1): Command<1> { return x; }',
      '7 parameters: the most is 6',
    ],
    ['a pattern', '/** A. */ export function a({ b }: B): Command<1> { return x; }', 'must be plain names'],
    [
      'a hidden type',
      'interface Secret {}\n/** A. */ export function a(b: Secret): Command<1> { return x; }',
      'type Secret must be exported',
    ],
    [
      'an implementation unlike its last overload',
      '/** A. */ export function a(): Command<1>; export function a(b?: 1): Command<1> { return x; }',
      'the last overload of a must be the signature of its implementation',
    ],
  ])('refuses %s', (_, source, message) => {
    expect(() => print(source)).toThrow(message);
  });
});
