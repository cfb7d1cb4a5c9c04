/** MODULE: extensions of the server. Their own commands are sent with `execute`. */
import { type Arg, Command, type Entries, read, toArg, write } from '@kv/core';
import { addAny, addEntryArgs, checkOptions, headAndAny, type Many } from './support/arguments.ts';
import { ok, structures, texts } from './support/replies.ts';

const MODULE_HELP = read('MODULE HELP', null);
const MODULE_LIST = read('MODULE LIST', null);
const MODULE_LOAD = write('MODULE LOAD', null);
const MODULE_LOADEX = write('MODULE LOADEX', null);
const MODULE_UNLOAD = write('MODULE UNLOAD', null);

/**
 * The server's own help text on MODULE, line by line.
 *
 * @since 5.0.0
 * @see https://redis.io/commands/module-help/
 */
export function moduleHelp<V = string>(): Command<string[], V> {
  return new Command<string[], V>(MODULE_HELP, [], texts);
}

/** A loaded module. */
export interface ModuleInfo {
  readonly name: string;
  readonly ver: number;
  /** Since 7.0. */
  readonly path?: string;
  /** Since 7.0. */
  readonly args?: string[];
}

const modules = structures<ModuleInfo>({ args: texts });

/**
 * The loaded modules.
 *
 * @since 4.0.0
 * @see https://redis.io/commands/module-list/
 */
export function moduleList<V = string>(): Command<ModuleInfo[], V> {
  return new Command<ModuleInfo[], V>(MODULE_LIST, [], modules);
}

/**
 * Loads a module from a file on the server.
 *
 * @throws ReplyError when the server does not allow it, or the module cannot be loaded
 * @since 4.0.0
 * @see https://redis.io/commands/module-load/
 */
export function moduleLoad<V = string>(path: string, ...args: Many[]): Command<'OK', V> {
  return new Command<'OK', V>(MODULE_LOAD, headAndAny(toArg(path, 'path'), args, 'args'), ok);
}

/** Options of {@link moduleLoadex}. */
export interface ModuleLoadexOptions {
  /** Settings of the module. */
  readonly config?: Entries | undefined;
  /** Arguments of the module. */
  readonly args?: Many | undefined;
}

const LOADEX_OPTIONS = new Set(['config', 'args']);

function loadexArgs(path: string, options: ModuleLoadexOptions): Arg[] {
  checkOptions(options, LOADEX_OPTIONS);
  const args: Arg[] = [toArg(path, 'path')];
  const settings: Arg[] = [];
  if (options.config !== undefined) addEntryArgs(settings, [options.config], 'options.config');
  for (let i = 0; i < settings.length; i += 2) args.push('CONFIG', settings[i] as Arg, settings[i + 1] as Arg);
  if (options.args === undefined) return args;
  args.push('ARGS');
  return addAny(args, [options.args], 'options.args');
}

/**
 * Loads a module from a file on the server, with settings.
 *
 * @throws ReplyError when the server does not allow it, or the module cannot be loaded
 * @since 7.0.0
 * @see https://redis.io/commands/module-loadex/
 */
export function moduleLoadex<V = string>(path: string, options: ModuleLoadexOptions = {}): Command<'OK', V> {
  return new Command<'OK', V>(MODULE_LOADEX, loadexArgs(path, options), ok);
}

/**
 * Unloads a module.
 *
 * @throws ReplyError when there is no such module, or it has data types
 * @since 4.0.0
 * @see https://redis.io/commands/module-unload/
 */
export function moduleUnload<V = string>(name: string): Command<'OK', V> {
  return new Command<'OK', V>(MODULE_UNLOAD, [toArg(name, 'name')], ok);
}
