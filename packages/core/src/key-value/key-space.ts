/** What the `KeyValue`s of all backends have in common: prefix, checks, times. */
import type { Data } from '../command/arguments.ts';
import { badArgument, checkOptions } from '../command/arguments.ts';
import { isBytes } from '../command/bytes.ts';
import { ArgumentError, type BatchError, isKvError } from '../errors.ts';
import type { KeyValueEntry, KeyValueOptions, KeyValueSetOptions } from './key-value.ts';

const SPACE_OPTIONS: ReadonlySet<string> = new Set(['prefix']);
const SET_OPTIONS: ReadonlySet<string> = new Set(['ttl', 'expiresAt']);

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** What `setMany` has to set: the key as the server knows it, and the time to live as {@link lifetimeOf} gives it. */
export interface EntryToSet {
  readonly key: string;
  readonly value: Data;
  readonly ttl: number;
}

/** The keys below one prefix. Every method checks what it is given. @throws ArgumentError */
export class KeySpace {
  /** The prefix itself. */
  readonly prefix: string;

  constructor(options: KeyValueOptions) {
    checkOptions(options, SPACE_OPTIONS);
    this.prefix = text(options.prefix ?? '', 'prefix');
  }

  /** How many bytes the prefix has, together with what the client puts before it. */
  bytesWith(keyPrefix: string): number {
    return new TextEncoder().encode(keyPrefix + this.prefix).length;
  }

  /** A key as the server knows it. */
  key(key: string): string {
    if (text(key, 'key') === '') throw new ArgumentError('key: must not be empty');
    return this.prefix + key;
  }

  /** Several keys as the server knows them. */
  keyList(keys: Iterable<string>): string[] {
    // Text is iterable too: its characters would be taken for keys.
    if (typeof keys !== 'object' || keys === null || !(Symbol.iterator in keys)) {
      throw badArgument('keys', 'a list of keys', keys);
    }
    return Array.from(keys, (key) => this.key(key));
  }

  /**
   * Keys with values, keys as the server knows them; of a key that occurs twice the last value. An entry without options
   * gets those of the call.
   */
  entries(entries: unknown, options: KeyValueSetOptions, maxTtl: number): EntryToSet[] {
    if (typeof entries !== 'object' || entries === null || isBytes(entries)) {
      throw badArgument('entries', 'an object, a Map or pairs', entries);
    }
    const shared = lifetimeOf(options, maxTtl);
    const result = new Map<string, EntryToSet>();
    const list = Symbol.iterator in entries ? (entries as Iterable<unknown>) : Object.entries(entries);
    for (const entry of list) {
      if (!isEntry(entry)) throw badArgument('entries', 'pairs of key and value', entry);
      const [name, value, own] = entry;
      const key = this.key(name);
      result.set(key, { key, value, ttl: own === undefined ? shared : lifetimeOf(own, maxTtl) });
    }
    return [...result.values()];
  }

  /** The beginning of keys as the server knows them. */
  begin(prefix: string): string {
    return this.prefix + text(prefix, 'prefix');
  }

  /** A key of the server as the user knows it. */
  strip(key: unknown): string {
    const whole = isBytes(key) ? decoder.decode(key) : String(key);
    return whole.slice(this.prefix.length);
  }
}

function isEntry(entry: unknown): entry is KeyValueEntry {
  return Array.isArray(entry) && (entry.length === 2 || entry.length === 3);
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw badArgument(name, 'a string', value);
  if (!value.isWellFormed())
    throw new ArgumentError(`${name}: the text has a lone surrogate, which UTF-8 cannot carry`);
  return value;
}

/** Whole milliseconds of a time to live, rounded up; `Infinity` = without end. @throws ArgumentError */
export function lifetime(ttl: number, maxTtl: number): number {
  if (typeof ttl !== 'number' || !(ttl > 0)) throw badArgument('ttl', 'milliseconds above 0, or Infinity', ttl);
  if (ttl > maxTtl && ttl !== Number.POSITIVE_INFINITY) {
    throw new ArgumentError(`ttl: expected at most ${maxTtl} ms, the most that this server keeps`);
  }
  return Math.ceil(ttl);
}

/**
 * Whole milliseconds until an end, by the clock of this process; `Infinity` = without end, 0 = it has passed.
 *
 * @throws ArgumentError
 */
export function lifetimeUntil(expiresAt: number, maxTtl: number): number {
  if (typeof expiresAt !== 'number' || Number.isNaN(expiresAt)) {
    throw badArgument('expiresAt', 'milliseconds since 1970, or Infinity', expiresAt);
  }
  const left = expiresAt - Date.now();
  return left > 0 ? lifetime(left, maxTtl) : 0;
}

/**
 * The time to live in the options of `set`; none given = without end, 0 = the end has passed.
 *
 * @throws ArgumentError
 */
export function lifetimeOf(options: KeyValueSetOptions, maxTtl: number): number {
  checkOptions(options, SET_OPTIONS);
  const { ttl, expiresAt } = options;
  if (expiresAt === undefined) return lifetime(ttl ?? Number.POSITIVE_INFINITY, maxTtl);
  if (ttl !== undefined) throw new ArgumentError('expiresAt: expected one of ttl and expiresAt, not both');
  return lifetimeUntil(expiresAt, maxTtl);
}

/** Whether entries have no end, all of them. */
export function areEndless(entries: readonly EntryToSet[]): boolean {
  return entries.every(({ ttl }) => ttl === Number.POSITIVE_INFINITY);
}

/**
 * For batches that the caller sees as one command: rejects with the error of the first member that failed, so that
 * `code` and `outcome` say what they say of any command.
 */
export async function asOne<T>(batch: Promise<T>): Promise<T> {
  try {
    return await batch;
  } catch (error) {
    if (!isKvError(error) || error.code !== 'BATCH') throw error;
    throw (error as BatchError).results.find((result) => result instanceof Error) ?? error;
  }
}

/** What an iterable gives, in lists of `size`. */
export async function* batches<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[], void, undefined> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
