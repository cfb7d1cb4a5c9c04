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
export * from './acl.ts';
export * from './bitmap.ts';
export * from './client.ts';
export * from './command-info.ts';
export * from './config.ts';
export * from './connection.ts';
export * from './hash.ts';
export * from './hyperloglog.ts';
export * from './key.ts';
export * from './latency.ts';
export * from './list.ts';
export * from './memory.ts';
export * from './migrate.ts';
export * from './module.ts';
export * from './replication.ts';
export * from './server.ts';
export * from './set.ts';
export * from './slowlog.ts';
export * from './sort.ts';
export * from './sorted-set.ts';
export * from './sorted-set-combine.ts';
export * from './sorted-set-range.ts';
export * from './stream.ts';
export * from './stream-group.ts';
export * from './stream-info.ts';
export * from './string.ts';
