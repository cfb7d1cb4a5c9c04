import { refuse } from '../command-error.ts';
import type { LuaVm, StackFunction } from './lua-vm.ts';
import { currentHost, type LuaLibraryFunction, raiseInScript as raise } from './redis-api.ts';
import { FLAGS } from './script-source.ts';

/** The name and the code of a library. */
export interface LibrarySource {
  readonly name: string;
  /** The code without its first line; its line numbers stay the same. */
  readonly body: string;
}

const NAME = /^\w+$/;
const RULE =
  'Library names can only contain letters, numbers, or underscores(_) and must be at least one character long';

/** Reads the first line of a library, `#!lua name=library`; refuses what is not one. */
export function readLibrary(text: string): LibrarySource {
  if (!text.startsWith('#!')) return refuse('Missing library metadata');
  const end = text.indexOf('\n');
  if (end < 0) return refuse('Invalid library metadata');
  const [engine = '', ...options] = text.slice(2, end).trimEnd().split(' ');
  if (engine.toLowerCase() !== 'lua') refuse(`Engine '${engine}' not found`);
  const name = nameOf(options.filter(Boolean));
  return NAME.test(name) ? { name, body: text.slice(end) } : refuse(RULE);
}

function nameOf(options: readonly string[]): string {
  let name: string | undefined;
  for (const option of options) {
    if (!/^name=/i.test(option)) refuse(`Invalid metadata value given: ${option}`);
    if (name !== undefined) refuse('Invalid metadata value, name argument was given multiple times');
    name = option.slice('name='.length);
  }
  return name ?? refuse('Library name was not given');
}

/** What one call of `redis.register_function` asks for, while it is read. */
interface Wanted {
  name?: string | undefined;
  compiled?: number;
  description?: string;
  flags?: readonly string[];
}

/** `redis.register_function(name, callback)`, or with a table of named arguments. */
export const registerFunction: StackFunction = (vm) => {
  if (vm.top < 1 || vm.top > 2) raise('wrong number of arguments to redis.register_function');
  const wanted: Wanted = {};
  try {
    if (vm.top === 1) readNamed(vm, wanted);
    else readPair(vm, wanted);
    currentHost().register(checked(wanted));
  } catch (error) {
    if (wanted.compiled !== undefined) vm.forget(wanted.compiled);
    throw error;
  }
  return 0;
};

function readPair(vm: LuaVm, wanted: Wanted): void {
  if (!isText(vm, 1)) raise('first argument to redis.register_function must be a string');
  wanted.name = vm.text(1);
  if (vm.type(2) !== 'function') raise('second argument to redis.register_function must be a function');
  wanted.compiled = vm.keep();
}

function readNamed(vm: LuaVm, wanted: Wanted): void {
  if (vm.type(1) !== 'table') {
    raise(
      'calling redis.register_function with a single argument is only applicable to Lua table (representing named arguments).',
    );
  }
  vm.pushNil();
  while (vm.next(1)) {
    readOne(vm, wanted);
    vm.top = 2; // the key, for the next one
  }
  vm.top = 1;
}

/** The key is at 2 and the value at 3, on top. */
function readOne(vm: LuaVm, wanted: Wanted): void {
  if (!isText(vm, 2)) raise('named argument key given to redis.register_function is not a string');
  const name = vm.type(2) === 'string' ? (vm.text(2) as string).toLowerCase() : '';
  const read = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
  if (read === undefined) return raise('unknown argument given to redis.register_function');
  read(vm, wanted);
}

const NAMED: Readonly<Record<string, (vm: LuaVm, wanted: Wanted) => void>> = {
  function_name: (vm, wanted) => {
    wanted.name = textOnTop(vm, 'function_name');
  },
  description: (vm, wanted) => {
    wanted.description = textOnTop(vm, 'description');
  },
  callback: (vm, wanted) => {
    if (vm.type(-1) !== 'function') raise('callback argument given to redis.register_function must be a function');
    vm.pushCopy();
    wanted.compiled = vm.keep();
  },
  flags: (vm, wanted) => {
    if (vm.type(-1) !== 'table')
      raise('flags argument to redis.register_function must be a table representing function flags');
    wanted.flags = readFlags(vm);
  },
};

function textOnTop(vm: LuaVm, name: string): string {
  if (!isText(vm, -1)) raise(`${name} argument given to redis.register_function must be a string`);
  return vm.text(-1) as string;
}

function readFlags(vm: LuaVm): readonly string[] {
  const found = new Set<string>();
  for (let at = 1; ; at++) {
    vm.getItem(at);
    if (vm.type(-1) === 'nil') break;
    const flag = vm.text(-1) ?? '';
    if (!FLAGS.includes(flag)) raise('unknown flag given');
    found.add(flag);
    vm.pop();
  }
  return FLAGS.filter((flag) => found.has(flag));
}

/** A number counts as a text. */
function isText(vm: LuaVm, index: number): boolean {
  const type = vm.type(index);
  return type === 'string' || type === 'number';
}

function checked({ name, compiled, description, flags = [] }: Wanted): LuaLibraryFunction {
  if (name === undefined) return raise('redis.register_function must get a function name argument');
  if (compiled === undefined) return raise('redis.register_function must get a callback argument');
  return NAME.test(name) ? { name, compiled, description, flags } : raise(RULE);
}
