export {
  AbortedError,
  type Address,
  type AddressInput,
  ArgumentError,
  type BackoffDelay,
  BatchError,
  type BatchTrace,
  type CallOptions,
  type Capabilities,
  type ClientEvents,
  type ClientState,
  type ClientStats,
  ClosedError,
  Command,
  type CommandEvent,
  type CommandTrace,
  type CommonOptions,
  ConflictError,
  type Connect,
  type ConnectEvent,
  ConnectionError,
  type ConnectionEvent,
  type Data,
  type DiscoveryFailure,
  type Engine,
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
export { Multi } from './batch/multi.ts';
export { Pipeline } from './batch/pipeline.ts';
export type { Script, ScriptOptions } from './batch/scripts.ts';
export type { TransactionOptions } from './batch/transaction.ts';
export type { CacheEvent } from './cache/cache-channel.ts';
export type { CacheStats } from './cache/cache-stats.ts';
export type { CacheCallOptions, CacheOptions } from './client/cache-options.ts';
export type { RawCallOptions, RedisCallOptions, SessionOptions } from './client/call-options.ts';
export { createConnection, RedisConnection } from './client/connection.ts';
export { createRedis } from './client/create-redis.ts';
export { keyValue, type RedisSender } from './client/key-value.ts';
export type { RedisAddress, RedisClientOptions, RedisOptions, RedisPoolOptions } from './client/options.ts';
export { createPool, RedisPool } from './client/pool.ts';
export { Redis, type RedisClass, type RedisStats } from './client/redis.ts';
export type { SentinelAccess } from './client/sentinel-options.ts';
export { RedisSession } from './client/session.ts';
export type { LockOptions } from './lock/lock-options.ts';
export type { RedisLock } from './lock/redis-lock.ts';
export { type CommandFlag, type CommandInfo, commandInfo, commandNames } from './protocol/command-info.ts';
export { command } from './protocol/command-table.ts';
export { ReplyError, TransactionAbortedError } from './protocol/errors.ts';
export type { Credentials, CredentialsProvider } from './protocol/handshake.ts';
export { inResp2 } from './protocol/resp2-replies.ts';
export type { MonitorOptions } from './pubsub/monitor.ts';
export type { MonitoredCommand } from './pubsub/monitor-line.ts';
export type { Overflow, SubscribeOptions } from './pubsub/subscribe-options.ts';
export { type Gap, type Message, Subscription } from './pubsub/subscription.ts';
export { Consumer, type ConsumerClient, type ConsumerEvents } from './streams/consumer.ts';
export type { ConsumerOptions } from './streams/consumer-options.ts';
export type { RedisNode } from './topology/node-list.ts';
export type { ReadFrom } from './topology/read-from.ts';
export type { TopologyEvent } from './topology/topology-channel.ts';
export type { ServerInput } from './topology/topology-input.ts';
