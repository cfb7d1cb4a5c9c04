/** The methods of typed clients: each runs what the command function of its name makes. */
import type { Command } from '../command/command.ts';
import { ArgumentError, ofCommand } from '../errors.ts';
import type { Adds } from './members.ts';

/** What has methods for commands. */
export abstract class CommandRunner<V> {
  /** Sends or collects one command. */
  protected abstract run<T>(command: Command<T, V>): Promise<T>;

  /** A call whose arguments are wrong rejects like any other failure, it does not throw. */
  protected refuse(error: unknown): Promise<never> {
    return Promise.reject(error as Error);
  }
}

/** A command function; the declaration of the method says which arguments it takes. */
// biome-ignore lint/suspicious/noExplicitAny: functions of any parameters fit only this type
type CommandFunction = (...args: any[]) => Command<unknown, any>; // oxlint-disable-line typescript/no-explicit-any

/** Command functions by the names of their methods. */
export type CommandFunctions = Readonly<Record<string, CommandFunction>>;

/** The functions behind the methods of a class. */
export interface CommandMethods {
  /** By how many arguments they take at most: at 0 those that take none. */
  readonly fixed: readonly CommandFunctions[];
  /** Those that take any number. */
  readonly variadic: CommandFunctions;
  /** What the protocol calls the command of a method; absent: the same. Asked only for errors. */
  readonly wireName?: (method: string) => string;
}

/**
 * The class `Base` with a method for each command function. What they take and give is declared by `C`, which the generator
 * writes from the same functions.
 */
export function withCommands<C extends Adds>(Base: Adds, { fixed, variadic, wireName = same }: CommandMethods): C {
  // V8 adds hundreds of properties to an object without prototype in a tenth of the time that it takes on one of a class
  const methods = Object.create(null) as object;
  const add = (functions: CommandFunctions, maker: MethodMaker): void => {
    for (const [name, make] of Object.entries(functions)) {
      const value = maker(make, (error) => ofCommand(error, wireName(name)));
      Object.defineProperty(value, 'name', { value: name });
      Object.defineProperty(methods, name, { value, configurable: true, writable: true });
    }
  };
  for (const [count, functions] of fixed.entries()) add(functions, FIXED[count] as MethodMaker);
  add(variadic, variadicMethod);
  abstract class Commands extends Base {}
  Object.setPrototypeOf(Commands.prototype, Object.setPrototypeOf(methods, Base.prototype));
  return Commands as unknown as C;
}

function same(method: string): string {
  return method;
}

/** What a method sees of its object: members that only the class and those that extend it may call. */
interface Runner {
  run(command: Command<unknown, unknown>): Promise<unknown>;
  refuse(error: unknown): Promise<never>;
}

type Method = (this: Runner, ...args: unknown[]) => Promise<unknown>;

/** Makes the method of a command function. `named` notes the command in an error of it. */
type MethodMaker = (make: CommandFunction, named: (error: unknown) => unknown) => Method;

/**
 * By how many arguments commands take at most. With parameters of a fixed number V8 puts the function of the command into
 * the code that calls the method; with a list of arguments a call took 9 ns more, which is 2.5% of a GET.
 */
const FIXED: readonly MethodMaker[] = [
  (make, named) =>
    function (this: Runner, surplus) {
      try {
        return runExact(this, make(), surplus);
      } catch (error) {
        return this.refuse(named(error));
      }
    },
  (make, named) =>
    function (this: Runner, a, surplus) {
      try {
        return runExact(this, make(a), surplus);
      } catch (error) {
        return this.refuse(named(error));
      }
    },
  (make, named) =>
    function (this: Runner, a, b, surplus) {
      try {
        return runExact(this, make(a, b), surplus);
      } catch (error) {
        return this.refuse(named(error));
      }
    },
  (make, named) =>
    function (this: Runner, a, b, c, surplus) {
      try {
        return runExact(this, make(a, b, c), surplus);
      } catch (error) {
        return this.refuse(named(error));
      }
    },
  (make, named) =>
    function (this: Runner, a, b, c, d, surplus) {
      try {
        return runExact(this, make(a, b, c, d), surplus);
      } catch (error) {
        return this.refuse(named(error));
      }
    },
  (make, named) =>
    function (this: Runner, a, b, c, d, e, surplus) {
      try {
        return runExact(this, make(a, b, c, d, e), surplus);
      } catch (error) {
        return this.refuse(named(error));
      }
    },
  (make, named) =>
    function (this: Runner, a, b, c, d, e, f, surplus) {
      try {
        return runExact(this, make(a, b, c, d, e, f), surplus);
      } catch (error) {
        return this.refuse(named(error));
      }
    },
];

function variadicMethod(make: CommandFunction, named: (error: unknown) => unknown): Method {
  return function (this: Runner, ...args) {
    try {
      return this.run(make(...args));
    } catch (error) {
      return this.refuse(named(error));
    }
  };
}

/** Runs a command that takes no more arguments: to drop them would hide a mistake. */
function runExact(runner: Runner, command: Command<unknown, unknown>, surplus: unknown): Promise<unknown> {
  if (surplus === undefined) return runner.run(command);
  throw new ArgumentError(`${command.spec.name}: received more arguments than it takes`);
}
