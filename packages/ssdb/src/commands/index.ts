/**
 * Every command as a function that makes a command value: `ssdb.send(get('a'))`. Import only what you use; the rest is
 * left out by bundlers. The makers are here too, for commands of your own.
 */
export type {
  AnyCommand,
  Arg,
  Data,
  Entries,
  EntriesOf,
  EntryArgs,
  FieldsOf,
  KeySpec,
  Spec,
  Transform,
} from '@kv/core';
export { Command, idempotent, integer, Keys, read, spec, stateful, toArg, write } from '@kv/core';
export * from './hash.ts';
export * from './kv.ts';
export * from './kv-part.ts';
export * from './queue.ts';
export * from './server.ts';
export type { Int, Many, ScoreBound } from './support/arguments.ts';
export type { KeyRange, Scored, ServerInfo } from './support/replies.ts';
export * as replies from './support/replies.ts';
export * from './zset.ts';
export * from './zset-range.ts';
