import type { Notation } from '../replies.ts';
import { errorReply } from '../replies.ts';
import { bitLibrary } from './bit.ts';
import { cjsonLibrary } from './cjson.ts';
import { cmsgpackLibrary } from './cmsgpack.ts';
import { registerFunction } from './function-library.ts';
import type { LuaModule } from './lua-module.ts';
import { ReplyMaker } from './lua-to-reply.ts';
import { LuaVm } from './lua-vm.ts';
import { prelude } from './prelude.ts';
import { randomFunctions } from './random.ts';
import {
  currentHost,
  pushLibrary,
  pushLoadingLibrary,
  pushRedisLibrary,
  raiseInScript,
  type ScriptHost,
  withHost,
} from './redis-api.ts';
import { structLibrary } from './struct.ts';

/** A script that is compiled; a place in the interpreter. */
export type Compiled = number;

/** What a script gets. */
export interface ScriptCall {
  readonly script: Compiled;
  /** The name by which errors call it: the SHA1 of a script, the name of a function. */
  readonly sha: string;
  /** Keys and arguments are arguments of a function, and global variables of a script. */
  readonly isFunction?: boolean;
  readonly keys: readonly string[];
  readonly args: readonly string[];
  readonly wire: Notation;
  readonly host: ScriptHost;
  /** Whether `redis.setresp(3)` was called, asked when the script has ended. */
  readonly keepsBooleans: () => boolean;
}

/** Looks at the clock after so many steps. */
const STEPS = 100_000;

/** How long the code of a library may run while it is loaded, as the server has it. */
const LOAD_LIMIT_MS = 500;

/** Compiles and runs scripts. */
export class ScriptEngine {
  readonly #vm: LuaVm;
  readonly #compile: Compiled;
  readonly #handler: Compiled;
  readonly #globals: Compiled;
  /** Compiles a library, which sees what libraries have while they are loaded. */
  readonly #loader: Compiled;
  /** Says that it is loaded: its functions see what scripts see. */
  readonly #loaded: Compiled;

  constructor(module: LuaModule) {
    const vm = new LuaVm(module);
    this.#vm = vm;
    vm.load(prelude, '=server');
    this.#pushHost();
    if (!vm.call(1, 5)) throw new Error(vm.text(-1));
    this.#loaded = vm.keep();
    this.#loader = vm.keep();
    this.#globals = vm.keep();
    this.#handler = vm.keep();
    this.#compile = vm.keep();
    this.#watch();
  }

  #watch(): void {
    this.#vm.watch(STEPS, checkTime);
  }

  /** A script or the reason why there is none, as the server says it. It counts as no steps of a script that runs. */
  compile(body: string): Compiled | { readonly problem: string } {
    const vm = this.#vm;
    this.#watch();
    vm.pushKept(this.#compile);
    vm.pushText(body);
    vm.call(1, 2);
    const problem = vm.text(-1);
    vm.pop();
    if (problem === undefined) return vm.keep();
    vm.pop();
    return { problem };
  }

  /** Gives up a script. */
  forget(script: Compiled): void {
    this.#vm.forget(script);
  }

  /** Runs a script and returns its reply. */
  run(call: ScriptCall): string {
    return withHost(call.host, () => this.#run(call));
  }

  #run({ script, sha, isFunction = false, keys, args, wire, keepsBooleans }: ScriptCall): string {
    const vm = this.#vm;
    try {
      this.#setGlobals(isFunction ? [] : [keys, args]);
      vm.pushKept(this.#handler);
      vm.pushKept(script);
      const values = isFunction ? [keys, args] : [];
      for (const one of values) this.#pushTexts(one);
      const ok = vm.call(values.length, 1, 1);
      return ok ? new ReplyMaker(vm, wire, keepsBooleans()).take() : this.#failure(sha);
    } finally {
      vm.top = 0;
      this.#watch();
    }
  }

  /** Runs the code of a library, which registers its functions. @returns why it could not be loaded */
  loadLibrary(body: string, register: ScriptHost['register']): string | undefined {
    const vm = this.#vm;
    try {
      vm.pushKept(this.#handler);
      vm.pushKept(this.#loader);
      vm.pushText(body);
      vm.call(1, 2);
      const problem = vm.text(-1);
      if (problem !== undefined) return `Error compiling function: ${problem}`;
      vm.pop();
      const ok = withHost(loadingHost(register), () => vm.call(0, 1, 1));
      return ok ? undefined : `Error registering functions: ${this.#fieldOnTop('err')}`;
    } finally {
      this.#watch();
      vm.pushKept(this.#loaded);
      vm.call(0, 0);
      vm.top = 0;
    }
  }

  /** KEYS and ARGV; a function has none. */
  #setGlobals([keys, args]: readonly (readonly string[])[]): void {
    const vm = this.#vm;
    vm.pushKept(this.#globals);
    for (const [name, values] of [
      ['KEYS', keys],
      ['ARGV', args],
    ] as const) {
      if (values === undefined) vm.pushNil();
      else this.#pushTexts(values);
      vm.setField(name);
    }
    vm.top = 0;
  }

  #pushTexts(values: readonly string[]): void {
    const vm = this.#vm;
    vm.pushTable(values.length);
    for (const [index, value] of values.entries()) {
      vm.pushText(value);
      vm.setItem(index + 1);
    }
  }

  /** The table that the handler of errors has left on top. */
  #failure(sha: string): string {
    const [text = 'ERR unknown error', source, line] = ['err', 'source', 'line'].map((name) => this.#fieldOnTop(name));
    const where = source === undefined || line === undefined ? '' : ` script: ${sha}, on ${source}:${line}.`;
    return errorReply(text + where);
  }

  #fieldOnTop(name: string): string | undefined {
    if (this.#vm.type(-1) !== 'table') return undefined;
    this.#vm.getField(name);
    const text = this.#vm.text(-1);
    this.#vm.pop();
    return text;
  }

  #pushHost(): void {
    const vm = this.#vm;
    pushLibrary(vm, randomFunctions);
    pushLoadingLibrary(vm, registerFunction);
    vm.setField('loading');
    vm.pushTable();
    pushRedisLibrary(vm);
    vm.setField('redis');
    const libraries = { bit: bitLibrary, cjson: cjsonLibrary, cmsgpack: cmsgpackLibrary, struct: structLibrary };
    for (const [name, library] of Object.entries(libraries)) {
      pushLibrary(vm, library);
      vm.setField(name);
    }
    vm.setField('libraries');
  }
}

/** A library runs no command while it is loaded, and has a limit of its own. */
function loadingHost(register: ScriptHost['register']): ScriptHost {
  const startedAt = process.uptime();
  const nothing = (): never => raiseInScript('a library is loaded');
  const checkTime = (): void => {
    if ((process.uptime() - startedAt) * 1000 > LOAD_LIMIT_MS) raiseInScript('FUNCTION LOAD timeout');
  };
  return { run: nothing, setProtocol: nothing, checkTime, register };
}

/** The error of a script whose time is over comes again at each further step: `pcall` cannot keep the script alive. */
function checkTime(vm: LuaVm): number {
  try {
    currentHost().checkTime();
  } catch (error) {
    vm.watch(1, checkTime);
    throw error;
  }
  return 0;
}
