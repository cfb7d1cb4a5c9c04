import { ArgumentError, type CallOptions, type OptionRule, Rule } from '@kv/core';

/** How a client keeps replies, see `redis.cached()`. */
export interface CacheOptions {
  /**
   * Most bytes that the kept replies may take, with their keys and the bookkeeping. What is used least goes first; a
   * reply that alone takes more than a sixteenth is not kept.
   *
   * @default 64 MiB
   */
  readonly maxBytes?: number | undefined;
  /**
   * How old a kept reply may be, ms. It also bounds how long something that no server tells of stays unnoticed.
   *
   * @default 60,000
   */
  readonly ttl?: number | undefined;
  /**
   * How the server is told what to watch. `optIn`: it remembers each key that was read to be kept. `broadcast`: it
   * remembers nothing, and tells of every write to a key that begins with one of the `prefixes`.
   *
   * @default 'optIn'
   */
  readonly mode?: 'optIn' | 'broadcast' | undefined;
  /**
   * Only replies for keys that begin with one of these texts are kept, behind `keyPrefix` where there is one.
   *
   * @default all keys
   */
  readonly prefixes?: readonly string[] | undefined;
  /**
   * Whether nothing is kept longer than the server keeps the key, to the millisecond. Each reply that is to be kept costs
   * a PTTL. Otherwise a key that expires is dropped when the server tells so, within about a second.
   *
   * @default false
   */
  readonly exactExpiry?: boolean | undefined;
}

/** How a view of a client uses what is kept. */
export interface CacheCallOptions {
  /** How old a kept reply may be, ms. The client's own `ttl` is the upper bound, and the default. */
  readonly ttl?: number | undefined;
}

/** The same with all that has a default. */
export interface CacheSettings extends Required<{ [K in keyof CacheOptions]: NonNullable<CacheOptions[K]> }> {
  /** Name of the client, for diagnostics. */
  readonly name: string;
}

/** Checks the option `cache` of a client. */
export const cacheRule: OptionRule = Rule.nested({
  maxBytes: Rule.count,
  ttl: Rule.milliseconds,
  mode: Rule.oneOf(['optIn', 'broadcast']),
  prefixes: { read: readPrefixes },
  exactExpiry: Rule.boolean,
});

const CALL_FIELDS = Rule.nested({ ttl: Rule.milliseconds });

/** Checks the option `cache` of a view. */
export const cacheCallRule: OptionRule = {
  read: (value, name) => (value === false ? false : CALL_FIELDS.read(value, name)),
};

function readPrefixes(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new ArgumentError(`${name}: expected a list`);
  return value.map((prefix) => Rule.text.read(prefix, name));
}

/** The call options of a view that uses what is kept. */
export interface CachedCallOptions extends CallOptions {
  readonly cache?: CacheCallOptions | undefined;
}
