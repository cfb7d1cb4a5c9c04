/** MEMORY: what the server uses its memory for. */
import { Command, type Data, read, toArg, write } from '@kv/core';
import { addInteger, checkOptions, type Int } from './support/arguments.ts';
import { double, mapValues, ok, text, texts, wholeOrNull } from './support/replies.ts';

const MEMORY_DOCTOR = read('MEMORY DOCTOR', null);
const MEMORY_HELP = read('MEMORY HELP', null);
const MEMORY_MALLOC_STATS = read('MEMORY MALLOC-STATS', null);
const MEMORY_PURGE = write('MEMORY PURGE', null);
const MEMORY_STATS = read('MEMORY STATS', null);
const MEMORY_USAGE = read('MEMORY USAGE');

/**
 * A report in plain English on memory problems, with advice.
 *
 * @since 4.0.0
 * @see https://redis.io/commands/memory-doctor/
 */
export function memoryDoctor<V = string>(): Command<string, V> {
  return new Command<string, V>(MEMORY_DOCTOR, [], text);
}

/**
 * The server's own help text on MEMORY, line by line.
 *
 * @since 4.0.0
 * @see https://redis.io/commands/memory-help/
 */
export function memoryHelp<V = string>(): Command<string[], V> {
  return new Command<string[], V>(MEMORY_HELP, [], texts);
}

/**
 * The report of the allocator.
 *
 * @since 4.0.0
 * @see https://redis.io/commands/memory-malloc-stats/
 */
export function memoryMallocStats<V = string>(): Command<string, V> {
  return new Command<string, V>(MEMORY_MALLOC_STATS, [], text);
}

/**
 * Asks the allocator to give memory back to the system.
 *
 * @since 4.0.0
 * @see https://redis.io/commands/memory-purge/
 */
export function memoryPurge<V = string>(): Command<'OK', V> {
  return new Command<'OK', V>(MEMORY_PURGE, [], ok);
}

/** Numbers by the server's own names (`peak.allocated`, …); per database (`db.0`) one more level. */
export type MemoryStats = Record<string, number | Record<string, number>>;

function stats(raw: unknown): MemoryStats {
  return mapValues(raw, (item) =>
    Array.isArray(item) || item instanceof Map ? mapValues(item, double) : double(item),
  );
}

/**
 * What memory is used for, in bytes and ratios; names differ between versions.
 *
 * @since 4.0.0
 * @see https://redis.io/commands/memory-stats/
 */
export function memoryStats<V = string>(): Command<MemoryStats, V> {
  return new Command<MemoryStats, V>(MEMORY_STATS, [], stats);
}

/** Options of {@link memoryUsage}. */
export interface MemoryUsageOptions {
  /**
   * How many elements of a collection are measured.
   *
   * @default 5, 0 = all
   */
  readonly samples?: Int | undefined;
}

const USAGE_OPTIONS = new Set(['samples']);

/**
 * How many bytes a key takes with all that belongs to it, or `null` when it is missing.
 *
 * @since 4.0.0
 * @see https://redis.io/commands/memory-usage/
 */
export function memoryUsage<V = string>(key: Data, options: MemoryUsageOptions = {}): Command<number | null, V> {
  checkOptions(options, USAGE_OPTIONS);
  const args = [toArg(key, 'key')];
  addInteger(args, 'SAMPLES', options.samples, 'samples', 0);
  return new Command<number | null, V>(MEMORY_USAGE, args, wholeOrNull);
}
