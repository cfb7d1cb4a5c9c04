export {
  AbortedError,
  type Address,
  type AddressInput,
  ArgumentError,
  type BackoffDelay,
  BatchError,
  type BatchTrace,
  type CallOptions,
  type CallPart,
  type Capabilities,
  type ClientEvents,
  type ClientState,
  type ClientStats,
  ClosedError,
  Command,
  type CommandEvent,
  type CommandTrace,
  type CommonOptions,
  type Connect,
  type ConnectEvent,
  ConnectionError,
  type ConnectionEvent,
  type Data,
  type Engine,
  type Entries,
  type EntriesOf,
  type EntryArgs,
  type ErrorCode,
  isKvError,
  type KeyValue,
  type KeyValueEntries,
  type KeyValueOptions,
  type KeyValueSetOptions,
  KvError,
  type Outcome,
  PartialError,
  ProtocolError,
  QueueFullError,
  type RetryMode,
  type ServerInput,
  type ServerList,
  type ServerOf,
  type StateChange,
  type StateEvent,
  TimeoutError,
  type Transport,
} from '@kv/core';
export type { Reply } from '@kv/ssdb-parser';
export { Pipeline } from './batch/pipeline.ts';
export { createConnection, SsdbConnection } from './client/connection.ts';
export { keyValue, type SsdbSender } from './client/key-value.ts';
export { SsdbLease } from './client/lease.ts';
export type {
  ShardOptions,
  SsdbAddress,
  SsdbClientOptions,
  SsdbOptions,
  SsdbPoolOptions,
  SsdbServer,
} from './client/options.ts';
export { createPool, SsdbPool } from './client/pool.ts';
export { createSsdb, Ssdb, type SsdbClass } from './client/ssdb.ts';
export type { DumpOptions, InfoSection, SlaveofOptions, SyncOptions } from './commands/server.ts';
export type { Int, Many, ScoreBound } from './commands/support/arguments.ts';
export type { KeyRange, Scored, ServerInfo } from './commands/support/replies.ts';
export type { ZscanOptions } from './commands/zset-range.ts';
export { command } from './protocol/command-table.ts';
export {
  AuthenticationError,
  CommandError,
  KeyRangeError,
  ReadonlyError,
  ReplyError,
  StorageError,
} from './protocol/errors.ts';
export type { Password } from './protocol/handshake.ts';
export type { ScanOptions, ZscanIteratorOptions } from './streams/scan.ts';
export type { DumpEntry, StorageKey, SyncCommand, SyncEntry } from './streams/streams.ts';
