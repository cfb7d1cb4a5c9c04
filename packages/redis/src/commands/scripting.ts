/** Lua scripts: run, and kept by the server under their SHA-1. Libraries of functions have a file of their own. */
import { Command, type Data, Flag, idempotent, Keys, read, spec, toArg, write } from '@kv/core';
import { countedSecond } from '../protocol/key-specs.ts';
import { keyword, type Many } from './support/arguments.ts';
import { asIs, booleans, ok, text, texts } from './support/replies.ts';
import { type ScriptKeys, scriptArgs, sha1Arg, sha1Args } from './support/script-arguments.ts';

const EVAL = spec('EVAL', Flag.opaque, countedSecond);
const EVALSHA = spec('EVALSHA', Flag.opaque, countedSecond);
const EVALSHA_RO = spec('EVALSHA_RO', Flag.read | Flag.opaque, countedSecond);
const EVAL_RO = spec('EVAL_RO', Flag.read | Flag.opaque, countedSecond);
const SCRIPT_EXISTS = read('SCRIPT EXISTS', Keys.none);
const SCRIPT_FLUSH = write('SCRIPT FLUSH', Keys.none);
const SCRIPT_HELP = read('SCRIPT HELP', Keys.none);
const SCRIPT_KILL = write('SCRIPT KILL', Keys.none);
const SCRIPT_LOAD = idempotent('SCRIPT LOAD', Keys.none);
const SCRIPT_SHOW = read('SCRIPT SHOW', Keys.none);

/** Whether to wait until the memory is free (`sync`) or not (`async`). Without it the server's setting holds. */
export type FlushMode = 'async' | 'sync' | 'ASYNC' | 'SYNC';

const FLUSH_MODES = ['async', 'sync', 'ASYNC', 'SYNC'] as const;

/**
 * Runs a Lua script on the server, as one step. `KEYS` and `ARGV` hold the keys and arguments.
 *
 * Resolves to what the script returned, as it is on the wire: Lua numbers are cut to whole numbers, `false` and `nil`
 * are `null`, tables are arrays up to the first `nil`. An error inside a table is a value there.
 *
 * @example await redis.eval('return redis.call("GET", KEYS[1])', ['a'])
 * @throws ArgumentError when a number is given for the keys
 * @throws ReplyError when the script is wrong or fails; `BUSY` while another one runs too long
 * @since 2.6.0
 * @see https://redis.io/commands/eval/
 */
function evaluate<V = string>(script: Data, keys: ScriptKeys = [], ...args: Many[]): Command<unknown, V> {
  return new Command<unknown, V>(EVAL, scriptArgs(toArg(script, 'script'), keys, args), asIs);
}

export { evaluate as eval };

/**
 * Runs a script that the server knows, by its SHA-1.
 *
 * @returns what the script returned, as it is on the wire
 * @throws ArgumentError when the SHA-1 has not 40 hexadecimal digits
 * @throws ReplyError `NOSCRIPT` when the server does not know it; when the script fails
 * @since 2.6.0
 * @see https://redis.io/commands/evalsha/
 */
export function evalsha<V = string>(sha1: string, keys: ScriptKeys = [], ...args: Many[]): Command<unknown, V> {
  return new Command<unknown, V>(EVALSHA, scriptArgs(sha1Arg(sha1, 'sha1'), keys, args), asIs);
}

/**
 * As {@link evalsha}, for a script that does not write; may run on a replica.
 *
 * @throws ArgumentError when the SHA-1 has not 40 hexadecimal digits
 * @throws ReplyError `NOSCRIPT` when the server does not know it; when the script fails, or writes
 * @since 7.0.0
 * @see https://redis.io/commands/evalsha_ro/
 */
export function evalshaRo<V = string>(sha1: string, keys: ScriptKeys = [], ...args: Many[]): Command<unknown, V> {
  return new Command<unknown, V>(EVALSHA_RO, scriptArgs(sha1Arg(sha1, 'sha1'), keys, args), asIs);
}

/**
 * As {@link eval}, for a script that does not write; may run on a replica.
 *
 * @throws ArgumentError when a number is given for the keys
 * @throws ReplyError when the script is wrong, fails, or writes
 * @since 7.0.0
 * @see https://redis.io/commands/eval_ro/
 */
export function evalRo<V = string>(script: Data, keys: ScriptKeys = [], ...args: Many[]): Command<unknown, V> {
  return new Command<unknown, V>(EVAL_RO, scriptArgs(toArg(script, 'script'), keys, args), asIs);
}

/**
 * Whether the server knows each of several scripts, by their SHA-1.
 *
 * @throws ArgumentError when there is no SHA-1, or one is not valid
 * @since 2.6.0
 * @see https://redis.io/commands/script-exists/
 */
export function scriptExists<V = string>(...sha1s: (string | readonly string[])[]): Command<boolean[], V> {
  return new Command<boolean[], V>(SCRIPT_EXISTS, sha1Args(sha1s), booleans);
}

/**
 * Makes the server forget all scripts. The mode needs 6.2.
 *
 * @since 2.6.0
 * @see https://redis.io/commands/script-flush/
 */
export function scriptFlush<V = string>(mode?: FlushMode): Command<'OK', V> {
  return new Command<'OK', V>(SCRIPT_FLUSH, mode === undefined ? [] : [keyword(mode, FLUSH_MODES, 'mode')], ok);
}

/**
 * The server's own help text on SCRIPT, line by line.
 *
 * @since 5.0.0
 * @see https://redis.io/commands/script-help/
 */
export function scriptHelp<V = string>(): Command<string[], V> {
  return new Command<string[], V>(SCRIPT_HELP, [], texts);
}

/**
 * Ends the script that is running, if it has not written yet.
 *
 * @throws ReplyError `NOTBUSY` when none is running, `UNKILLABLE` when it has written
 * @since 2.6.0
 * @see https://redis.io/commands/script-kill/
 */
export function scriptKill<V = string>(): Command<'OK', V> {
  return new Command<'OK', V>(SCRIPT_KILL, [], ok);
}

/**
 * Gives the server a script without running it.
 *
 * @returns its SHA-1, for {@link evalsha}
 * @throws ReplyError when the script does not compile
 * @since 2.6.0
 * @see https://redis.io/commands/script-load/
 */
export function scriptLoad<V = string>(script: Data): Command<string, V> {
  return new Command<string, V>(SCRIPT_LOAD, [toArg(script, 'script')], text);
}

/**
 * The source of a script that the server knows. Only Valkey.
 *
 * @throws ReplyError `NOSCRIPT` when the server does not know it
 * @since 8.0.0
 * @see https://valkey.io/commands/script-show/
 */
export function scriptShow<V = string>(sha1: string): Command<string, V> {
  return new Command<string, V>(SCRIPT_SHOW, [sha1Arg(sha1, 'sha1')], text);
}
