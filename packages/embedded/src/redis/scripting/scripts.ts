import { createHash } from 'node:crypto';
import { CommandError, refuse } from '../command-error.ts';
import { Libraries } from './libraries.ts';
import { luaModule, luaProblem } from './lua-module.ts';
import { type Compiled, type ScriptCall, ScriptEngine } from './script-engine.ts';
import { readSource } from './script-source.ts';

/** A script that the server knows. */
export interface Script {
  readonly sha: string;
  readonly compiled: Compiled;
  /** What its first line says; undefined: nothing. */
  readonly flags: readonly string[] | undefined;
}

/** The scripts of a server. */
export class Scripts {
  #engine: ScriptEngine | undefined;
  /** The libraries of functions, which live in the same interpreter. */
  readonly libraries: Libraries = new Libraries(() => this.#interpreter);
  readonly #known = new Map<string, Script>();

  /** The interpreter; refuses when it could not be loaded. */
  get #interpreter(): ScriptEngine {
    const module = luaModule();
    if (module === undefined) return refuse(luaProblem() ?? 'scripts: the interpreter is not loaded');
    this.#engine ??= new ScriptEngine(module);
    return this.#engine;
  }

  find(sha: string): Script | undefined {
    return this.#known.get(sha.toLowerCase());
  }

  /** The script of a text, compiled when it is new; refuses one that cannot be. */
  load(source: string): Script {
    const sha = createHash('sha1').update(source, 'latin1').digest('hex');
    const known = this.#known.get(sha);
    if (known !== undefined) return known;
    const { body, flags } = readSource(source);
    const compiled = this.#interpreter.compile(body);
    if (typeof compiled !== 'number') return refuse(`Error compiling script (new function): ${compiled.problem}`);
    const script = { sha, compiled, flags };
    this.#known.set(sha, script);
    return script;
  }

  /** Runs a script and returns its reply. After a failure of the interpreter itself, the next script gets a new one. */
  run(call: ScriptCall): string {
    try {
      return this.#interpreter.run(call);
    } catch (error) {
      if (error instanceof CommandError) throw error;
      this.#engine = undefined;
      this.#known.clear();
      this.libraries.lost();
      return refuse(`EVAL: the interpreter failed (${(error as Error).message})`);
    }
  }

  /** Forgets all scripts. */
  flush(): void {
    for (const { compiled } of this.#known.values()) this.#engine?.forget(compiled);
    this.#known.clear();
  }
}
