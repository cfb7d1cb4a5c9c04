/** Options about what is said at the end of every login. */
import { type AnyCommand, ArgumentError, checkCommands, Flag, type OptionRule, Rule } from '@kv/core';
import { readName } from './login-options.ts';

/** Who speaks to the server, in CLIENT LIST: `lib-name` and `lib-ver`. */
export interface Library {
  readonly name: string;
  readonly version?: string | undefined;
}

/** What has no place at the end of a handshake. */
const MISPLACED = Flag.blocking | Flag.stream | Flag.subscription | Flag.forbidden | Flag.quit | Flag.unit;

/** The same with each name: without spaces, as CLIENT SETINFO takes it. */
const NAME: OptionRule = { read: readName };
const LIBRARY = Rule.nested({ name: NAME, version: NAME });

/** The rule of `library`. */
export const libraryRule: OptionRule = {
  read: (value, name) => {
    if (value === false) return false;
    const library = LIBRARY.read(value, name) as Partial<Library>;
    if (library.name === undefined) throw new ArgumentError(`${name}.name: it is missing`);
    return library;
  },
};

/** The rule of `handshake`. */
export const handshakeRule: OptionRule = {
  read: (value, name) => {
    checkCommands(value, name);
    const commands = [...(value as readonly AnyCommand[])];
    for (const { flags, spec } of commands)
      if ((flags & MISPLACED) !== 0) throw new ArgumentError(`${name}: ${spec.name} has no place in a handshake`);
    return commands;
  },
};
