import { type Arg, ArgumentError, badArgument, type Data, element, integer, isBytes, toArg } from '@kv/core';

export { checkOptions } from '@kv/core';

/** A whole number as an argument; `bigint` above 2^53. */
export type Int = number | bigint;

/**
 * One piece of data or a list of them. Commands that take several keys, members or elements take `...keys: Many[]`,
 * so `del('a')`, `del('a', 'b')`, `del(['a', 'b'])` and `del(...names)` all mean what they look like.
 */
export type Many = Data | readonly Data[];

/** Options of which at most one may be set; two of them do not compile. */
export type AtMostOne<T> = {
  [K in keyof T]: { readonly [P in K]?: T[P] | false | undefined } & {
    readonly [P in Exclude<keyof T, K>]?: false | undefined;
  };
}[keyof T];

/** Options of which exactly one must be set. */
export type ExactlyOne<T> = {
  [K in keyof T]: { readonly [P in K]: T[P] } & { readonly [P in Exclude<keyof T, K>]?: false | undefined };
}[keyof T];

/** Appends every element of a list that may be nested once. @throws ArgumentError when it is empty */
export function addMany(args: Arg[], values: readonly Many[], name: string): void {
  const before = args.length;
  for (const value of values) {
    if (Array.isArray(value))
      for (const one of value as readonly Data[]) args.push(element(toArg, one, name, args.length - before));
    else args.push(element(toArg, value as Data, name, args.length - before));
  }
  if (args.length === before) throw new ArgumentError(`${name}: expected at least one, got none`);
}

/**
 * Appends what `add` makes of each element of a list. When `add` throws, it is called once more with the place in the
 * list, so that the error tells it; what is right needs no text for its place. `add` must append all or nothing.
 * @throws ArgumentError when the list is empty
 */
export function addEach<T>(
  args: Arg[],
  list: readonly T[],
  name: string,
  add: (args: Arg[], value: T, place?: string) => void,
): void {
  if (list.length === 0) throw new ArgumentError(`${name}: expected at least one, got none`);
  for (let i = 0; i < list.length; i++) {
    try {
      add(args, list[i] as T);
    } catch {
      add(args, list[i] as T, `${name}[${i}]`);
    }
  }
}

/** The arguments of a list that may be nested once. @throws ArgumentError when it is empty */
export function many(values: readonly Many[], name: string): Arg[] {
  const args: Arg[] = [];
  addMany(args, values, name);
  return args;
}

/** `head`, then every element of the list. @throws ArgumentError when the list is empty */
export function headAndMany(head: Arg, values: readonly Many[], name: string): Arg[] {
  const args: Arg[] = [head];
  addMany(args, values, name);
  return args;
}

/** Appends every element of a list that may be nested once, and may be empty. */
export function addAny(args: Arg[], values: readonly Many[], name: string): Arg[] {
  if (values.some((value) => !Array.isArray(value) || value.length > 0)) addMany(args, values, name);
  return args;
}

/** `head`, then every element of a list that may be empty. */
export function headAndAny(head: Arg, values: readonly Many[], name: string): Arg[] {
  return addAny([head], values, name);
}

/** `numkeys key key …`, the way commands with several lists count their keys. Returns how many there were. */
export function addCounted(args: Arg[], values: readonly Many[], name: string): number {
  const at = args.push('') - 1;
  addMany(args, values, name);
  const count = args.length - at - 1;
  args[at] = String(count);
  return count;
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

/** Appends a name or a value. @param before where the first name is */
function addHalf(args: Arg[], before: number, half: unknown, name: string): void {
  args.push(element(toArg, half as Data, name, (args.length - before) >> 1));
}

function addPair(args: Arg[], before: number, pair: unknown, name: string): void {
  if (!Array.isArray(pair) || pair.length !== 2) throw badArgument(name, 'pairs of name and value', pair);
  addHalf(args, before, pair[0], name);
  addHalf(args, before, pair[1], name);
}

function addEntries(args: Arg[], before: number, entries: unknown, name: string): void {
  if (typeof entries !== 'object' || entries === null || isBytes(entries)) {
    throw badArgument(name, 'an object, a Map or a list of pairs', entries);
  }
  if (isIterable(entries)) for (const pair of entries) addPair(args, before, pair, name);
  else {
    for (const key of Object.keys(entries)) {
      addHalf(args, before, key, name);
      addHalf(args, before, (entries as Record<string, unknown>)[key], name);
    }
  }
}

/** Appends `name value name value …`. @throws ArgumentError when there is no pair, or a name without a value */
export function addEntryArgs(args: Arg[], given: readonly unknown[], name: string): void {
  const before = args.length;
  if (given.length === 1) addEntries(args, before, given[0], name);
  else for (const half of given) addHalf(args, before, half, name);
  const count = args.length - before;
  if (count === 0) throw new ArgumentError(`${name}: expected at least one pair of name and value, got none`);
  if (count % 2 !== 0) throw new ArgumentError(`${name}: the last name has no value`);
}

/** `name value name value …`. @throws ArgumentError when there is no pair, or a name without a value */
export function entryArgs(given: readonly unknown[], name: string): Arg[] {
  const args: Arg[] = [];
  addEntryArgs(args, given, name);
  return args;
}

/** Options as the functions below see them. */
type Given = Readonly<Record<string, unknown>>;

/** Checks that a part of the options is an object with fields of its own. @throws ArgumentError */
export function checkObject(value: unknown, name: string, expected: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badArgument(name, expected, value);
}

/** Whether an option is set: present and not `false`. */
export function isSet(value: unknown): boolean {
  return value !== undefined && value !== false;
}

/** The one option of a group that is set, if any. @throws ArgumentError when two of the group are set */
export function chosen<N extends string>(options: object, group: readonly N[]): N | undefined {
  let found: N | undefined;
  for (const name of group) {
    if (!isSet((options as Given)[name])) continue;
    if (found !== undefined) throw new ArgumentError(`options.${name}: cannot be combined with ${found}`);
    found = name;
  }
  return found;
}

/** As {@link chosen}, and one must be set. */
export function chosenOne<N extends string>(options: object, group: readonly N[]): N {
  const name = chosen(options, group);
  if (name !== undefined) return name;
  throw new ArgumentError(`options: expected one of ${group.join(', ')}`);
}

/** A switch: the token itself when the option is `true`. Returns whether it was. @throws ArgumentError if not a boolean */
export function addSwitch(args: Arg[], token: string, value: boolean | undefined, name: string): boolean {
  if (value === undefined || value === false) return false;
  if (value !== true) throw badArgument(`options.${name}`, 'true or false', value);
  args.push(token);
  return true;
}

/** `TOKEN n` when the option is set. */
export function addInteger(
  args: Arg[],
  token: string,
  value: Int | false | undefined,
  name: string,
  min?: number,
): void {
  if (value === undefined || value === false) return;
  args.push(token, integer(value, `options.${name}`, min));
}

/** `TOKEN text` when the option is set. */
export function addData(args: Arg[], token: string, value: Data | false | undefined, name: string): void {
  if (value === undefined || value === false) return;
  args.push(token, toArg(value, `options.${name}`));
}

/** One word of a fixed list, in upper case. @throws ArgumentError */
export function keyword<W extends string>(value: W, words: readonly W[], name: string): string {
  if (words.includes(value)) return value.toUpperCase();
  throw badArgument(name, `one of ${words.map((word) => `'${word}'`).join(', ')}`, value);
}

/** `LIMIT offset count`. */
export interface Limit {
  /** How many to skip. */
  readonly offset: Int;
  /** How many to return at most; negative = all. */
  readonly count: Int;
}

/** Appends `LIMIT offset count` when given. */
export function addLimit(args: Arg[], limit: Limit | undefined): void {
  if (limit === undefined) return;
  checkObject(limit, 'options.limit', '{ offset, count }');
  args.push('LIMIT', integer(limit.offset, 'options.limit.offset'), integer(limit.count, 'options.limit.count'));
}

/** Options of the SCAN family. */
export interface ScanOptions {
  /** Only names that match this glob pattern; applied after the server looked, so pages may be empty. */
  readonly match?: Data | undefined;
  /**
   * About how many the server looks at per call.
   *
   * @default 10
   */
  readonly count?: Int | undefined;
}

/** A cursor: what the previous call returned, `'0'` to begin. Text, because it may exceed 2^53. */
export type Cursor = string | Int;

/** Checks a cursor. @throws ArgumentError */
export function cursorArg(cursor: Cursor): string {
  if (typeof cursor !== 'string') return integer(cursor, 'cursor', 0);
  if (/^\d+$/.test(cursor)) return cursor;
  throw badArgument('cursor', 'a cursor returned by the server, or 0', cursor);
}

/** Appends `MATCH` and `COUNT`. */
export function addScan(args: Arg[], options: ScanOptions): void {
  addData(args, 'MATCH', options.match, 'match');
  addInteger(args, 'COUNT', options.count, 'count', 1);
}

/** The words for a switch of the server. */
export function onOff(value: boolean): string {
  return value ? 'ON' : 'OFF';
}
