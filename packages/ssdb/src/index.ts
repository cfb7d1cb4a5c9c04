export {
  AbortedError,
  type Address,
  type AddressInput,
  ArgumentError,
  BatchError,
  type CallOptions,
  type Capabilities,
  type ClientState,
  type ClientStats,
  ClosedError,
  Command,
  type CommandEvent,
  type CommonOptions,
  type Connect,
  type ConnectEvent,
  ConnectionError,
  type Data,
  type ErrorCode,
  isKvError,
  type KeyValue,
  type KeyValueEntries,
  type KeyValueOptions,
  type KeyValueSetOptions,
  KvError,
  type Outcome,
  ProtocolError,
  QueueFullError,
  type RetryMode,
  type StateChange,
  type StateEvent,
  TimeoutError,
  type Transport,
} from '@kv/core';
export type { Reply } from '@kv/ssdb-parser';
export type { Entries, EntryArgs, Int, Many, ScoreBound } from './arguments.ts';
export { command } from './command-table.ts';
export type { DumpOptions, InfoSection, SlaveofOptions, SyncOptions } from './commands/server.ts';
export type { ZscanOptions } from './commands/zset.ts';
export { createConnection, SsdbConnection } from './connection.ts';
export {
  AuthenticationError,
  CommandError,
  KeyRangeError,
  ReadonlyError,
  ReplyError,
  StorageError,
} from './errors.ts';
export type { Password } from './handshake.ts';
export { keyValue, type SsdbSender } from './key-value.ts';
export { SsdbLease } from './lease.ts';
export type { SsdbClientOptions, SsdbOptions, SsdbPoolOptions } from './options.ts';
export { Pipeline } from './pipeline.ts';
export { createPool, SsdbPool } from './pool.ts';
export type { KeyRange, Scored, ServerInfo } from './replies.ts';
export type { ScanOptions, ZscanIteratorOptions } from './scan.ts';
export { createSsdb, Ssdb, type SsdbClass } from './ssdb.ts';
export type { DumpEntry, StorageKey, SyncCommand, SyncEntry } from './streams.ts';
