/** What `require('@kv/ioredis')` gives: the class itself, with all other names on it, as ioredis has it. */
import all = require('../dist/index.cjs');

/** A client. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- it is the class of the other entry, and so has its members
interface Redis<M extends 'legacy' | 'resp3' = 'legacy'> extends all.Redis<M> {}

/** Options that say what types replies have. */
interface MappedOptions<M extends 'legacy' | 'resp3'> extends all.RedisOptions {
  readonly replyMapping?: M;
}

/** A client in the shape of ioredis, on a client of `@kv/redis`. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- see above
declare class Redis<M extends 'legacy' | 'resp3' = 'legacy'> {
  constructor(port: number, host: string, options: MappedOptions<M>);
  constructor(path: string, options: MappedOptions<M>);
  constructor(port: number, options: MappedOptions<M>);
  constructor(port: number, host: string);
  constructor(options: MappedOptions<M>);
  constructor(port: number);
  constructor(path: string);
  constructor();
  static createClient(options?: all.RedisOptions): Redis;
}

declare namespace Redis {
  export type Callback<T = unknown> = all.Callback<T>;
  export type ChainableCommander = all.ChainableCommander;
  export type ClientContext = all.ClientContext;
  export import Cluster = all.Cluster;
  export type ClusterConstructor = all.ClusterConstructor;
  export type ClusterNode = all.ClusterNode;
  export type ClusterOptions = all.ClusterOptions;
  export type ClusterStatus = all.ClusterStatus;
  export const Command: all.RedisConstructor['Command'];
  export type Command = all.Command;
  export type CommandOptions = all.CommandOptions;
  export type DNSLookupFunction = all.DNSLookupFunction;
  export type DNSResolveSrvFunction = all.DNSResolveSrvFunction;
  export import MaxRetriesPerRequestError = all.MaxRetriesPerRequestError;
  export type OnKv = all.OnKv;
  export import Redis = all.Redis;
  export type RedisCommander<C extends all.ClientContext = { type: 'default' }> = all.RedisCommander<C>;
  export type RedisConstructor = all.RedisConstructor;
  export type RedisKey = all.RedisKey;
  export type RedisOptions = all.RedisOptions;
  export type RedisStatus = all.RedisStatus;
  export type RedisValue = all.RedisValue;
  export type NatMap = all.NatMap;
  export type NodeRole = all.NodeRole;
  export type ScanStreamOptions = all.ScanStreamOptions;
  export type SentinelAddress = all.SentinelAddress;
  export import ReplyError = all.ReplyError;
  export type Result<T, C extends all.ClientContext> = all.Result<T, C>;
  export import ScanStream = all.ScanStream;
  export import print = all.print;
  export { Redis as default };
}

export = Redis;
