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
  ConflictError,
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
export { command } from './command-table.ts';
export { createConnection, RedisConnection } from './connection.ts';
export { Consumer, type ConsumerEvents, type ConsumerOptions } from './consumer.ts';
export { ReplyError, TransactionAbortedError } from './errors.ts';
export type { Credentials, CredentialsProvider } from './handshake.ts';
export { keyValue, type RedisSender } from './key-value.ts';
export type { MonitoredCommand } from './monitor.ts';
export { Multi } from './multi.ts';
export type { RedisClientOptions, RedisOptions, RedisPoolOptions } from './options.ts';
export { Pipeline } from './pipeline.ts';
export { createPool, RedisPool } from './pool.ts';
export { createRedis, Redis, type RedisClass } from './redis.ts';
export type { Script, ScriptOptions } from './scripts.ts';
export { RedisSession } from './session.ts';
export { type Gap, type Message, type Overflow, type SubscribeOptions, Subscription } from './subscription.ts';
export type { TransactionOptions } from './transaction.ts';
