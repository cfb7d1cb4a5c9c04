/** What the `KeyValue`s of all backends have in common: prefix, checks, times. */
import type { Data } from '../command/arguments.ts';
import { badArgument, checkOptions } from '../command/arguments.ts';
import { isBytes } from '../command/bytes.ts';
import { ArgumentError, type BatchError, isKvError } from '../errors.ts';
import type { KeyValueOptions, KeyValueSetOptions } from './key-value.ts';

const SPACE_OPTIONS: ReadonlySet<string> = new Set(['prefix']);
const SET_OPTIONS: ReadonlySet<string> = new Set(['ttl']);

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

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

  /** Keys with values, keys as the server knows them; of a key that occurs twice the last value. */
  entries(entries: unknown): Map<string, Data> {
    if (typeof entries !== 'object' || entries === null || isBytes(entries)) {
      throw badArgument('entries', 'an object, a Map or pairs', entries);
    }
    const pairs = Symbol.iterator in entries ? (entries as Iterable<unknown>) : Object.entries(entries);
    const result = new Map<string, Data>();
    for (const pair of pairs) {
      if (!Array.isArray(pair) || pair.length !== 2) throw badArgument('entries', 'pairs of key and value', pair);
      result.set(this.key(pair[0]), pair[1]);
    }
    return result;
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

/** The time to live in the options of `set`; none given = without end. @throws ArgumentError */
export function lifetimeOf(options: KeyValueSetOptions, maxTtl: number): number {
  checkOptions(options, SET_OPTIONS);
  return lifetime(options.ttl ?? Number.POSITIVE_INFINITY, maxTtl);
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
