import { createGibson } from '@kv/gibson';
import { createRedis } from '@kv/redis';
import { createSsdb } from '@kv/ssdb';
import { CountingPeer } from './peer.ts';
import { redisLogin } from './redis-login.ts';
import { UNHURRIED } from './unhurried.ts';

/** A client of one kind of server, logged in to a peer that has one value under one key. */
export interface Backend {
  readonly name: string;
  readonly peer: CountingPeer;
  /** Reads the value. */
  get(): Promise<unknown>;
  close(): Promise<void>;
}

const KEY = 'key:0001';
const VALUE = 'v'.repeat(16);

async function redis(protocol: 2 | 3): Promise<Backend> {
  const request = `*2\r\n$3\r\nGET\r\n$8\r\n${KEY}\r\n`;
  const peer = new CountingPeer({ request, reply: `$16\r\n${VALUE}\r\n`, login: redisLogin });
  const client = createRedis({ connect: peer.connect }, { ...UNHURRIED, protocol });
  await client.connect();
  peer.ready = true;
  return { name: `redis, RESP${protocol}`, peer, get: () => client.get(KEY), close: () => client.close() };
}

async function ssdb(): Promise<Backend> {
  const request = `3\nget\n8\n${KEY}\n\n`;
  const peer = new CountingPeer({ request, reply: `2\nok\n16\n${VALUE}\n\n`, login: () => '2\nok\n\n' });
  const client = createSsdb({ connect: peer.connect }, { ...UNHURRIED, connections: 1 });
  await client.connect();
  peer.ready = true;
  return { name: 'ssdb', peer, get: () => client.get(KEY), close: () => client.close() };
}

async function gibson(): Promise<Backend> {
  const login = (): Buffer => gibsonReply(5, '\0');
  const peer = new CountingPeer({ request: gibsonGet(KEY), reply: gibsonReply(6, VALUE), login });
  const client = createGibson({ connect: peer.connect }, { ...UNHURRIED, maxSize: 1 });
  await client.connect();
  peer.ready = true;
  return { name: 'gibson', peer, get: () => client.get(KEY), close: () => client.close() };
}

function gibsonGet(key: string): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt32LE(2 + key.length, 0);
  head.writeUInt16LE(3, 4);
  return Buffer.concat([head, Buffer.from(key)]);
}

function gibsonReply(code: number, payload: string): Buffer {
  const head = Buffer.alloc(7);
  head.writeUInt16LE(code, 0);
  head.writeUInt32LE(payload.length, 3);
  return Buffer.concat([head, Buffer.from(payload)]);
}

/** Opens each backend. */
export const backends: readonly (() => Promise<Backend>)[] = [() => redis(3), () => redis(2), ssdb, gibson];
