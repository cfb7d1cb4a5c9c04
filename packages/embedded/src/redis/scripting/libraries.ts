import { refuse } from '../command-error.ts';
import { type LibrarySource, readLibrary } from './function-library.ts';
import { type LuaLibraryFunction, raiseInScript } from './redis-api.ts';
import type { ScriptEngine } from './script-engine.ts';

/** A library of functions, as it was loaded. */
export interface Library {
  readonly name: string;
  readonly code: string;
  readonly functions: readonly LuaLibraryFunction[];
}

/** The libraries of functions of a server. */
export class Libraries {
  readonly #engine: () => ScriptEngine;
  readonly #libraries = new Map<string, Library>();
  /** By their names in small letters: FCALL does not tell large ones apart. */
  readonly #functions = new Map<string, LuaLibraryFunction>();

  /** @param engine gives the interpreter; refuses when there is none */
  constructor(engine: () => ScriptEngine) {
    this.#engine = engine;
  }

  get all(): readonly Library[] {
    return [...this.#libraries.values()];
  }

  get functionCount(): number {
    return this.#functions.size;
  }

  /** The function of a name. */
  find(name: string): LuaLibraryFunction | undefined {
    return this.#functions.get(name.toLowerCase());
  }

  /** Loads a library and returns its name; refuses one that cannot be, and then all is as it was. */
  load(code: string, replace: boolean): string {
    const source = readLibrary(code);
    const before = this.#libraries.get(source.name);
    if (before !== undefined && !replace) refuse(`Library '${source.name}' already exists`);
    const functions = this.#run(source);
    const taken = functions.find(({ name }) => this.#isOfAnother(name, before));
    if (taken !== undefined || functions.length === 0) {
      this.#forget(functions);
      refuse(taken === undefined ? 'No functions registered' : `Function ${taken.name} already exists`);
    }
    this.remove(source.name);
    this.#libraries.set(source.name, { name: source.name, code, functions });
    for (const one of functions) this.#functions.set(one.name.toLowerCase(), one);
    return source.name;
  }

  /** Whether there was one. */
  remove(name: string): boolean {
    const library = this.#libraries.get(name);
    if (library === undefined) return false;
    this.#libraries.delete(name);
    for (const one of library.functions) this.#functions.delete(one.name.toLowerCase());
    this.#forget(library.functions);
    return true;
  }

  flush(): void {
    for (const { name } of this.all) this.remove(name);
  }

  /** The interpreter is no more, and with it all functions. */
  lost(): void {
    this.#libraries.clear();
    this.#functions.clear();
  }

  #isOfAnother(name: string, library: Library | undefined): boolean {
    const known = this.find(name);
    return known !== undefined && library?.functions.includes(known) !== true;
  }

  #run({ body }: LibrarySource): LuaLibraryFunction[] {
    const functions: LuaLibraryFunction[] = [];
    const problem = this.#engine().loadLibrary(body, (one) => {
      if (functions.some(({ name }) => name === one.name)) raiseInScript('Function already exists in the library');
      functions.push(one);
    });
    if (problem === undefined) return functions;
    this.#forget(functions);
    return refuse(problem);
  }

  #forget(functions: readonly LuaLibraryFunction[]): void {
    for (const { compiled } of functions) this.#engine().forget(compiled);
  }
}
