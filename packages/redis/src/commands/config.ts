/** CONFIG: settings of the server. */
import { Command, type Entries, type EntriesOf, type EntryArgs, idempotent, read, write } from '@kv/core';
import { entryArgs, type Many, many } from './support/arguments.ts';
import { mapValues, ok, text, texts } from './support/replies.ts';

const CONFIG_GET = read('CONFIG GET', null);
const CONFIG_HELP = read('CONFIG HELP', null);
const CONFIG_RESETSTAT = idempotent('CONFIG RESETSTAT', null);
const CONFIG_REWRITE = write('CONFIG REWRITE', null);
const CONFIG_SET = idempotent('CONFIG SET', null);

function settings(raw: unknown): Record<string, string> {
  return mapValues(raw, text);
}

/**
 * Settings whose names match the glob patterns, as an object without prototype. Several patterns since 7.0.
 *
 * @example const { maxmemory } = await redis.configGet('maxmemory')
 * @throws ArgumentError when there is no pattern
 * @since 2.0.0
 * @see https://redis.io/commands/config-get/
 */
export function configGet<V = string>(...patterns: Many[]): Command<Record<string, string>, V> {
  return new Command<Record<string, string>, V>(CONFIG_GET, many(patterns, 'patterns'), settings);
}

/**
 * The server's own help text on CONFIG, line by line.
 *
 * @since 5.0.0
 * @see https://redis.io/commands/config-help/
 */
export function configHelp<V = string>(): Command<string[], V> {
  return new Command<string[], V>(CONFIG_HELP, [], texts);
}

/**
 * Sets the counters of INFO back to zero.
 *
 * @since 2.0.0
 * @see https://redis.io/commands/config-resetstat/
 */
export function configResetstat<V = string>(): Command<'OK', V> {
  return new Command<'OK', V>(CONFIG_RESETSTAT, [], ok);
}

/**
 * Writes the current settings to the configuration file.
 *
 * @throws ReplyError when the server runs without a configuration file, or cannot write it
 * @since 2.8.0
 * @see https://redis.io/commands/config-rewrite/
 */
export function configRewrite<V = string>(): Command<'OK', V> {
  return new Command<'OK', V>(CONFIG_REWRITE, [], ok);
}

/**
 * Changes settings, all or none. Several at once since 7.0.
 *
 * @example await redis.configSet({ maxmemory: '1gb', 'maxmemory-policy': 'allkeys-lru' })
 * @throws ReplyError when a name or value is not accepted
 * @since 2.0.0
 * @see https://redis.io/commands/config-set/
 */
export function configSet<V = string, E extends EntriesOf<E> = Entries>(...settings: EntryArgs<E>): Command<'OK', V> {
  return new Command<'OK', V>(CONFIG_SET, entryArgs(settings, 'settings'), ok);
}
