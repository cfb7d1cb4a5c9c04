/** Publishing, and looking at who listens. Subscriptions are no commands: see `subscribe()` of the client. */
import { Command, type Data, Keys, read, toArg, write } from '@kv/core';
import { addAny, type Many } from './support/arguments.ts';
import { mapValues, texts, whole } from './support/replies.ts';

const PUBLISH = write('PUBLISH', Keys.none);
const PUBSUB_CHANNELS = read('PUBSUB CHANNELS', Keys.none);
const PUBSUB_HELP = read('PUBSUB HELP', Keys.none);
const PUBSUB_NUMPAT = read('PUBSUB NUMPAT', Keys.none);
const PUBSUB_NUMSUB = read('PUBSUB NUMSUB', Keys.none);
const PUBSUB_SHARDCHANNELS = read('PUBSUB SHARDCHANNELS', Keys.none);
const PUBSUB_SHARDNUMSUB = read('PUBSUB SHARDNUMSUB', Keys.none);
const SPUBLISH = write('SPUBLISH');

const counts = (raw: unknown): Record<string, number> => mapValues(raw, whole);

/**
 * Sends a message to everybody who listens to a channel, or to a pattern that matches it.
 *
 * @returns how many received it from this server; it is not delivered to others later
 * @example await redis.publish('news', 'hello')
 * @since 2.0.0
 * @see https://redis.io/commands/publish/
 */
export function publish<V = string>(channel: Data, message: Data): Command<number, V> {
  return new Command<number, V>(PUBLISH, [toArg(channel, 'channel'), toArg(message, 'message')], whole);
}

/**
 * The channels that somebody listens to, in no order; patterns do not count.
 *
 * @param pattern only channels that match this glob pattern
 * @since 2.8.0
 * @see https://redis.io/commands/pubsub-channels/
 */
export function pubsubChannels<V = string>(pattern?: Data): Command<string[], V> {
  return new Command<string[], V>(PUBSUB_CHANNELS, pattern === undefined ? [] : [toArg(pattern, 'pattern')], texts);
}

/**
 * The server's own help text on PUBSUB, line by line.
 *
 * @since 6.2.0
 * @see https://redis.io/commands/pubsub-help/
 */
export function pubsubHelp<V = string>(): Command<string[], V> {
  return new Command<string[], V>(PUBSUB_HELP, [], texts);
}

/**
 * How many different patterns somebody listens to.
 *
 * @since 2.8.0
 * @see https://redis.io/commands/pubsub-numpat/
 */
export function pubsubNumpat<V = string>(): Command<number, V> {
  return new Command<number, V>(PUBSUB_NUMPAT, [], whole);
}

/**
 * How many listen to each of several channels; patterns do not count. Without channels the result is empty.
 *
 * @returns channel → number, without prototype
 * @since 2.8.0
 * @see https://redis.io/commands/pubsub-numsub/
 */
export function pubsubNumsub<V = string>(...channels: Many[]): Command<Record<string, number>, V> {
  return new Command<Record<string, number>, V>(PUBSUB_NUMSUB, addAny([], channels, 'channels'), counts);
}

/**
 * The sharded channels that somebody listens to, in no order.
 *
 * @param pattern only channels that match this glob pattern
 * @since 7.0.0
 * @see https://redis.io/commands/pubsub-shardchannels/
 */
export function pubsubShardchannels<V = string>(pattern?: Data): Command<string[], V> {
  const args = pattern === undefined ? [] : [toArg(pattern, 'pattern')];
  return new Command<string[], V>(PUBSUB_SHARDCHANNELS, args, texts);
}

/**
 * How many listen to each of several sharded channels. Without channels the result is empty.
 *
 * @returns channel → number, without prototype
 * @since 7.0.0
 * @see https://redis.io/commands/pubsub-shardnumsub/
 */
export function pubsubShardnumsub<V = string>(...channels: Many[]): Command<Record<string, number>, V> {
  return new Command<Record<string, number>, V>(PUBSUB_SHARDNUMSUB, addAny([], channels, 'channels'), counts);
}

/**
 * Sends a message to everybody who listens to a sharded channel: in a cluster it stays within the shard that the
 * channel's name belongs to.
 *
 * @returns how many received it from this server
 * @since 7.0.0
 * @see https://redis.io/commands/spublish/
 */
export function spublish<V = string>(channel: Data, message: Data): Command<number, V> {
  return new Command<number, V>(SPUBLISH, [toArg(channel, 'channel'), toArg(message, 'message')], whole);
}
