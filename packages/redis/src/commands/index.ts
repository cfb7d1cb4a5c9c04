/**
 * Every command as a function that makes a command value: `redis.send(get('a'))`. Import only what you use; the rest
 * is left out by bundlers. The makers are here too, for commands of your own.
 */
export type { AnyCommand, Arg, Data, KeySpec, Spec, Transform } from '@kv/core';
export { block, Command, data, float, idempotent, integer, Keys, read, spec, state, write } from '@kv/core';
export type {
  AtMostOne,
  Cursor,
  Entries,
  EntryArgs,
  ExactlyOne,
  Int,
  Limit,
  Many,
  Off,
  ScanOptions,
} from '../arguments.ts';
export * as replies from '../replies.ts';
export * from './list.ts';
export * from './set.ts';
export * from './sorted-set.ts';
export * from './sorted-set-combine.ts';
export * from './sorted-set-range.ts';
export * from './string.ts';
