/** Functions: libraries that the server keeps with its data, and their functions, called by name. Since 7.0. */
import { type Arg, Command, type Data, Flag, Keys, read, spec, toArg, write } from '@kv/core';
import { countedSecond } from '../protocol/key-specs.ts';
import type { FlushMode } from './scripting.ts';
import { addData, addSwitch, checkOptions, keyword, type Many } from './support/arguments.ts';
import { asIs, data, mapValues, ok, structure, structures, text, texts } from './support/replies.ts';
import { type ScriptKeys, scriptArgs } from './support/script-arguments.ts';

const FCALL = spec('FCALL', Flag.opaque, countedSecond);
const FCALL_RO = spec('FCALL_RO', Flag.read | Flag.opaque, countedSecond);
const FUNCTION_DELETE = write('FUNCTION DELETE', Keys.none);
const FUNCTION_DUMP = read('FUNCTION DUMP', Keys.none);
const FUNCTION_FLUSH = write('FUNCTION FLUSH', Keys.none);
const FUNCTION_HELP = read('FUNCTION HELP', Keys.none);
const FUNCTION_KILL = write('FUNCTION KILL', Keys.none);
const FUNCTION_LIST = read('FUNCTION LIST', Keys.none);
const FUNCTION_LOAD = write('FUNCTION LOAD', Keys.none);
const FUNCTION_RESTORE = write('FUNCTION RESTORE', Keys.none);
const FUNCTION_STATS = read('FUNCTION STATS', Keys.none);

const FLUSH_MODES = ['async', 'sync', 'ASYNC', 'SYNC'] as const;

/**
 * Calls a function, as one step.
 *
 * @returns what the function returned, as it is on the wire (see `eval`)
 * @example await redis.fcall('addAll', ['total'], 1, 2, 3)
 * @throws ArgumentError when a number is given for the keys
 * @throws ReplyError when there is no such function, or it fails
 * @since 7.0.0
 * @see https://redis.io/commands/fcall/
 */
export function fcall<V = string>(name: Data, keys: ScriptKeys = [], ...args: Many[]): Command<unknown, V> {
  return new Command<unknown, V>(FCALL, scriptArgs(toArg(name, 'name'), keys, args), asIs);
}

/**
 * As {@link fcall}, for a function that is declared not to write; may run on a replica.
 *
 * @throws ArgumentError when a number is given for the keys
 * @throws ReplyError when there is no such function, it fails, or may write
 * @since 7.0.0
 * @see https://redis.io/commands/fcall_ro/
 */
export function fcallRo<V = string>(name: Data, keys: ScriptKeys = [], ...args: Many[]): Command<unknown, V> {
  return new Command<unknown, V>(FCALL_RO, scriptArgs(toArg(name, 'name'), keys, args), asIs);
}

/**
 * Deletes a library with its functions.
 *
 * @throws ReplyError when there is no such library
 * @since 7.0.0
 * @see https://redis.io/commands/function-delete/
 */
export function functionDelete<V = string>(library: Data): Command<'OK', V> {
  return new Command<'OK', V>(FUNCTION_DELETE, [toArg(library, 'library')], ok);
}

/**
 * All libraries in the server's own form, for {@link functionRestore}. Always bytes.
 *
 * @since 7.0.0
 * @see https://redis.io/commands/function-dump/
 */
export function functionDump<V = string>(): Command<Uint8Array, V> {
  return new Command<Uint8Array, V>(FUNCTION_DUMP, [], data, FUNCTION_DUMP.flags, 0, true);
}

/**
 * Deletes all libraries.
 *
 * @since 7.0.0
 * @see https://redis.io/commands/function-flush/
 */
export function functionFlush<V = string>(mode?: FlushMode): Command<'OK', V> {
  return new Command<'OK', V>(FUNCTION_FLUSH, mode === undefined ? [] : [keyword(mode, FLUSH_MODES, 'mode')], ok);
}

/**
 * The server's own help text on FUNCTION, line by line.
 *
 * @since 7.0.0
 * @see https://redis.io/commands/function-help/
 */
export function functionHelp<V = string>(): Command<string[], V> {
  return new Command<string[], V>(FUNCTION_HELP, [], texts);
}

/**
 * Ends the function that is running, if it has not written yet.
 *
 * @throws ReplyError `NOTBUSY` when none is running, `UNKILLABLE` when it has written
 * @since 7.0.0
 * @see https://redis.io/commands/function-kill/
 */
export function functionKill<V = string>(): Command<'OK', V> {
  return new Command<'OK', V>(FUNCTION_KILL, [], ok);
}

/** Options of {@link functionList}. */
export interface FunctionListOptions {
  /** Only libraries whose name matches this glob pattern. */
  readonly libraryname?: Data | undefined;
  /** Give the source too. */
  readonly withcode?: boolean | undefined;
}

/** A function of a library. Newer servers may tell more. */
export interface FunctionInfo {
  readonly name: string;
  readonly description: string | null;
  /** For example `no-writes`. */
  readonly flags: string[];
}

/** A library in {@link functionList}. Newer servers may tell more. */
export interface LibraryInfo {
  readonly libraryName: string;
  readonly engine: string;
  readonly functions: FunctionInfo[];
  /** The source, with `withcode`. */
  readonly libraryCode?: string;
}

const FUNCTION_LIST_OPTIONS = new Set(['libraryname', 'withcode']);
const libraries = structures<LibraryInfo>({ functions: structures<FunctionInfo>({ flags: texts }) });

/**
 * The libraries with their functions.
 *
 * @since 7.0.0
 * @see https://redis.io/commands/function-list/
 */
export function functionList<V = string>(options: FunctionListOptions = {}): Command<LibraryInfo[], V> {
  checkOptions(options, FUNCTION_LIST_OPTIONS);
  const { libraryname, withcode } = options;
  const args: Arg[] = [];
  addData(args, 'LIBRARYNAME', libraryname, 'libraryname');
  addSwitch(args, 'WITHCODE', withcode, 'withcode');
  return new Command<LibraryInfo[], V>(FUNCTION_LIST, args, libraries);
}

/** Options of {@link functionLoad}. */
export interface FunctionLoadOptions {
  /** Replace the library of this name. */
  readonly replace?: boolean | undefined;
}

const FUNCTION_LOAD_OPTIONS = new Set(['replace']);

/**
 * Gives the server a library. Its first line names it: `#!lua name=mylib`.
 *
 * @returns the name of the library
 * @throws ReplyError when it does not compile, or exists and is not to be replaced
 * @since 7.0.0
 * @see https://redis.io/commands/function-load/
 */
export function functionLoad<V = string>(code: Data, options: FunctionLoadOptions = {}): Command<string, V> {
  checkOptions(options, FUNCTION_LOAD_OPTIONS);
  const args: Arg[] = [];
  const replace = addSwitch(args, 'REPLACE', options.replace, 'replace');
  args.push(toArg(code, 'code'));
  return new Command<string, V>(FUNCTION_LOAD, args, text, replace ? Flag.idempotent : 0);
}

/** What becomes of libraries that are there: all deleted first, an error when names are the same, or replaced. */
export type RestorePolicy = 'flush' | 'append' | 'replace' | 'FLUSH' | 'APPEND' | 'REPLACE';

const POLICIES = ['flush', 'append', 'replace', 'FLUSH', 'APPEND', 'REPLACE'] as const;

/**
 * Restores what {@link functionDump} gave.
 *
 * @param policy default `'append'`
 * @throws ReplyError when the dump is not valid, or a library exists and is not to be replaced
 * @since 7.0.0
 * @see https://redis.io/commands/function-restore/
 */
export function functionRestore<V = string>(dump: Uint8Array, policy?: RestorePolicy): Command<'OK', V> {
  const args = [toArg(dump, 'dump')];
  if (policy !== undefined) args.push(keyword(policy, POLICIES, 'policy'));
  return new Command<'OK', V>(FUNCTION_RESTORE, args, ok);
}

/** A function that is running. */
export interface RunningFunction {
  readonly name: string;
  /** The call, as it was sent. */
  readonly command: string[];
  readonly durationMs: number;
}

/** What {@link functionStats} resolves to. */
export interface FunctionStats {
  readonly runningScript: RunningFunction | null;
  /** By the name of the engine, for example `LUA`. */
  readonly engines: Record<string, { readonly librariesCount: number; readonly functionsCount: number }>;
}

function functionStatsOf(raw: unknown): FunctionStats {
  return structure(raw, {
    runningScript: (running) => (running === null ? null : structure(running)),
    engines: (engines) => mapValues(engines, (engine) => structure(engine)),
  });
}

/**
 * Which function is running, and how many libraries and functions there are.
 *
 * @since 7.0.0
 * @see https://redis.io/commands/function-stats/
 */
export function functionStats<V = string>(): Command<FunctionStats, V> {
  return new Command<FunctionStats, V>(FUNCTION_STATS, [], functionStatsOf);
}
