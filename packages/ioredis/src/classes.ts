/** The classes as their users see them: with the types of ioredis. */
import { ReplyError } from '@kv/redis';
import { Cluster as ClusterShape } from './cluster.ts';
import { Redis as RedisShape } from './redis.ts';
import type {
  Cluster as ClusterClient,
  ClusterConstructor,
  Redis as RedisClient,
  RedisConstructor,
  ReplyMapping,
} from './types.ts';

/**
 * A client in the shape of ioredis, on a client of `@kv/redis`.
 *
 * @example
 * const redis = new Redis(6379, 'localhost')
 * await redis.set('a', 1, 'EX', 60)
 */
export const Redis: RedisConstructor = RedisShape as unknown as RedisConstructor;
/** A client. */
export type Redis<M extends ReplyMapping = 'legacy'> = RedisClient<M>;

/** A client of a cluster in the shape of ioredis. */
export const Cluster: ClusterConstructor = ClusterShape as unknown as ClusterConstructor;
/** A client of a cluster. */
export type Cluster = ClusterClient;

// Libraries tell a cluster by the name of its class, which bundlers change.
Object.defineProperty(RedisShape, 'name', { value: 'Redis' });
Object.defineProperty(ClusterShape, 'name', { value: 'Cluster' });
Object.assign(RedisShape, { Cluster: ClusterShape, Redis: RedisShape, ReplyError, default: RedisShape });
