export type { AddressInput, CallOptions, ClientState, ClientStats, Command, StateChange } from '@kv/core';
export {
  AbortedError,
  ArgumentError,
  BatchError,
  ClosedError,
  ConnectionError,
  type ErrorCode,
  isKvError,
  KvError,
  type Outcome,
  ProtocolError,
  QueueFullError,
  ReplyError,
  type RetryMode,
  TimeoutError,
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
export { GibsonLease } from './lease.ts';
export type { ServerLimits } from './limits.ts';
export type { BatchOptions, GibsonClientOptions, GibsonOptions, GibsonPoolOptions } from './options.ts';
export { createPool, GibsonPool } from './pool.ts';
export type { Stats } from './replies.ts';
