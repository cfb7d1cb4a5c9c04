/** What `require('@kv/ioredis')` gives: the class itself, with all other names on it, as ioredis has it. */
import all = require('../dist/index.cjs');

/** A client. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- it is the class of the other entry, and so has its members
interface Redis extends all.Redis {}

/** A client in the shape of ioredis, on a client of `@kv/redis`. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- see above
declare class Redis {
  constructor(port: number, host: string, options: all.RedisOptions);
  constructor(path: string, options: all.RedisOptions);
  constructor(port: number, options: all.RedisOptions);
  constructor(port: number, host: string);
  constructor(options: all.RedisOptions);
  constructor(port: number);
  constructor(path: string);
  constructor();
  static createClient(options?: all.RedisOptions): Redis;
}

declare namespace Redis {
  export type Callback<T = unknown> = all.Callback<T>;
  export import Cluster = all.Cluster;
  export type ClusterConstructor = all.ClusterConstructor;
  export type ClusterOptions = all.ClusterOptions;
  export import Command = all.Command;
  export type CommandOptions = all.CommandOptions;
  export import MaxRetriesPerRequestError = all.MaxRetriesPerRequestError;
  export type OnKv = all.OnKv;
  export import Redis = all.Redis;
  export type RedisConstructor = all.RedisConstructor;
  export type RedisOptions = all.RedisOptions;
  export import ReplyError = all.ReplyError;
  export import ScanStream = all.ScanStream;
  export import print = all.print;
  export { Redis as default };
}

export = Redis;
