// WATCH belongs to a connection. On a connection that several tasks share, one task's EXEC ends the watch of all, and
// a change that another task made ends the wrong one's transaction. Run: npx tsx src/comparison/watch-leak.ts
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { Redis as IoRedis } from 'ioredis';
import { createClient, WatchError } from 'redis';

/** What a transaction on a client did. */
export type Outcome = 'written' | 'conflict';

/** Calls on one shared connection, in the order in which they are made. */
export interface SharedConnection {
  readonly name: string;
  watch(key: string): Promise<unknown>;
  get(key: string): Promise<string | null>;
  /** SET inside MULTI … EXEC. */
  writeInTransaction(key: string, value: string): Promise<Outcome>;
  close(): void;
}

/** What two tasks that meet on one connection saw. */
export interface Leak {
  readonly client: string;
  /** A task's watched key was changed by somebody else, and its transaction went through all the same. */
  readonly lostUpdate: boolean;
  /** A task whose own key no one touched was refused, because of the other task's key. */
  readonly falseConflict: boolean;
}

/**
 * Lets two tasks do watch, read, write on one shared connection, with a third party that changes the first one's key:
 *
 *     task A            task B            somebody else
 *     WATCH a
 *     GET a
 *                       WATCH b
 *                       MULTI SET b EXEC                    ends A's watch too
 *                                         SET a
 *     MULTI SET a EXEC                                      must be a conflict, and is not
 */
export async function findLeak(shared: SharedConnection, other: SharedConnection): Promise<Leak> {
  await shared.watch('a');
  await shared.get('a');
  await shared.watch('b');
  await shared.writeInTransaction('b', 'from B');
  await other.writeInTransaction('a', 'from somebody else');
  const lostUpdate = (await shared.writeInTransaction('a', 'from A, stale')) === 'written';

  await shared.watch('c');
  await shared.watch('d');
  await other.writeInTransaction('c', 'changed');
  const falseConflict = (await shared.writeInTransaction('d', 'nobody touched it')) === 'conflict';
  return { client: shared.name, lostUpdate, falseConflict };
}

/** ioredis, whose WATCH goes to the one connection that all calls share. */
export async function openIoredis({ port }: RedisServer): Promise<SharedConnection> {
  const redis = new IoRedis({ host: '127.0.0.1', port, lazyConnect: true });
  await redis.connect();
  return {
    name: 'ioredis',
    watch: (key) => redis.watch(key),
    get: (key) => redis.get(key),
    writeInTransaction: async (key, value) =>
      (await redis.multi().set(key, value).exec()) === null ? 'conflict' : 'written',
    close: () => redis.disconnect(),
  };
}

/** node-redis, used without a connection of the task's own. */
export async function openNodeRedis({ port }: RedisServer): Promise<SharedConnection> {
  const redis = createClient({ socket: { host: '127.0.0.1', port } });
  redis.on('error', () => {});
  await redis.connect();
  return {
    name: 'node-redis',
    watch: (key) => redis.watch(key),
    get: (key) => redis.get(key),
    writeInTransaction: (key, value) =>
      redis
        .multi()
        .set(key, value)
        .exec()
        .then(
          () => 'written',
          (error: unknown) => {
            if (error instanceof WatchError) return 'conflict';
            throw error;
          },
        ),
    close: () => redis.destroy(),
  };
}

/** Looks for the leak in both clients. */
export async function compareWatch(): Promise<Leak[]> {
  const leaks: Leak[] = [];
  await using server = await startRedis();
  for (const open of [openIoredis, openNodeRedis]) {
    const [shared, other] = [await open(server), await open(server)];
    leaks.push(await findLeak(shared, other));
    shared.close();
    other.close();
  }
  return leaks;
}

if (process.argv[1]?.endsWith('watch-leak.ts')) console.table(await compareWatch());
