import { Command, read } from '@kv/core';
import { createRedis } from '@kv/redis';
import { CountingPeer } from './peer.ts';
import { redisLogin } from './redis-login.ts';
import { UNHURRIED } from './unhurried.ts';

const PING = read('PING', null);

/** Names of the functions between the transport and the conversion of a reply, from the inside. */
export async function replyStack(): Promise<readonly string[]> {
  const peer = new CountingPeer({ request: '*1\r\n$4\r\nPING\r\n', reply: '+PONG\r\n', login: redisLogin });
  await using redis = createRedis({ connect: peer.connect }, UNHURRIED);
  await redis.connect();
  peer.ready = true;
  const stack = await redis.send(new Command(PING, [], stackOfCaller));
  return stack.slice(
    0,
    stack.findIndex((name) => /^answer\d*$/.test(name)),
  ); // the peer; bundling may number it
}

function stackOfCaller(): string[] {
  Error.stackTraceLimit = 50;
  const lines = new Error().stack?.split('\n').slice(2) ?? [];
  return lines.map((line) => /at (?:async )?(?:[\w$]+\.)?([\w$#]+)/.exec(line)?.[1] ?? line.trim());
}
