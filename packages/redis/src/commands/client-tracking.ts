/** CLIENT: tracking, with which the server tells when keys change that a connection has read. */
import { type Arg, ArgumentError, Command, read, stateful } from '@kv/core';
import {
  type AtMostOne,
  addInteger,
  addMany,
  addSwitch,
  checkOptions,
  chosen,
  type Int,
  type Many,
  onOff,
} from './support/arguments.ts';
import { ok, structure, texts, whole } from './support/replies.ts';

const CLIENT_CACHING = stateful('CLIENT CACHING');
const CLIENT_GETREDIR = read('CLIENT GETREDIR', null);
const CLIENT_TRACKING = stateful('CLIENT TRACKING');
const CLIENT_TRACKINGINFO = read('CLIENT TRACKINGINFO', null);

/**
 * Whether keys read by the next command are tracked, with tracking in `optin` or `optout` mode.
 *
 * @scope lease
 * @since 6.0.0
 * @see https://redis.io/commands/client-caching/
 */
export function clientCaching<V = string>(yes: boolean): Command<'OK', V> {
  return new Command<'OK', V>(CLIENT_CACHING, [yes ? 'YES' : 'NO'], ok);
}

/**
 * Id of the connection that gets the invalidations of this one: 0 itself, -1 tracking is off.
 *
 * @since 6.0.0
 * @see https://redis.io/commands/client-getredir/
 */
export function clientGetredir<V = string>(): Command<number, V> {
  return new Command<number, V>(CLIENT_GETREDIR, [], whole);
}

/** Options of {@link clientTracking}. */
export type TrackingOptions = AtMostOne<{
  /** Track only keys read after `clientCaching(true)`. */
  optin: boolean;
  /** Track all keys but those read after `clientCaching(false)`. */
  optout: boolean;
  /** Send invalidations for all keys with these prefixes (or all keys), also those that this client has not read. */
  bcast: boolean;
}> & {
  /** Send invalidations to the connection with this id. */
  readonly redirect?: Int | undefined;
  /** With `bcast` only. */
  readonly prefix?: Many | undefined;
  /** No invalidations for what this connection changes itself. */
  readonly noloop?: boolean | undefined;
};

const TRACKING_OPTIONS = new Set(['optin', 'optout', 'bcast', 'redirect', 'prefix', 'noloop']);

function trackingArgs(on: boolean, options: TrackingOptions): Arg[] {
  checkOptions(options, TRACKING_OPTIONS);
  chosen(options, ['optin', 'optout', 'bcast']);
  const args: Arg[] = [onOff(on)];
  addInteger(args, 'REDIRECT', options.redirect, 'redirect', 0);
  const prefixes: Arg[] = [];
  if (options.prefix !== undefined) addMany(prefixes, [options.prefix], 'options.prefix');
  if (!addSwitch(args, 'BCAST', options.bcast, 'bcast') && prefixes.length > 0) {
    throw new ArgumentError('options.prefix: only together with bcast');
  }
  for (const prefix of prefixes) args.push('PREFIX', prefix);
  addSwitch(args, 'OPTIN', options.optin, 'optin');
  addSwitch(args, 'OPTOUT', options.optout, 'optout');
  addSwitch(args, 'NOLOOP', options.noloop, 'noloop');
  return args;
}

/**
 * Whether the server tells this connection when keys change that it has read.
 *
 * @throws ArgumentError when two modes are given, or `prefix` without `bcast`
 * @scope lease
 * @since 6.0.0
 * @see https://redis.io/commands/client-tracking/
 */
export function clientTracking<V = string>(on: boolean, options: TrackingOptions = {}): Command<'OK', V> {
  return new Command<'OK', V>(CLIENT_TRACKING, trackingArgs(on, options), ok);
}

/** What {@link clientTrackinginfo} resolves to. */
export interface TrackingInfo {
  /** `off`, or `on` with modes (`bcast`, `optin`, `noloop`, …). */
  readonly flags: string[];
  /** As {@link clientGetredir}. */
  readonly redirect: number;
  readonly prefixes: string[];
}

function trackingInfo(raw: unknown): TrackingInfo {
  return structure(raw, { flags: texts, prefixes: texts });
}

/**
 * How tracking is set for the connection. On a shared client that is whichever connection the command took.
 *
 * @since 6.2.0
 * @see https://redis.io/commands/client-trackinginfo/
 */
export function clientTrackinginfo<V = string>(): Command<TrackingInfo, V> {
  return new Command<TrackingInfo, V>(CLIENT_TRACKINGINFO, [], trackingInfo);
}
