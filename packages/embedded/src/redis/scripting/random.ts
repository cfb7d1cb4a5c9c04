import { badArgument, fail, type LuaValue, numberArgument } from './lua-values.ts';
import type { LuaFunction, LuaVm } from './lua-vm.ts';

const MULTIPLIER = 0x5deece66dn;
const MASK = 2n ** 48n - 1n;
const LARGEST = 2 ** 31 - 1;

/** The server's own generator, which begins with the same numbers after each start. */
class ScriptRandom {
  #state = 0x1234abcd330en;

  seed(value: number): void {
    this.#state = (BigInt.asUintN(32, BigInt(Math.trunc(value))) << 16n) | 0x330en;
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    this.#state = (this.#state * MULTIPLIER + 11n) & MASK;
    return (Number(this.#state >> 17n) % LARGEST) / LARGEST;
  }
}

const generators = new WeakMap<LuaVm, ScriptRandom>();

function generatorOf(vm: LuaVm): ScriptRandom {
  const generator = generators.get(vm) ?? new ScriptRandom();
  generators.set(vm, generator);
  return generator;
}

function random(args: readonly LuaValue[], vm: LuaVm): number {
  const value = generatorOf(vm).next();
  if (args.length === 0) return value;
  if (args.length > 2) fail('wrong number of arguments');
  const low = args.length === 1 ? 1 : Math.trunc(numberArgument(args, 0, 'random'));
  const high = Math.trunc(numberArgument(args, args.length - 1, 'random'));
  if (low > high) badArgument(args.length, 'random', 'interval is empty');
  return Math.floor(value * (high - low + 1)) + low;
}

/** `math.random` and `math.randomseed`. */
export const randomFunctions: Readonly<Record<string, LuaFunction>> = {
  random: (args, vm) => [random(args, vm)],
  randomseed: (args, vm) => {
    generatorOf(vm).seed(numberArgument(args, 0, 'randomseed'));
    return [];
  },
};
