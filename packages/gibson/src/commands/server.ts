/** Commands on the server and on the connection. */
import { Command } from '@kv/core';
import { END, PING, STATS } from '../protocol/specs.ts';
import { ok, type Stats, stats as statsOf } from './support/replies.ts';

/**
 * What the server tells about itself, by name: versions and averages as text, everything else as numbers. Look up by
 * name and expect names to be missing: versions differ.
 *
 * @example const { total_items, server_version } = await gibson.stats()
 */
export function stats<V = string>(): Command<Stats, V> {
  return new Command<Stats, V>(STATS, [], statsOf);
}

/**
 * Asks the server for a sign of life. Resolves to `'OK'`.
 *
 * @example await gibson.ping() // 'OK'
 */
export function ping<V = string>(): Command<'OK', V> {
  return new Command<'OK', V>(PING, [], ok);
}

/**
 * Says goodbye. As a method it closes what it is called on, like `close()`.
 *
 * @example await gibson.end()
 */
export function end<V = string>(): Command<'OK', V> {
  return new Command<'OK', V>(END, [], ok);
}
