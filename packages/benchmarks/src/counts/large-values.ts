import { createRedis } from '@kv/redis';
import { type Passes, passes } from './passes.ts';
import { CountingPeer } from './peer.ts';
import { redisLogin } from './redis-login.ts';
import { UNHURRIED } from './unhurried.ts';

/** How often the bytes of one large value are passed over, by what is done with them. */
export type LargeCounts = Readonly<Record<'getBytes' | 'getText' | 'setBytes' | 'setText', Passes>>;

const LENGTH = 1 << 20;
const VALUE = 'v'.repeat(LENGTH);
const GET = '*2\r\n$3\r\nGET\r\n$1\r\nk\r\n';
const SET = `*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$${LENGTH}\r\n${VALUE}\r\n`;

/** Reads and writes a value of 1 MB, as text and as bytes; the reply comes in pieces of 64 kB. */
export async function countLargeValues(): Promise<LargeCounts> {
  const bytes = Buffer.alloc(LENGTH, 'v');
  return {
    getBytes: await count(GET, `$${LENGTH}\r\n${VALUE}\r\n`, (redis) => redis.with({ bytes: true }).get('k')),
    getText: await count(GET, `$${LENGTH}\r\n${VALUE}\r\n`, (redis) => redis.get('k')),
    setBytes: await count(SET, '+OK\r\n', (redis) => redis.set('k', bytes)),
    setText: await count(SET, '+OK\r\n', (redis) => redis.set('k', VALUE)),
  };
}

async function count(
  request: string,
  reply: string,
  call: (redis: ReturnType<typeof createRedis>) => Promise<unknown>,
): Promise<Passes> {
  const peer = new CountingPeer({ request, reply, login: redisLogin });
  await using redis = createRedis({ connect: peer.connect }, UNHURRIED);
  await redis.connect();
  peer.ready = true;
  const before = { ...passes };
  await call(redis);
  return {
    copied: (passes.copied - before.copied) / LENGTH,
    decoded: (passes.decoded - before.decoded) / LENGTH,
    encoded: (passes.encoded - before.encoded) / LENGTH,
  };
}
