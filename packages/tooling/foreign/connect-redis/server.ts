/** In place of the server that connect-redis starts on a port of its own. */
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';

let server: RedisServer | undefined;

/** Where the server listens, once it is started. */
export let port = 0;

/** Starts it. */
export async function connect(): Promise<void> {
  server = await startRedis();
  port = server.port;
}

/** Stops it. */
export async function disconnect(): Promise<void> {
  await server?.stop();
}
