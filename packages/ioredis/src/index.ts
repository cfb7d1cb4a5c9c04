export { ReplyError } from '@kv/redis';
export type {
  ChainableCommander,
  ClientContext,
  ClusterNode,
  ClusterStatus,
  DNSLookupFunction,
  DNSResolveSrvFunction,
  NatMap,
  NodeRole,
  RedisCommander,
  RedisKey,
  RedisStatus,
  RedisValue,
  Result,
  ScanStreamOptions,
  SentinelAddress,
} from 'ioredis';
export type { Callback } from './arguments.ts';
export { Cluster, Redis, Redis as default } from './classes.ts';
export { Command, type CommandOptions } from './command.ts';
export { MaxRetriesPerRequestError } from './errors.ts';
export { print } from './redis.ts';
export { ScanStream } from './scan-stream.ts';
export type { ClusterConstructor, ClusterOptions, OnKv, RedisConstructor, RedisOptions } from './types.ts';
