/** One contract for all backends: what an application can do with keys and values without knowing the server. */
import type { Data } from '../command/arguments.ts';
import type { Command, Of, Results } from '../command/command.ts';
import type { FieldsOf } from '../command/entries.ts';

/** Options of `keyValue()`. */
export interface KeyValueOptions {
  /**
   * Put before every key, and taken off where keys come back, so that several parts of an application can share a
   * server. End it with a delimiter: `clear('')` removes whatever begins with it. Default: nothing.
   */
  readonly prefix?: string | undefined;
}

/** Options of {@link KeyValue.set} and {@link KeyValue.setMany}. */
export interface KeyValueSetOptions {
  /**
   * Milliseconds that the entry lives, above 0. Rounded up to {@link Capabilities.ttlGrain}. Left out or `Infinity`: it
   * does not end, whatever end an entry of that key had before.
   */
  readonly ttl?: number | undefined;
  /**
   * When the entry ends, in place of `ttl`: milliseconds since 1970, as `Date.now()` counts them. It is turned into a time
   * to live when the call is made, by the clock of this process: a server whose clock differs does not matter. An end
   * that has passed removes the entry. `Infinity`: it does not end.
   */
  readonly expiresAt?: number | undefined;
}

/** A key with its value, and with options of its own, which hold in place of those of the call. */
export type KeyValueEntry = readonly [key: string, value: Data, options?: KeyValueSetOptions | undefined];

/**
 * Keys with values: an object, a `Map`, or any iterable of {@link KeyValueEntry}. Of a key that occurs twice the last
 * value counts.
 */
export type KeyValueEntries = Readonly<Record<string, Data>> | Iterable<KeyValueEntry>;

/** {@link KeyValueEntries} that may also be an interface. */
export type KeyValueEntriesOf<E> = KeyValueEntries | FieldsOf<E, Data>;

/** What differs between backends. Everything else of {@link KeyValue} is the same on all of them. */
export interface Capabilities {
  /** The step in which the server counts times to live, in ms. What lies between two steps is rounded up. */
  readonly ttlGrain: number;
  /** An entry never ends early. This many ms late it is gone on a server that keeps up with its load. */
  readonly ttlLateness: number;
  /** The longest time to live in ms, apart from `Infinity`. A longer one is an ArgumentError. */
  readonly maxTtl: number;
  /** `keys()` and `entries()` come in ascending order of the keys' UTF-8 bytes. */
  readonly orderedKeys: boolean;
  /** `keys()` and `entries()` give a key once; if not, a key may come twice while entries are added and removed. */
  readonly uniqueKeys: boolean;
  /** `keys()` leaves out entries that have ended; if not, they may be listed until the server collects them. */
  readonly liveKeys: boolean;
  /** `increment` takes any whole number, or only the step 1. */
  readonly incrementSteps: 'any' | 'one';
  /** `keys('')`, `entries('')` and `clear('')` work. Gibson needs a prefix, be it the one of `keyValue()`. */
  readonly emptyPrefix: boolean;
  /** A value may be empty. */
  readonly emptyValues: boolean;
  /** When `setMany` is all or nothing, also in the eyes of others. `perSlot`: the entries of each slot of a cluster are. */
  readonly atomicSetMany: 'always' | 'withoutTtl' | 'perSlot' | 'never';
  /**
   * `del`, `deleteMany`, `deleteEach` and `clear` tell exactly what this call removed. If not, two calls that remove the same entry at
   * the same time may both count it.
   */
  readonly exactCounts: boolean;
  /** The longest key in bytes of UTF-8, prefixes already taken off. A longer one is an ArgumentError. */
  readonly maxKeyBytes: number;
  /** Characters that a key must not contain. */
  readonly forbiddenInKeys: readonly string[];
}

/**
 * Keys with values that may end, on whichever server. Keys are text of at least one character; `V` is `string`, or
 * `Uint8Array` when the client gives bytes. Deadlines, retries and errors are those of the client: `REPLY` when the
 * server refuses (a value that is no number, a locked entry), `ARGUMENT` when nothing was sent.
 *
 * @example
 * async function visits(kv: import('@kv/core').KeyValue, page: string): Promise<number> {
 *   const count = await kv.increment(`visits:${page}`)
 *   if (count === 1) await kv.expire(`visits:${page}`, 3_600_000)
 *   return count
 * }
 */
export interface KeyValue<V = string> {
  /** What this backend can and cannot do. */
  readonly capabilities: Capabilities;

  /** The value of a key, `null` when there is none. */
  get(key: string): Promise<V | null>;

  /** Sets a value, whatever was there before, with a time to live or without end. */
  set(key: string, value: Data, options?: KeyValueSetOptions): Promise<void>;

  /** Removes a key. Resolves to `false` when there was none; see {@link Capabilities.exactCounts}. */
  del(key: string): Promise<boolean>;

  /** Whether a key has a value. */
  has(key: string): Promise<boolean>;

  /**
   * The values of several keys, in the order of `keys`, `null` where there is none.
   *
   * @throws BatchError on backends that are asked key by key; `results` then has value or error of each
   */
  getMany(keys: Iterable<string>): Promise<(V | null)[]>;

  /**
   * Whether each of several keys has a value, in the order of `keys`.
   *
   * @throws BatchError on backends that are asked key by key; `results` then has answer or error of each
   */
  hasMany(keys: Iterable<string>): Promise<boolean[]>;

  /**
   * Sets several values, with the time to live of the call or with that of the entry: `[key, value, { ttl }]`. Entries with
   * a time to live are not set together with the others where {@link Capabilities.atomicSetMany} is `withoutTtl`.
   *
   * @throws BatchError where it is not atomic and some were refused: the others are set
   */
  setMany<E extends KeyValueEntriesOf<E> = KeyValueEntries>(entries: E, options?: KeyValueSetOptions): Promise<void>;

  /** Removes several keys. Resolves to how many of them existed; see {@link Capabilities.exactCounts}. */
  deleteMany(keys: Iterable<string>): Promise<number>;

  /**
   * Removes several keys like `deleteMany`, and tells for each whether it existed, in the order of `keys`. Of a key that is
   * given twice one is `true`.
   *
   * @throws BatchError on backends that are asked key by key; `results` then has answer or error of each
   */
  deleteEach(keys: Iterable<string>): Promise<boolean[]>;

  /**
   * Adds to a counter in one step on the server and resolves to the new value. A missing key counts as 0 and gets no
   * end; an end that it has stays.
   *
   * @param by whole number, default 1; see {@link Capabilities.incrementSteps}
   * @returns a `bigint` at run time when it is beyond 2^53
   * @throws ReplyError when the value is not a whole number
   */
  increment(key: string, by?: number): Promise<number>;

  /**
   * Gives an entry a new time to live, in ms from now and above 0; `Infinity` takes its end away. Resolves to `false`
   * when there is no such key.
   */
  expire(key: string, ttl: number): Promise<boolean>;

  /**
   * Gives an entry a new end, in milliseconds since 1970 by the clock of this process; `Infinity` takes its end away, and an
   * end that has passed removes the entry. Resolves to `false` when there is no such key.
   */
  expireAt(key: string, expiresAt: number): Promise<boolean>;

  /**
   * How many ms an entry still lives: `null` when there is no such key, `Infinity` when it does not end. It is rounded down
   * to {@link Capabilities.ttlGrain}, so that the entry lives at least that long.
   */
  ttl(key: string): Promise<number | null>;

  /**
   * Removes all entries whose key begins with `prefix`, and resolves to how many. `''` means everything below the prefix
   * of `keyValue()`, and without that one everything there is. On Redis and SSDB it walks through the keys: entries that
   * are added meanwhile may stay.
   */
  clear(prefix: string): Promise<number>;

  /** The keys that begin with `prefix` (default `''`: all), without the prefix of `keyValue()`. */
  keys(prefix?: string): AsyncIterable<string>;

  /**
   * The keys that begin with `prefix` (default `''`: all) with their values, page by page. What ends or is removed
   * meanwhile is left out, also on servers whose `keys()` still lists it. On Redis, keys of other types are left out.
   */
  entries(prefix?: string): AsyncIterable<readonly [key: string, value: V]>;
}

/** What `keyValue()` needs of a client, pool or lease: a way to send command values. */
export interface CommandSender<V> {
  /** What the client itself puts before every key. */
  readonly keyPrefix: string;
  /** Sends one command value. */
  send<T>(command: Command<T, V>): Promise<T>;
  /** Sends several. Rejects with BatchError when one of them fails. */
  sendAll<const Cs extends readonly Of<V>[]>(commands: Cs): Promise<Results<Cs>>;
}
