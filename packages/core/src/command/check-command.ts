import { ArgumentError } from '../errors.ts';
import { badArgument } from './arguments.ts';
import { isBytes } from './bytes.ts';
import type { Spec } from './command.ts';

/**
 * For what users of plain JavaScript give to `send()`: a forgotten call (`send(get)`), a name, a promise, a command made
 * by hand with a number among its arguments. Read by its form, because it may come from another copy of the package.
 *
 * @throws ArgumentError naming the argument
 */
export function checkCommand(value: unknown, argument: string): void {
  const {
    spec: { name } = {},
    args,
    reply,
  } = Object(value) as { spec?: Partial<Spec>; args?: unknown; reply?: unknown };
  if (typeof name !== 'string' || !Array.isArray(args) || typeof reply !== 'function')
    throw badArgument(argument, "a command such as get('key')", value);
  for (let i = 0; i < args.length; i++) {
    const arg: unknown = args[i];
    if (typeof arg !== 'string' && !isBytes(arg))
      throw badArgument(`${argument}: argument ${i} of ${name}`, 'a string or Uint8Array', arg);
  }
}

/** The same for a list of commands. @throws ArgumentError naming the argument or the position in it */
export function checkCommands(values: unknown, argument: string): void {
  if (!Array.isArray(values)) throw new ArgumentError(`${argument}: expected an array of commands`);
  for (let i = 0; i < values.length; i++) checkCommand(values[i], `${argument}[${i}]`);
}
