/**
 * Every command as a function that makes a command value: `redis.send(get('a'))`. Import only what you use; the rest
 * is left out by bundlers. The makers are here too, for commands of your own.
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
export { blocking, Command, float, idempotent, integer, Keys, read, spec, stateful, toArg, write } from '@kv/core';
export * from './acl.ts';
export * from './bitmap.ts';
export * from './client.ts';
export * from './client-tracking.ts';
export * from './cluster.ts';
export * from './cluster-nodes.ts';
export * from './cluster-slots.ts';
export * from './command-info.ts';
export * from './config.ts';
export * from './connection.ts';
export * from './function.ts';
export * from './geo.ts';
export * from './geo-radius.ts';
export * from './hash.ts';
export * from './hash-expiry.ts';
export * from './hash-fields.ts';
export * from './hash-scan.ts';
export * from './hyperloglog.ts';
export * from './key.ts';
export * from './key-expiry.ts';
export * from './latency.ts';
export * from './lcs.ts';
export * from './list.ts';
export * from './list-move.ts';
export * from './list-pop.ts';
export * from './memory.ts';
export * from './migrate.ts';
export * from './module.ts';
export * from './pubsub.ts';
export * from './replication.ts';
export * from './scripting.ts';
export * from './server.ts';
export * from './set.ts';
export * from './slowlog.ts';
export * from './sort.ts';
export * from './sorted-set.ts';
export * from './sorted-set-combine.ts';
export * from './sorted-set-pop.ts';
export * from './sorted-set-range.ts';
export * from './sorted-set-range-deprecated.ts';
export * from './sorted-set-rank.ts';
export * from './sorted-set-scan.ts';
export * from './stream.ts';
export * from './stream-claim.ts';
export * from './stream-group.ts';
export * from './stream-info.ts';
export * from './stream-pending.ts';
export * from './string.ts';
export * from './string-counter.ts';
export * from './string-part.ts';
export type {
  AtMostOne,
  Cursor,
  ExactlyOne,
  Int,
  Limit,
  Many,
  ScanOptions,
} from './support/arguments.ts';
export type { ExpireCondition } from './support/expire-condition.ts';
export type {
  GeoCenter,
  GeoDetails,
  GeoMatch,
  GeoPlace,
  GeoPosition,
  GeoSelection,
  GeoShape,
  GeoUnit,
  NoGeoDetails,
} from './support/geo-places.ts';
export type { Side } from './support/list-sides.ts';
export type { Scored } from './support/replies.ts';
export * as replies from './support/replies.ts';
export type { ScriptKeys } from './support/script-arguments.ts';
export type { LexBound, RangeBound, Score, ScoreBound, ScoredMember } from './support/sorted-sets.ts';
export type {
  HistoryEntry,
  MaybeTrim,
  StreamEntry,
  StreamId,
  StreamIds,
  StreamPositions,
  Trim,
} from './support/streams.ts';
