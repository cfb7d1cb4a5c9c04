/** SLOWLOG: commands that took the server long. */
import { Command, idempotent, integer, read } from '@kv/core';
import type { Int } from './support/arguments.ts';
import { dataList, list, ok, parts, text, texts, whole } from './support/replies.ts';

const SLOWLOG_GET = read('SLOWLOG GET', null);
const SLOWLOG_HELP = read('SLOWLOG HELP', null);
const SLOWLOG_LEN = read('SLOWLOG LEN', null);
const SLOWLOG_RESET = idempotent('SLOWLOG RESET', null);

/** One slow command. */
export interface SlowlogEntry<V> {
  readonly id: number;
  /** Unix time in seconds. */
  readonly timestamp: number;
  /** Microseconds. */
  readonly duration: number;
  /** Name and arguments, cut when long. */
  readonly args: V[];
  /** `ip:port` of the client. Since 4.0. */
  readonly client: string;
  /** Name of its connection. Since 4.0. */
  readonly name: string;
}

function entries<V>(raw: unknown): SlowlogEntry<V>[] {
  return list(raw).map(entry<V>);
}

function entry<V>(raw: unknown): SlowlogEntry<V> {
  const [id, timestamp, duration, args, client = '', name = ''] = parts(raw, 4);
  return {
    id: whole(id),
    timestamp: whole(timestamp),
    duration: whole(duration),
    args: dataList<V>(args),
    client: text(client),
    name: text(name),
  };
}

/**
 * The latest slow commands, newest first: at most 10, or `count` (-1 = all, since 7.0).
 *
 * @since 2.2.12
 * @see https://redis.io/commands/slowlog-get/
 */
export function slowlogGet<V = string>(count?: Int): Command<SlowlogEntry<V>[], V> {
  return new Command<SlowlogEntry<V>[], V>(
    SLOWLOG_GET,
    count === undefined ? [] : [integer(count, 'count', -1)],
    entries,
  );
}

/**
 * The server's own help text on SLOWLOG, line by line.
 *
 * @since 6.2.0
 * @see https://redis.io/commands/slowlog-help/
 */
export function slowlogHelp<V = string>(): Command<string[], V> {
  return new Command<string[], V>(SLOWLOG_HELP, [], texts);
}

/**
 * How many entries the slow log has.
 *
 * @since 2.2.12
 * @see https://redis.io/commands/slowlog-len/
 */
export function slowlogLen<V = string>(): Command<number, V> {
  return new Command<number, V>(SLOWLOG_LEN, [], whole);
}

/**
 * Empties the slow log.
 *
 * @since 2.2.12
 * @see https://redis.io/commands/slowlog-reset/
 */
export function slowlogReset<V = string>(): Command<'OK', V> {
  return new Command<'OK', V>(SLOWLOG_RESET, [], ok);
}
