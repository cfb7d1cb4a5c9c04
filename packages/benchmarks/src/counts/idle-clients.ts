import { setTimeout } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { createRedis, type Redis } from '@kv/redis';
import { CountingPeer } from './peer.ts';
import { redisLogin } from './redis-login.ts';

/** Opened before others are measured: until then functions get their bytecode, and objects their shapes. */
const WARM_UP = 60;
const CLIENTS = 200;

/** Bytes of V8's heap per client of Redis that is connected and does nothing; the peer and its transport take some of it. */
export async function heapBytesPerIdleClient(): Promise<number> {
  const peer = new CountingPeer({ request: 'r', reply: 'r', login: redisLogin });
  const kept: Redis[] = [];
  await openMore(kept, peer, WARM_UP);
  const before = await usedHeap();
  await openMore(kept, peer, CLIENTS);
  return ((await usedHeap()) - before) / (kept.length - WARM_UP);
}

async function openMore(kept: Redis[], { connect }: CountingPeer, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const client = createRedis({ connect });
    await client.connect();
    kept.push(client);
  }
}

/** So many looks in a row that see the same say that what connecting has left behind is over. */
const ALIKE = 3;
/** No program needs as many. */
const MOST_LOOKS = 500;

/** When it does not change any more, after everything is collected that can be. */
async function usedHeap(): Promise<number> {
  let alike = 0;
  for (let looks = 0, last = -1; looks < MOST_LOOKS; looks++) {
    await setTimeout(10);
    const used = collectedHeap();
    alike = used === last ? alike + 1 : 1;
    last = used;
    if (alike === ALIKE) return used;
  }
  throw new Error(`the heap of idle clients: it still changes (${MOST_LOOKS} looks)`);
}

function collectedHeap(): number {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  return getHeapStatistics().used_heap_size;
}
