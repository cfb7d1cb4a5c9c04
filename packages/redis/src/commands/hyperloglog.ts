/** HyperLogLog: how many different elements, in 12 kB and with an error of 0.81 %. */
import { Command, type Data, idempotent, Keys, read, spec, toArg, write } from '@kv/core';
import { headAndAny, keyword, type Many, many } from './support/arguments.ts';
import { boolean, ok, text, whole, wholes } from './support/replies.ts';

const PFADD = idempotent('PFADD');
const PFCOUNT = read('PFCOUNT', Keys.all);
const PFDEBUG = write('PFDEBUG', Keys.second);
const PFMERGE = idempotent('PFMERGE', Keys.all);
const PFSELFTEST = spec('PFSELFTEST', 0);

/**
 * Adds elements; without elements it only makes the key.
 *
 * @returns whether the estimate may have changed, or the key is new
 * @throws ReplyError `WRONGTYPE` when the key holds something else
 * @since 2.8.9
 * @see https://redis.io/commands/pfadd/
 */
export function pfadd<V = string>(key: Data, ...elements: Many[]): Command<boolean, V> {
  return new Command<boolean, V>(PFADD, headAndAny(toArg(key, 'key'), elements, 'elements'), boolean);
}

/**
 * How many different elements were added to the keys, all together: an estimate.
 *
 * @throws ArgumentError when there is no key
 * @throws ReplyError `WRONGTYPE` when the key holds something else
 * @since 2.8.9
 * @see https://redis.io/commands/pfcount/
 */
export function pfcount<V = string>(...keys: Many[]): Command<number, V> {
  return new Command<number, V>(PFCOUNT, many(keys, 'keys'), whole);
}

/**
 * Merges the sources into the destination, which counts as a source too.
 *
 * @throws ReplyError `WRONGTYPE` when the key holds something else
 * @since 2.8.9
 * @see https://redis.io/commands/pfmerge/
 */
export function pfmerge<V = string>(destination: Data, ...sources: Many[]): Command<'OK', V> {
  return new Command<'OK', V>(PFMERGE, headAndAny(toArg(destination, 'destination'), sources, 'sources'), ok);
}

/** What {@link pfdebug} shows or does. */
export type PfdebugSubcommand = 'encoding' | 'decode' | 'getreg' | 'todense';

const PFDEBUG_SUBCOMMANDS: readonly PfdebugSubcommand[] = ['encoding', 'decode', 'getreg', 'todense'];
const PFDEBUG_REPLIES = { encoding: text, decode: text, getreg: wholes, todense: boolean } as const;

/**
 * For developers of the server: the inside of one key. `encoding` and `decode` give text, `getreg` its 16384 registers,
 * `todense` changes the encoding and tells whether it did.
 *
 * @throws ReplyError `WRONGTYPE` when the key holds something else
 * @since 2.8.9
 * @see https://redis.io/commands/pfdebug/
 */
export function pfdebug<V = string>(subcommand: 'encoding' | 'decode', key: Data): Command<string, V>;
export function pfdebug<V = string>(subcommand: 'getreg', key: Data): Command<number[], V>;
export function pfdebug<V = string>(subcommand: 'todense', key: Data): Command<boolean, V>;
export function pfdebug<V = string>(subcommand: PfdebugSubcommand, key: Data): Command<string | number[] | boolean, V>;
export function pfdebug<V = string>(subcommand: PfdebugSubcommand, key: Data): Command<string | number[] | boolean, V> {
  const args = [keyword(subcommand, PFDEBUG_SUBCOMMANDS, 'subcommand'), toArg(key, 'key')];
  return new Command<string | number[] | boolean, V>(PFDEBUG, args, PFDEBUG_REPLIES[subcommand]);
}

/**
 * For developers of the server: tests its own arithmetic, which takes seconds.
 *
 * @throws ReplyError when a test fails
 * @since 2.8.9
 * @see https://redis.io/commands/pfselftest/
 */
export function pfselftest<V = string>(): Command<'OK', V> {
  return new Command<'OK', V>(PFSELFTEST, [], ok);
}
