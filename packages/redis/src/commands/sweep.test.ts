/**
 * Every command function at once: whatever it is called with, it makes a command or throws an ArgumentError; whatever
 * its command is answered, the result is of the declared type or it is refused.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { type AnyCommand, isKvError } from '@kv/core';
import { describe, expect, it } from 'vitest';
import * as commands from './index.ts';

type Make = (...args: readonly unknown[]) => unknown;

const MAKERS = new Set(['blocking', 'idempotent', 'read', 'spec', 'stateful', 'write', 'toArg', 'float', 'integer']);
const functions = Object.entries(commands).filter(
  ([name, value]) => typeof value === 'function' && !MAKERS.has(name) && name !== 'Command',
) as unknown as [string, Make][];

const source = readdirSync(import.meta.dirname)
  .filter((file) => /^[a-z-]+\.ts$/.test(file))
  .map((file) => readFileSync(`${import.meta.dirname}/${file}`, 'utf8'))
  .join('\n');

/** Exported under another name: `export { evaluate as eval }`. */
const LOCAL = new Map([...source.matchAll(/export \{ (\w+) as (\w+) \};?/g)].map(([, local, name]) => [name, local]));

/** What the signatures of a function say that its command resolves to. */
function declared(name: string): string[] {
  const local = LOCAL.get(name) ?? name;
  const signature = new RegExp(
    `(?:export )?function ${local}(?:<[^>]*>)?\\([\\s\\S]*?\\): \\w*Command<([\\s\\S]*?), V>[;\\s]`,
    'g',
  );
  return [...source.matchAll(signature)].map(([, type]) => (type as string).replaceAll(/\s+/g, ' '));
}

/** Splits at `|`, outside of brackets. */
function alternatives(type: string): string[] {
  const found: string[] = [''];
  let depth = 0;
  for (const char of type) {
    if ('<([{'.includes(char)) depth++;
    if ('>)]}'.includes(char)) depth--;
    if (char === '|' && depth === 0) found.push('');
    else found[found.length - 1] += char;
  }
  return found.map((one) => one.trim()).filter((one) => one !== '');
}

/** Nothing in it is undefined, no function, no object in text. */
function isWhole(value: unknown): boolean {
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol') return false;
  if (typeof value === 'string') return !value.includes('[object') && !value.includes('undefined');
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return true;
  if (value instanceof Map || value instanceof Set) return [...value].flat().every(isWhole);
  return Object.values(value).every(isWhole);
}

const isText = (value: unknown): boolean => typeof value === 'string' || value instanceof Uint8Array;
const isNumber = (value: unknown): boolean => typeof value === 'number' || typeof value === 'bigint';

/** Whether a value is of a type, as far as its text tells; of named types only that they are objects without holes. */
function fits(type: string, value: unknown): boolean {
  return alternatives(type).some((one) => fitsOne(one, value));
}

function fitsOne(type: string, value: unknown): boolean {
  if (type.startsWith('readonly ')) return fitsOne(type.slice(9), value);
  if (type.endsWith('[]'))
    return Array.isArray(value) && value.every((item) => fits(unwrapped(type.slice(0, -2)), item));
  if (type === 'unknown') return true;
  if (type === 'null') return value === null;
  if (type === 'number') return isNumber(value);
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'string') return typeof value === 'string';
  if (type === 'V' || type === 'Uint8Array') return isText(value);
  if (/^'.*'$/.test(type)) return value === type.slice(1, -1);
  if (/^\d+$/.test(type)) return value === Number(type);
  const [, item] = /^Record<string, (.*)>$/.exec(type) ?? [];
  if (item !== undefined) return isObject(value) && Object.values(value as object).every((one) => fits(item, one));
  return isWhole(value) && (isObject(value) || value instanceof Map || typeof value === 'string');
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function unwrapped(type: string): string {
  return type.startsWith('(') && type.endsWith(')') ? type.slice(1, -1) : type;
}

const GOOD: readonly unknown[] = [
  'k',
  1,
  ['a'],
  { a: '1-0' },
  'left',
  'BEFORE',
  'f'.repeat(40),
  [{ longitude: 1, latitude: 2, member: 'm' }],
  [{ score: 1, member: 'm' }],
  { radius: 1, unit: 'm' },
  [1, 2],
  'AND',
  { host: 'h', port: 1 },
  'min',
  '1-0',
];

/** Calls of functions that take none of these. */
const MORE: Readonly<Record<string, readonly unknown[]>> = {
  bitop: ['not', 'd', 'k'],
  bitfield: ['k', [{ op: 'get', encoding: 'u8', offset: 0 }]],
  bitfieldRo: ['k', [{ op: 'get', encoding: 'u8', offset: 0 }]],
  clientKill: [{ id: 1 }],
  clientSetinfo: ['lib-name', 'x'],
  clusterSetslot: [1, { stable: true }],
  clusterSlotStats: [{ orderby: 'key-count' }],
  geosearch: ['k', { member: 'm' }, { radius: 1, unit: 'm' }],
  geosearchstore: ['d', 'k', { member: 'm' }, { radius: 1, unit: 'm' }],
  georadius: ['k', 1, 2, 3, 'm'],
  georadiusRo: ['k', 1, 2, 3, 'm'],
  georadiusbymember: ['k', 'm', 3, 'm'],
  georadiusbymemberRo: ['k', 'm', 3, 'm'],
  pfdebug: ['getreg', 'k'],
  blmove: ['a', 'b', 'left', 'right', 1],
  migrate: ['h', 1, 'k', 0, 1000],
  zlexcount: ['k', '-', '+'],
  zrangebylex: ['k', '-', '+'],
  zremrangebylex: ['k', '-', '+'],
  zrevrangebylex: ['k', '+', '-'],
  xtrim: ['k', { maxlen: 1 }],
  xautoclaim: ['k', 'g', 'c', 0, '0'],
  xclaim: ['k', 'g', 'c', 0, '1-0'],
};

/** Some calls that are accepted, with up to five arguments. */
function calls(name: string, make: Make): AnyCommand[] {
  const found: AnyCommand[] = [];
  const seen = new Set<number>();
  const attempt = (args: readonly unknown[]): void => {
    try {
      const command = make(...args) as AnyCommand;
      if (!seen.has(args.length)) found.push(command);
      seen.add(args.length);
    } catch {
      // not a good call
    }
  };
  attempt([]);
  if (MORE[name] !== undefined) attempt(MORE[name]);
  let level: unknown[][] = [[]];
  for (let depth = 1; depth <= 4; depth++) {
    level = level.flatMap((args) => GOOD.map((good) => [...args, good]));
    if (depth > 1 && seen.size > 0) break;
    for (const args of level) attempt(args);
  }
  return found;
}

const BAD: readonly unknown[] = [
  undefined,
  null,
  true,
  Number.NaN,
  -1,
  1.5,
  5,
  5n,
  '',
  '\ud800',
  'x',
  Symbol('s'),
  () => 1,
  {},
  [],
  [[]],
  [null],
  [undefined],
  [5],
  [{}],
  [[1, 2, 3]],
  { a: undefined },
  { a: {} },
  new Map([[{}, 1]]),
  new Date(Number.NaN),
  Object.create(null),
  new Proxy({}, {}),
  [Symbol('s')],
  new Set([null]),
];

/** What a call with wrong arguments throws that is no ArgumentError. */
function rawError(make: Make, args: readonly unknown[]): string | undefined {
  try {
    make(...args);
    return undefined;
  } catch (error) {
    if (isKvError(error) && error.code === 'ARGUMENT') return undefined;
    return `${args.map((arg) => typeof arg).join(', ')}: ${String(error)}`;
  }
}

describe('calls with wrong arguments', () => {
  it.each(functions)('%s throws nothing but an ArgumentError', (_, make) => {
    const errors = new Set<string>();
    const note = (args: readonly unknown[]): void => {
      const error = rawError(make, args);
      if (error !== undefined) errors.add(error);
    };
    note([]);
    for (const one of BAD) {
      note([one]);
      for (const other of [...BAD, ...GOOD]) {
        note([one, other]);
        note([other, one]);
        note(['k', other, one]);
      }
      for (const [a, b, c] of [
        ['k', 1, 1],
        ['k', 'k', 'k'],
        ['k', ['a'], 'left'],
        [['a'], 'min', 1],
      ]) {
        note([a, b, c, one]);
        note([a, b, c, 'k', one]);
      }
    }
    expect([...errors]).toEqual([]);
  });
});

const WRONG: readonly unknown[] = [
  'weird',
  '',
  new Uint8Array([120]),
  'OK',
  'QUEUED',
  12345,
  1,
  0,
  2n ** 70n,
  1.5,
  true,
  null,
  [],
  ['a'],
  ['a', 'b', 'c'],
  [1, 2, 3],
  [null],
  [[]],
  [[1]],
  [['a']],
  [['a', 1], 'b'],
  ['a', ['b']],
  ['a', 1],
  ['0', 1],
  ['0', ['a']],
  new Map([['a', 1]]),
  new Map([[1, ['x']]]),
  new Map([['a', [1]]]),
  new Set(['a']),
  new Set([1]),
  [new Map([['a', 1]])],
  [true],
  [1.5],
  Number.NaN,
  [Number.NaN],
  [undefined],
  ['1-0', null],
  [['1-0', ['f']]],
  [['1-0', ['f', 1]]],
];

describe('replies of a wrong form', () => {
  it.each(functions)('%s is refused or resolves to what it is declared to', (name, make) => {
    const types = declared(name);
    const made = calls(name, make);
    expect(types, name).not.toEqual([]);
    expect(made.length, name).toBeGreaterThan(0);
    const wrong: string[] = [];
    for (const command of made)
      for (const raw of WRONG) {
        let result: unknown;
        try {
          result = command.reply(raw, command);
        } catch {
          continue; // the engine makes a ProtocolError of it
        }
        if (!types.some((type) => fits(type, result))) wrong.push(`${inspect(raw)} → ${inspect(result)}`);
      }
    expect(wrong, types.join(' or ')).toEqual([]);
  });
});

function inspect(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (item instanceof Map || item instanceof Set) return { of: [...item] };
    return typeof item === 'bigint' || typeof item === 'symbol' || item === undefined ? String(item) : item;
  });
}
