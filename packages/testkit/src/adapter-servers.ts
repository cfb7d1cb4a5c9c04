/** The three servers that adapters are tried on: a real Redis, an embedded SSDB and an embedded Gibson. */
import type { KeyValue } from '@kv/core';
import { startEmbedded } from '@kv/embedded';
import { createGibson, keyValue as keyValueOfGibson } from '@kv/gibson';
import { createRedis, keyValue as keyValueOfRedis } from '@kv/redis';
import { createSsdb, keyValue as keyValueOfSsdb } from '@kv/ssdb';
import { namedServer, redisUnderTest } from './server-under-test.ts';

/** One server, with a client on it. */
export interface AdapterServer {
  readonly name: 'Redis' | 'SSDB' | 'Gibson';
  /** A `KeyValue` below the prefix. */
  open(prefix: string): KeyValue;
  /** Ends the client and the server, when it is one of the test. */
  close(): Promise<void>;
}

async function onRedis(): Promise<AdapterServer> {
  const server = await redisUnderTest();
  const redis = createRedis(server.url);
  const close = async (): Promise<void> => {
    await redis.close();
    await server.stop();
  };
  return { name: 'Redis', open: (prefix) => keyValueOfRedis(redis, { prefix }), close };
}

async function onSsdb(): Promise<AdapterServer> {
  const server = await startEmbedded({ ssdb: true });
  const ssdb = createSsdb(namedServer('ssdb')?.url ?? server.ssdb.address);
  const close = async (): Promise<void> => {
    await ssdb.close();
    await server.close();
  };
  return { name: 'SSDB', open: (prefix) => keyValueOfSsdb(ssdb, { prefix }), close };
}

async function onGibson(): Promise<AdapterServer> {
  const server = await startEmbedded({ gibson: true });
  const gibson = createGibson(namedServer('gibson')?.url ?? server.gibson.address);
  const close = async (): Promise<void> => {
    await gibson.close();
    await server.close();
  };
  return { name: 'Gibson', open: (prefix) => keyValueOfGibson(gibson, { prefix }), close };
}

/** Names of the servers with what starts them. Servers that `KV_TEST_…` names are used as they are. */
export const adapterServers: readonly (readonly [name: string, start: () => Promise<AdapterServer>])[] = [
  ['Redis', onRedis],
  ['SSDB', onSsdb],
  ['Gibson', onGibson],
];

/** A prefix that no other test uses: a named server may hold data of others. */
export function ownPrefix(): string {
  return `adapter-${process.pid}-${Date.now()}-${prefixes++}:`;
}

let prefixes = 0;
