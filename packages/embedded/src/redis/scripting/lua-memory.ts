import type { LuaModule } from './lua-module.ts';

const SCRATCH = 4096;
const INTEGER_SIZE = 4;

/** The memory that all states of the interpreter share, and the functions that they can call. */
export class LuaMemory {
  readonly module: LuaModule;
  /** Where the interpreter tells how long a text is. */
  readonly sizeAt: number;
  readonly #pointers = new Map<unknown, number>();
  #scratch: number;
  #scratchSize = SCRATCH;

  private constructor(module: LuaModule) {
    this.module = module;
    this.sizeAt = module._malloc(INTEGER_SIZE);
    this.#scratch = module._malloc(SCRATCH);
  }

  static readonly #all = new WeakMap<LuaModule, LuaMemory>();

  static of(module: LuaModule): LuaMemory {
    const known = LuaMemory.#all.get(module) ?? new LuaMemory(module);
    LuaMemory.#all.set(module, known);
    return known;
  }

  /** The pointer of a function, made once; `key` is what it is for. */
  pointer(key: unknown, run: (state: number) => number, signature: string): number {
    const pointer = this.#pointers.get(key) ?? this.module.addFunction(run, signature);
    this.#pointers.set(key, pointer);
    return pointer;
  }

  /** Where a text stands, until the next one is written. */
  write(text: string): number {
    if (text.length > this.#scratchSize) {
      this.module._free(this.#scratch);
      this.#scratchSize = text.length * 2;
      this.#scratch = this.module._malloc(this.#scratchSize);
    }
    this.#bytes(this.#scratch, text.length).write(text, 'latin1');
    return this.#scratch;
  }

  /** The same for a text with a zero at its end, as C wants names. */
  writeName(name: string): number {
    return this.write(`${name}\0`);
  }

  /** Runs something with a text that stands in memory of its own. */
  with<T>(text: string, run: (at: number) => T): T {
    const at = this.module._malloc(Math.max(1, text.length));
    this.#bytes(at, text.length).write(text, 'latin1');
    try {
      return run(at);
    } finally {
      this.module._free(at);
    }
  }

  /** The text at a place; its length is at `sizeAt`. */
  read(at: number): string {
    return this.#bytes(at, this.module.HEAPU32[this.sizeAt >> 2] as number).toString('latin1');
  }

  #bytes(at: number, size: number): Buffer {
    return Buffer.from(this.module.HEAPU8.buffer, at, size);
  }
}
