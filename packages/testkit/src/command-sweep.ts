import { type AnyCommand, isKvError } from '@kv/core';
import { describe, expect, it } from 'vitest';
import { declaredResults, fits, sourceOf } from './declared-results.ts';

type Make = (...args: readonly unknown[]) => unknown;

/** The commands of one backend, and what to try on them. */
export interface Sweep {
  /** Where their functions are. */
  readonly folder: string;
  /** The module that exports all of them. */
  readonly commands: object;
  /** Arguments that some functions accept, in any order. */
  readonly good: readonly unknown[];
  /** Whole calls of functions that take none of these. */
  readonly calls?: Readonly<Record<string, readonly unknown[]>>;
  /** Replies of which no command accepts all. */
  readonly replies: readonly unknown[];
}

/** Exports that make parts of commands. */
const MAKERS = new Set([
  'Command',
  'blocking',
  'float',
  'idempotent',
  'integer',
  'read',
  'spec',
  'stateful',
  'toArg',
  'write',
]);

/** Some calls that are accepted, with up to five arguments. */
function calls({ good, calls: more = {} }: Sweep, name: string, make: Make): AnyCommand[] {
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
  if (more[name] !== undefined) attempt(more[name]);
  let level: unknown[][] = [[]];
  for (let depth = 1; depth <= 4; depth++) {
    level = level.flatMap((args) => good.map((one) => [...args, one]));
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

function wrongArguments(functions: readonly [string, Make][], good: readonly unknown[]): void {
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
        for (const other of [...BAD, ...good]) {
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
}

function wrongReplies(functions: readonly [string, Make][], sweep: Sweep): void {
  const source = sourceOf(sweep.folder);
  describe('replies of a wrong form', () => {
    it.each(functions)('%s is refused or resolves to what it is declared to', (name, make) => {
      const types = declaredResults(source, name);
      const made = calls(sweep, name, make);
      expect(types, name).not.toEqual([]);
      expect(made.length, name).toBeGreaterThan(0);
      const wrong: string[] = [];
      for (const command of made)
        for (const raw of sweep.replies) {
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
}

/**
 * Every command function at once: whatever it is called with, it makes a command or throws an ArgumentError; whatever
 * its command is answered, the result is of the declared type or it is refused.
 */
export function commandSweep(sweep: Sweep): void {
  const functions = Object.entries(sweep.commands).filter(
    ([name, value]) => typeof value === 'function' && !MAKERS.has(name),
  ) as [string, Make][];
  wrongArguments(functions, sweep.good);
  wrongReplies(functions, sweep);
}

function inspect(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (item instanceof Map || item instanceof Set) return { of: [...item] };
    return typeof item === 'bigint' || typeof item === 'symbol' || item === undefined ? String(item) : item;
  });
}
