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
  type Command,
  type CommandEvent,
  type Connect,
  type ConnectEvent,
  ConnectionError,
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
  ReplyError,
  type RetryMode,
  type StateChange,
  type StateEvent,
  TimeoutError,
  type Transport,
} from '@kv/core';
export type { Pair, Value } from '@kv/gibson-parser';
export type { MgetOptions, SetOptions } from './commands/index.ts';
export { createConnection, GibsonConnection } from './connection.ts';
export {
  KeyLockedError,
  MalformedRequestError,
  MemoryLimitError,
  NotANumberError,
  NotFoundError,
  ValueCutError,
} from './errors.ts';
export { createGibson, Gibson, type GibsonClass } from './gibson.ts';
export { type GibsonSender, keyValue } from './key-value.ts';
export { GibsonLease } from './lease.ts';
export type { ServerLimits } from './limits.ts';
export type { BatchOptions, GibsonClientOptions, GibsonOptions, GibsonPoolOptions } from './options.ts';
export { createPool, GibsonPool } from './pool.ts';
export type { Stats } from './replies.ts';
