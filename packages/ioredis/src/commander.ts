/** A method per command, and its Buffer twin, on whatever sends command objects. */
import { commandNames } from '@kv/redis';
import { type Callback, splitCallback } from './arguments.ts';
import { Command, type CommandOptions, type SharedOptions } from './command.ts';
import { newerNames } from './newer-commands.ts';
import { type ScriptDefinition, scriptMaker } from './script.ts';

/** What has the methods. */
export interface CommandSender {
  /** For all commands: prefix, numbers as text. */
  readonly commandOptions: SharedOptions;
  /** Sends one; what it gives back is what the method gives back. */
  sendCommand(command: Command): unknown;
}

type Method = (this: CommandSender, ...args: unknown[]) => unknown;

/** Names of methods: the first words of all commands. */
export function builtinCommands(): string[] {
  const known = commandNames().map((name) => (name.split(' ')[0] as string).toLowerCase());
  return [...new Set([...known, ...newerNames()])];
}

/** Gives a class a method for each command that it does not have itself. */
export function installCommands(prototype: CommandSender): void {
  for (const name of builtinCommands()) install(prototype, name, name);
  install(prototype, 'call', undefined);
  install(prototype, 'send_command', undefined); // the old name of call
}

/** A script as a method, and its Buffer twin. */
export function installScript(name: string, definition: ScriptDefinition): Record<string, Method> {
  const make = scriptMaker(definition);
  return { [name]: methodOf(name, 'utf8', make), [`${name}Buffer`]: methodOf(name, null, make) };
}

/** A command that this package does not know as a method, and its Buffer twin. */
export function installBuiltin(name: string): Record<string, Method> {
  return { [name]: methodOf(name, 'utf8'), [`${name}Buffer`]: methodOf(name, null) };
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
