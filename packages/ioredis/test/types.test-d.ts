/** What is written for ioredis compiles. */
import type { Cluster as IoredisCluster, RedisOptions as IoredisOptions, Redis as IoredisRedis } from 'ioredis';
import { expectTypeOf, test } from 'vitest';
import Default, { type Callback, Cluster, Command, Redis, type RedisOptions, type Result } from '../src/index.ts';

declare module '../src/index.ts' {
  interface RedisCommander<Context> {
    pairOf(key: string, value: string, callback?: Callback<string[]>): Result<string[], Context>;
  }
}

declare function library(client: IoredisRedis): void;
declare function clusterLibrary(client: IoredisCluster): void;

test('a client is an ioredis for libraries', () => {
  library(new Redis());
  library(new Default(6379, 'localhost', { db: 1 }));
  library(new Redis('redis://localhost', { lazyConnect: true }));
  library(new Redis().duplicate());
  clusterLibrary(new Cluster([{ host: 'h', port: 1 }, 'h:1', 6379], { redisOptions: { password: 'p' } }));
  expectTypeOf(new Redis.Cluster(['h'])).toExtend<IoredisCluster>();
});

test('options of ioredis are options', () => {
  expectTypeOf<IoredisOptions>().toExtend<RedisOptions>();
  const options: RedisOptions = { retryStrategy: () => null, maxRetriesPerRequest: null, kv: { retry: 'always' } };
  expectTypeOf(new Redis(options)).toEqualTypeOf<Redis>();
  // @ts-expect-error unknown values are refused
  new Redis({ maxRetriesPerRequest: 'many' });
});

test('calls have the types that they have in ioredis', () => {
  const redis = new Redis();
  expectTypeOf(redis.get('a')).resolves.toEqualTypeOf<string | null>();
  expectTypeOf(redis.getBuffer('a')).resolves.toEqualTypeOf<Buffer | null>();
  expectTypeOf(redis.set('a', 1, 'EX', 60, 'NX')).resolves.toEqualTypeOf<'OK' | null>();
  expectTypeOf(redis.hgetall('h')).resolves.toEqualTypeOf<Record<string, string>>();
  expectTypeOf(redis.pipeline().get('a').exec()).resolves.toEqualTypeOf<[Error | null, unknown][] | null>();
  redis.on('message', (channel, message) => expectTypeOf([channel, message]).toEqualTypeOf<string[]>());
  void redis.get('a', (error, reply) => expectTypeOf([error, reply]).not.toBeAny());
  // @ts-expect-error a key is missing
  void redis.get();
});

test('the client under it has the types of @kv/redis', () => {
  expectTypeOf(new Redis().kv.get('a')).resolves.toEqualTypeOf<string | null>();
  expectTypeOf(new Command('get', ['a']).promise).resolves.toBeUnknown();
});

test('replyMapping decides the types of replies, as in ioredis', () => {
  const options = { replyMapping: 'resp3' } as const;
  expectTypeOf(new Redis(options).zscore('z', 'a')).resolves.toEqualTypeOf<number | null>();
  expectTypeOf(new Redis(6379, 'localhost', options).config('GET', 'a')).resolves.not.toExtend<unknown[]>();
  expectTypeOf(new Redis().zscore('z', 'a')).resolves.toEqualTypeOf<string | null>();
});

test('scripts that are declared as commands are methods of clients and of pipelines', () => {
  expectTypeOf(new Redis().pairOf('k', 'v')).resolves.toEqualTypeOf<string[]>();
  expectTypeOf(new Redis().pipeline().pairOf('k', 'v').get('a').exec()).resolves.not.toBeAny();
});

test('transformers are written without types, as in ioredis', () => {
  Redis.Command.setReplyTransformer('hgetall', (reply) => reply.length);
});
