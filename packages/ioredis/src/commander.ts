/** A method per command, and its Buffer twin, on whatever sends command objects. */
import { commandNames } from '@kv/redis';
import { type Callback, splitCallback } from './arguments.ts';
import { Command, type CommandOptions } from './command.ts';
import { type ScriptDefinition, scriptMaker } from './script.ts';

/** What has the methods. */
export interface CommandSender {
  /** For all commands: prefix, numbers as text. */
  readonly commandOptions: Pick<CommandOptions, 'keyPrefix' | 'stringNumbers'>;
  /** Sends one; what it gives back is what the method gives back. */
  sendCommand(command: Command): unknown;
}

type Method = (this: CommandSender, ...args: unknown[]) => unknown;

/** Names of methods: the first words of all commands. */
export function builtinCommands(): string[] {
  return [...new Set(commandNames().map((name) => (name.split(' ')[0] as string).toLowerCase()))];
}

/** Gives a class a method for each command that it does not have itself. */
export function installCommands(prototype: CommandSender): void {
  for (const name of builtinCommands()) install(prototype, name, name);
  install(prototype, 'call', undefined);
}

/** Adds a script as a method, and its Buffer twin. */
export function installScript(target: CommandSender, name: string, definition: ScriptDefinition): void {
  const make = scriptMaker(name, definition);
  const text = methodOf(name, 'utf8', make);
  Object.assign(target, { [name]: text, [`${name}Buffer`]: methodOf(name, null, make) });
}

function install(prototype: CommandSender, method: string, name: string | undefined): void {
  define(prototype, method, methodOf(name, 'utf8'));
  define(prototype, `${method}Buffer`, methodOf(name, null));
}

function define(prototype: CommandSender, method: string, value: Method): void {
  if (method in prototype) return;
  Object.defineProperty(prototype, method, { value, configurable: true, writable: true, enumerable: false });
}

/** @param name absent: it is the first argument */
function methodOf(name: string | undefined, replyEncoding: 'utf8' | null, make?: CommandOptions['make']): Method {
  return function send(...given) {
    const { args, callback } = splitCallback(given);
    const [first, ...rest] = name === undefined ? args.flat() : [name, ...args];
    const options = { ...this.commandOptions, replyEncoding, make };
    return this.sendCommand(new Command(String(first), rest, options, callback as Callback | undefined));
  };
}
