/** The types of ioredis for what has its shape: code that is written for it compiles. */
import type { Redis as KvRedis } from '@kv/redis';
import type {
  ClusterNode,
  Cluster as IoredisCluster,
  ClusterOptions as IoredisClusterOptions,
  RedisOptions as IoredisOptions,
  Redis as IoredisRedis,
} from 'ioredis';
import type { Options } from './options.ts';

/** What is more than ioredis has. */
export interface OnKv {
  /** The client under it, with all that ioredis has no words for: deadlines per call, sessions, async iterators. */
  readonly kv: KvRedis;
}

/** The option `replyMapping`. */
export type ReplyMapping = 'legacy' | 'resp3';

/** A client: an ioredis for the compiler, so that libraries take it. */
export type Redis<M extends ReplyMapping = 'legacy'> = IoredisRedis<M> & OnKv;

/** The option that says what types replies have. */
type Mapped<M extends ReplyMapping> = { readonly replyMapping?: M | undefined };

/** A client of a cluster. */
export type Cluster = IoredisCluster & OnKv;

/** Options of ioredis, and those of the client under it. */
export type RedisOptions = IoredisOptions & Pick<Options, 'address' | 'kv'>;

/** Options of a cluster. */
export type ClusterOptions = IoredisClusterOptions & Pick<Options, 'kv'>;

/** The class of clients, with the forms of its constructor. */
export interface RedisConstructor {
  new <M extends ReplyMapping = 'legacy'>(port: number, host: string, options: RedisOptions & Mapped<M>): Redis<M>;
  new <M extends ReplyMapping = 'legacy'>(path: string, options: RedisOptions & Mapped<M>): Redis<M>;
  new <M extends ReplyMapping = 'legacy'>(port: number, options: RedisOptions & Mapped<M>): Redis<M>;
  new (port: number, host: string): Redis;
  new <M extends ReplyMapping = 'legacy'>(options: RedisOptions & Mapped<M>): Redis<M>;
  new (port: number): Redis;
  new (path: string): Redis;
  new (): Redis;
  readonly prototype: Redis;
  readonly Cluster: ClusterConstructor;
  readonly Command: (typeof IoredisRedis)['Command'];
  createClient(options?: RedisOptions): Redis;
}

/** The class of clients of a cluster. */
export interface ClusterConstructor {
  new (startupNodes: readonly ClusterNode[], options?: ClusterOptions): Cluster;
  readonly prototype: Cluster;
}
