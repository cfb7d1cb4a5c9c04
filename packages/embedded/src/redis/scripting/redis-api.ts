import { createHash } from 'node:crypto';
import { formatDouble } from '../numbers.ts';
import { VERSION } from '../version.ts';
import { LuaFailure, type LuaValue, recordOf, textArgument } from './lua-values.ts';
import type { LuaFunction, LuaVm, StackFunction } from './lua-vm.ts';
import { pushReply } from './reply-to-lua.ts';

/** A function that a library has registered. */
export interface LuaLibraryFunction {
  readonly name: string;
  /** Its place in the interpreter. */
  readonly compiled: number;
  readonly description: string | undefined;
  readonly flags: readonly string[];
}

/** What the functions of `redis` need of the script that runs. */
export interface ScriptHost {
  /** Runs a command and returns its reply as bytes; refuses by a `ScriptError`. */
  run(words: readonly string[]): string;
  setProtocol(version: 2 | 3): void;
  /** Throws when the script has run too long. */
  checkTime(): void;
  /** Takes a function of the library that is loaded; throws when none is. */
  register(one: LuaLibraryFunction): void;
}

let host: ScriptHost | undefined;

/** Runs a script for a host; scripts do not run inside scripts. */
export function withHost<T>(next: ScriptHost, run: () => T): T {
  host = next;
  try {
    return run();
  } finally {
    host = undefined;
  }
}

/** The host of the script that runs. */
export function currentHost(): ScriptHost {
  return host ?? raiseInScript('no script is running');
}

/** A table with the field `err`, as the server makes it of an error text. */
export function errorTable(text: string): LuaValue {
  if (!text.startsWith('-')) return recordOf({ err: `ERR ${text.trim()}` });
  const space = text.indexOf(' ');
  const [code, message] = space < 0 ? ['ERR', text.slice(1)] : [text.slice(1, space), text.slice(space + 1)];
  return recordOf({ err: `${code} ${message.replace(/^[\r\n]+|[\r\n]+$/g, '')}` });
}

/** A refusal by the script's own rules, before a command runs. */
export class ScriptError extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'ScriptError';
  }
}

/** Ends the script with an error, as the server tells it. */
export function raiseInScript(text: string): never {
  throw new LuaFailure(errorTable(text));
}

/** The words of a command; refuses what is neither text nor number. */
function wordsOf(vm: LuaVm): string[] {
  const count = vm.top;
  if (count === 0) throw new ScriptError('Please specify at least one argument for this redis lib call');
  const words: string[] = [];
  for (let index = 1; index <= count; index += 1) {
    const type = vm.type(index);
    const word = type === 'number' ? formatDouble(vm.number(index)) : type === 'string' ? vm.text(index) : undefined;
    if (word === undefined) throw new ScriptError('Lua redis lib command arguments must be strings or integers');
    words.push(word);
  }
  return words;
}

/** `redis.call`, which raises errors, or `redis.pcall`, which returns them. */
function caller(raises: boolean): StackFunction {
  return (vm) => {
    let reply: string;
    try {
      reply = currentHost().run(wordsOf(vm));
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      if (raises) raiseInScript(error.message);
      vm.push(errorTable(error.message));
      return 1;
    }
    if (raises && reply.startsWith('-')) throw new LuaFailure(recordOf({ err: reply.slice(1, -2) }));
    pushReply(vm, reply);
    return 1;
  };
}

function oneText(args: readonly LuaValue[], make: (text: string) => LuaValue): LuaValue[] {
  const [text] = args;
  const fits = args.length === 1 && typeof text === 'string';
  return [fits ? make(text) : errorTable('wrong number or type of arguments')];
}

function log(args: readonly LuaValue[]): LuaValue[] {
  const [level] = args;
  if (args.length < 2) raiseInScript('redis.log() requires two arguments or more.');
  if (typeof level !== 'number') raiseInScript('First argument must be a number (log level).');
  if (level < 0 || level > 3) raiseInScript('Invalid debug level.');
  return [];
}

const setResp: LuaFunction = (args) => {
  if (args.length !== 1) raiseInScript('redis.setresp() requires one argument.');
  const version = Number(args[0]);
  if (version !== 2 && version !== 3) return raiseInScript('RESP version must be 2 or 3.');
  currentHost().setProtocol(version);
  return [];
};

const sha1: LuaFunction = (args) => {
  if (args.length !== 1) raiseInScript('wrong number of arguments');
  return [
    createHash('sha1')
      .update(textArgument(args, 0, 'sha1hex'), 'latin1')
      .digest('hex'),
  ];
};

const logLevels = { LOG_DEBUG: 0, LOG_VERBOSE: 1, LOG_NOTICE: 2, LOG_WARNING: 3 };

const versions = {
  REDIS_VERSION: VERSION,
  REDIS_VERSION_NUM: VERSION.split('.').reduce((sum, part) => sum * 256 + Number(part), 0),
};

const numbers = {
  REPL_NONE: 0,
  REPL_AOF: 1,
  REPL_SLAVE: 2,
  REPL_REPLICA: 2,
  REPL_ALL: 3,
};

const call = caller(true);
const pcall = caller(false);

const functions: Readonly<Record<string, LuaFunction>> = {
  error_reply: (args) => oneText(args, (text) => errorTable(text.startsWith('-') ? text : `-${text}`)),
  status_reply: (args) => oneText(args, (ok) => recordOf({ ok })),
  sha1hex: sha1,
  log,
  setresp: setResp,
  set_repl: () => [],
  replicate_commands: () => [true],
  breakpoint: () => [false],
  debug: () => [],
  acl_check_cmd: () => [true],
};

/** Pushes what a library of functions has as `redis` while it is loaded. */
export function pushLoadingLibrary(vm: LuaVm, register: StackFunction): void {
  vm.pushTable();
  vm.pushFunction(register);
  vm.setField('register_function');
  pushInto(vm, { log, ...logLevels, ...versions });
}

/** Pushes the library `redis`. */
export function pushRedisLibrary(vm: LuaVm): void {
  vm.pushTable();
  vm.pushFunction(call);
  vm.setField('call');
  vm.pushFunction(pcall);
  vm.setField('pcall');
  pushInto(vm, { ...functions, ...numbers, ...logLevels, ...versions });
}

/** Pushes a library of functions and values. */
export function pushLibrary(vm: LuaVm, library: Readonly<Record<string, LuaFunction | LuaValue>>): void {
  vm.pushTable();
  pushInto(vm, library);
}

function pushInto(vm: LuaVm, library: Readonly<Record<string, LuaFunction | LuaValue>>): void {
  for (const [name, value] of Object.entries(library)) {
    if (typeof value === 'function') vm.pushValueFunction(value);
    else vm.push(value);
    vm.setField(name);
  }
}
