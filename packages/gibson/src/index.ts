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
  type Command,
  type CommandEvent,
  type CommandTrace,
  type Connect,
  type ConnectEvent,
  ConnectionError,
  type ConnectionEvent,
  type Engine,
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
  ReplyError,
  type RetryMode,
  type ServerInput,
  type ServerList,
  type ServerOf,
  type StateChange,
  type StateEvent,
  TimeoutError,
  type Transport,
} from '@kv/core';
export type { Pair, Value } from '@kv/gibson-parser';
export { createConnection, GibsonConnection } from './client/connection.ts';
export { createGibson, Gibson, type GibsonClass } from './client/gibson.ts';
export { type GibsonSender, keyValue } from './client/key-value.ts';
export { GibsonLease } from './client/lease.ts';
export type {
  BatchOptions,
  GibsonAddress,
  GibsonClientOptions,
  GibsonOptions,
  GibsonPoolOptions,
} from './client/options.ts';
export { createPool, GibsonPool } from './client/pool.ts';
export type { MgetOptions, SetOptions } from './commands/index.ts';
export type { Stats } from './commands/support/replies.ts';
export {
  KeyLockedError,
  MalformedRequestError,
  MemoryLimitError,
  NotANumberError,
  NotFoundError,
  ValueCutError,
} from './protocol/errors.ts';
export type { ServerLimits } from './protocol/limits.ts';
