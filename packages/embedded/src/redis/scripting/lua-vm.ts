import { LuaMemory } from './lua-memory.ts';
import type { LuaModule } from './lua-module.ts';
import { fail, LuaFailure, type LuaTable, type LuaValue, NULL } from './lua-values.ts';

/** A function for Lua: values in, values out. */
export type LuaFunction = (args: readonly LuaValue[], vm: LuaVm) => readonly LuaValue[];

/** A function for Lua that works on the stack: arguments from 1 on; returns how many results it has pushed. */
export type StackFunction = (vm: LuaVm) => number;

/** How deep the arguments of a function are read; a table below is an error, or empty for those in `cuts`. */
const LEVELS = 1000;
const cuts = new WeakMap<LuaFunction, number>();

/** A function whose arguments are read down to so many levels only. */
export function cutAt(levels: number, run: LuaFunction): LuaFunction {
  cuts.set(run, levels);
  return run;
}

const REGISTRY = -10_000;
const OK = 0;
const COUNT_EVENTS = 8;
const TYPES = [
  'nil',
  'boolean',
  'lightUserdata',
  'number',
  'string',
  'table',
  'function',
  'userdata',
  'thread',
] as const;

/** The one that runs: functions for Lua are shared by all, and are not told who calls. */
let running: LuaVm | undefined;

function during<T>(vm: LuaVm, run: () => T): T {
  const before = running;
  running = vm;
  try {
    return run();
  } finally {
    running = before;
  }
}

const abandoned = new FinalizationRegistry<() => void>((close) => close());

/** One state of the interpreter. */
export class LuaVm {
  readonly #memory: LuaMemory;
  readonly #module: LuaModule;
  readonly #main: number;
  /** The running coroutine. */
  #state: number;
  /** An error that is none of Lua's, on its way through the interpreter. */
  #foreign: { readonly error: unknown } | undefined;

  constructor(module: LuaModule) {
    const main = module._luaL_newstate();
    this.#memory = LuaMemory.of(module);
    this.#module = module;
    this.#main = main;
    this.#state = main;
    module._luaL_openlibs(main);
    abandoned.register(this, () => module._lua_close(main));
  }

  get top(): number {
    return this.#module._lua_gettop(this.#state);
  }

  set top(index: number) {
    this.#module._lua_settop(this.#state, index);
  }

  pop(): void {
    this.top = -2;
  }

  /** Makes room on the stack; false: there is none. */
  reserve(count: number): boolean {
    return this.#module._lua_checkstack(this.#state, count) !== 0;
  }

  type(index: number): (typeof TYPES)[number] {
    return TYPES[this.#module._lua_type(this.#state, index)] ?? 'nil';
  }

  boolean(index: number): boolean {
    return this.#module._lua_toboolean(this.#state, index) !== 0;
  }

  number(index: number): number {
    return this.#module._lua_tonumber(this.#state, index);
  }

  /** A text, or a number that becomes one; undefined: it is neither. */
  text(index: number): string | undefined {
    const at = this.#module._lua_tolstring(this.#state, index, this.#memory.sizeAt);
    return at === 0 ? undefined : this.#memory.read(at);
  }

  pushNil(): void {
    this.#module._lua_pushnil(this.#state);
  }

  pushBoolean(value: boolean): void {
    this.#module._lua_pushboolean(this.#state, value ? 1 : 0);
  }

  pushNumber(value: number): void {
    this.#module._lua_pushnumber(this.#state, value);
  }

  pushText(text: string): void {
    this.#module._lua_pushlstring(this.#state, this.#memory.write(text), text.length);
  }

  /** An empty table. */
  pushTable(items = 0, fields = 0): void {
    this.#module._lua_createtable(this.#state, items, fields);
  }

  /** Takes the value on top into the table below it. */
  setItem(position: number): void {
    this.#module._lua_rawseti(this.#state, -2, position);
  }

  /** The same, by name. */
  setField(name: string): void {
    this.#module._lua_setfield(this.#state, -2, this.#memory.writeName(name));
  }

  /** Takes the key and the value on top into the table below them. */
  setEntry(): void {
    this.#module._lua_rawset(this.#state, -3);
  }

  /** Pushes what is on top again. */
  pushCopy(): void {
    this.#module._lua_pushvalue(this.#state, -1);
  }

  /** Pushes a field of the table on top. */
  getField(name: string): void {
    this.#module._lua_getfield(this.#state, -1, this.#memory.writeName(name));
  }

  /** Pushes an item of the table on top; metatables count. */
  getItem(position: number): void {
    this.pushNumber(position);
    this.#module._lua_gettable(this.#state, -2);
  }

  /** With a key on top of the table at `index`: puts the next key and its value there. False at the end, without the key. */
  next(index: number): boolean {
    return this.#module._lua_next(this.#state, index) !== 0;
  }

  /** Takes the value on top away and keeps it. */
  keep(): number {
    return this.#module._luaL_ref(this.#state, REGISTRY);
  }

  pushKept(reference: number): void {
    this.#module._lua_rawgeti(this.#state, REGISTRY, reference);
  }

  forget(reference: number): void {
    this.#module._luaL_unref(this.#state, REGISTRY, reference);
  }

  /** Pushes what a piece of Lua is compiled to. */
  load(source: string, name: string): void {
    const run = (at: number): number =>
      this.#module._luaL_loadbuffer(this.#state, at, source.length, this.#memory.writeName(name));
    if (this.#memory.with(source, run) !== OK) throw new Error(this.text(-1));
  }

  /** Calls the function below so many arguments. False: the error is on top, as `handler`, at that index, has left it. */
  call(args: number, results: number, handler = 0): boolean {
    const result = during(this, () => this.#module._lua_pcall(this.#state, args, results, handler));
    const foreign = this.#foreign;
    this.#foreign = undefined;
    if (foreign !== undefined) throw foreign.error;
    return result === OK;
  }

  /** Pushes a function. */
  pushFunction(run: StackFunction): void {
    const pointer = this.#memory.pointer(run, (state) => (running as LuaVm).#enter(state, run), 'ii');
    this.#module._lua_pushcclosure(this.#state, pointer, 0);
  }

  /** The same for one that takes and gives values. */
  pushValueFunction(run: LuaFunction): void {
    const pointer = this.#memory.pointer(run, (state) => (running as LuaVm).#enter(state, onValues(run)), 'ii');
    this.#module._lua_pushcclosure(this.#state, pointer, 0);
  }

  /** Calls a function after each so many steps of Lua, also in the running coroutine; what it throws ends the call. */
  watch(steps: number, look: StackFunction): void {
    const pointer = this.#memory.pointer(look, (state) => (running as LuaVm).#enter(state, look), 'vii');
    for (const state of new Set([this.#main, this.#state])) {
      this.#module._lua_sethook(state, pointer, COUNT_EVENTS, steps);
    }
  }

  /** A value with all that is in it, down to so many levels: a table below is an error, or empty when it is cut there. */
  read(index: number, levels: number = LEVELS, isCut = false): LuaValue {
    const type = this.type(index);
    switch (type) {
      case 'nil':
        return undefined;
      case 'boolean':
        return this.boolean(index);
      case 'number':
        return this.number(index);
      case 'string':
        return this.text(index);
      case 'lightUserdata':
        return NULL;
      case 'table':
        return this.#readTable(index, levels, isCut);
      default:
        return { type };
    }
  }

  push(value: LuaValue): void {
    if (value === undefined) this.pushNil();
    else if (value === NULL) this.#module._lua_pushlightuserdata(this.#state, 0);
    else if (typeof value === 'boolean') this.pushBoolean(value);
    else if (typeof value === 'number') this.pushNumber(value);
    else if (typeof value === 'string') this.pushText(value);
    else if ('entries' in value) this.#pushEntries(value);
    else this.pushNil();
  }

  #readTable(index: number, levels: number, isCut: boolean): LuaTable {
    const entries: [LuaValue, LuaValue][] = [];
    if (levels <= 0 && isCut) return { entries };
    if (levels <= 0 || !this.reserve(4)) return fail(`Cannot serialise, excessive nesting (${LEVELS + 1})`);
    const at = index < 0 ? this.top + index + 1 : index;
    this.pushNil();
    while (this.next(at)) {
      entries.push([this.read(-2, 0, true), this.read(-1, levels - 1, isCut)]);
      this.pop();
    }
    return { entries };
  }

  #pushEntries({ entries }: LuaTable): void {
    this.reserve(4);
    this.pushTable(entries.length);
    for (const [key, value] of entries) {
      this.push(key);
      this.push(value);
      this.setEntry();
    }
  }

  /** Runs a function for Lua; what it throws becomes an error of Lua. */
  #enter(state: number, run: StackFunction): number {
    const before = this.#state;
    this.#state = state;
    try {
      return run(this);
    } catch (error) {
      this.#raise(error);
    } finally {
      this.#state = before;
    }
    return this.#module._lua_error(state);
  }

  #raise(error: unknown): void {
    if (!(error instanceof LuaFailure)) this.#foreign = { error };
    const value = error instanceof LuaFailure ? error.value : 'error of the host';
    if (typeof value !== 'string') {
      this.push(value);
      return;
    }
    this.#module._luaL_where(this.#state, 1);
    this.pushText(value);
    this.#module._lua_concat(this.#state, 2);
  }
}

function onValues(run: LuaFunction): StackFunction {
  return (vm) => {
    const cut = cuts.get(run);
    const args = Array.from({ length: vm.top }, (_, index) => vm.read(index + 1, cut, cut !== undefined));
    const results = run(args, vm);
    vm.reserve(results.length + 4);
    for (const result of results) vm.push(result);
    return results.length;
  };
}
