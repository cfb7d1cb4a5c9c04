/** The compiled interpreter: the C functions of Lua 5.1, and what Emscripten adds. All pointers are numbers. */
export interface LuaModule {
  readonly HEAPU8: Uint8Array<ArrayBuffer>;
  readonly HEAPU32: Uint32Array;
  addFunction(run: (state: number) => number, signature: string): number;
  _malloc(size: number): number;
  _free(at: number): void;
  _luaL_newstate(): number;
  _luaL_openlibs(state: number): void;
  _luaL_loadbuffer(state: number, text: number, size: number, name: number): number;
  _luaL_ref(state: number, table: number): number;
  _luaL_unref(state: number, table: number, ref: number): void;
  _luaL_where(state: number, level: number): void;
  _lua_checkstack(state: number, count: number): number;
  _lua_close(state: number): void;
  _lua_concat(state: number, count: number): void;
  _lua_createtable(state: number, items: number, fields: number): void;
  _lua_error(state: number): number;
  _lua_getfield(state: number, index: number, name: number): void;
  _lua_gettable(state: number, index: number): void;
  _lua_gettop(state: number): number;
  _lua_next(state: number, index: number): number;
  _lua_pcall(state: number, args: number, results: number, handler: number): number;
  _lua_pushboolean(state: number, value: number): void;
  _lua_pushcclosure(state: number, run: number, values: number): void;
  _lua_pushlightuserdata(state: number, at: number): void;
  _lua_pushlstring(state: number, text: number, size: number): void;
  _lua_pushnil(state: number): void;
  _lua_pushnumber(state: number, value: number): void;
  _lua_pushvalue(state: number, index: number): void;
  _lua_rawgeti(state: number, index: number, at: number): void;
  _lua_rawset(state: number, index: number): void;
  _lua_rawseti(state: number, index: number, at: number): void;
  _lua_sethook(state: number, hook: number, mask: number, count: number): number;
  _lua_setfield(state: number, index: number, name: number): void;
  _lua_settop(state: number, index: number): void;
  _lua_toboolean(state: number, index: number): number;
  _lua_tolstring(state: number, index: number, size: number): number;
  _lua_tonumber(state: number, index: number): number;
  _lua_type(state: number, index: number): number;
}

/** The package that has the interpreter. */
const PACKAGE: string = 'wasmoon-lua5.1';

interface LuaPackage {
  readonly LuaApi: { initialize(): Promise<{ readonly module: LuaModule }> };
}

let loaded: LuaModule | undefined;
let problem: string | undefined;
let loading: Promise<void> | undefined;

/** The interpreter; undefined while it is not loaded, or cannot be. */
export function luaModule(): LuaModule | undefined {
  return loaded;
}

/** Why there is no interpreter; undefined while that is not known. */
export function luaProblem(): string | undefined {
  return problem;
}

/** Loads the interpreter, once in a process. Never rejects. */
export function loadLua(): Promise<void> {
  loading ??= load();
  return loading;
}

async function load(): Promise<void> {
  try {
    const found = (await import(/* webpackIgnore: true */ /* @vite-ignore */ PACKAGE)) as LuaPackage & {
      readonly default?: LuaPackage;
    };
    const { LuaApi } = found.LuaApi === undefined ? (found.default as LuaPackage) : found;
    loaded = (await LuaApi.initialize()).module;
  } catch (error) {
    problem = explain(error);
  }
}

function explain(error: unknown): string {
  const isMissing = (error as NodeJS.ErrnoException).code?.endsWith('MODULE_NOT_FOUND') === true;
  const why = isMissing ? 'is not installed' : `cannot be loaded (${(error as Error).message})`;
  return `scripts: the package ${PACKAGE}, which runs them, ${why}; npm install --save-dev ${PACKAGE}`;
}
