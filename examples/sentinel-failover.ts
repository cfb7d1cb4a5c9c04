// Orders are taken while the primary dies: the client asks the sentinels, follows them to the next primary, and says of every
// call that was under way whether it may have run. Reads come from a replica, and go on.
//
//   npm run example examples/sentinel-failover.ts          (starts redis-server and three sentinels, and needs them installed)
//   SENTINEL_URL=redis+sentinel://s1,s2,s3/main for servers of your own: then let them fail over while it runs
import { subscribe } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRedis, isKvError, type TopologyEvent } from '@kv/redis';
import { startSentinels } from '@kv/testkit/topology/sentinels';

const { SENTINEL_URL } = process.env;
const servers = SENTINEL_URL === undefined ? await startSentinels({ replicas: 2, sentinels: 3 }) : undefined;
await using redis = createRedis(SENTINEL_URL ?? servers?.url, { keyPrefix: 'kv-example:', timeout: 20_000 });
const reports = redis.with({ readFrom: 'preferReplica' }); // a replica may lag behind: good enough for reports

redis.on('state', ({ from, to }) => console.log(`client: ${from} → ${to}`));
subscribe('kv:topology', (event) => {
  const { cause, moved, nodes } = event as TopologyEvent;
  if (moved > 0) console.log(`sentinels name a primary (${cause}), ${nodes} servers are known`);
});

/**
 * Takes an order. A write whose connection was lost may have run: adding the same member again does no harm, so it is
 * repeated. An INCR could not be: of it, `unknown` would have to be told to somebody who can look.
 */
async function take(order: string): Promise<'at once' | 'repeated'> {
  try {
    await redis.sadd('orders', order);
    return 'at once';
  } catch (error) {
    if (!isKvError(error) || error.outcome !== 'unknown') throw error;
    await redis.sadd('orders', order);
    return 'repeated';
  }
}

const taken = { 'at once': 0, repeated: 0 };
const closed = new AbortController();
async function shop(): Promise<void> {
  for (let i = 0; !closed.signal.aborted; i++) {
    taken[await take(`order ${i}`)] += 1;
    await sleep(5);
  }
}

let counted = 0;
async function report(): Promise<void> {
  for (; !closed.signal.aborted; counted++) {
    await reports.scard('orders');
    await sleep(5);
  }
}

await redis.del('orders');
const working = Promise.all([shop(), report()]);
await sleep(500);
if (servers === undefined) await sleep(20_000);
else {
  const old = servers.primary;
  console.log(`killing the primary ${old.host}:${old.port}`);
  await servers.kill(old);
  const { node } = await servers.waitForNewPrimary(old);
  console.log(
    `the sentinels agree on ${node.host}:${node.port}; the old one returns and thinks that it still is the primary`,
  );
  await servers.restart(old);
  await sleep(500);
}
closed.abort();
await working;

const { 'at once': atOnce, repeated } = taken;
console.log(
  `orders: ${atOnce} taken at once, ${repeated} after a repetition; ${await redis.scard('orders')} are stored`,
);
console.log(`reports: ${counted}, none failed`);
console.log(
  'servers:',
  redis
    .nodes()
    .map(({ role, address }) => `${role} ${address}`)
    .join(', '),
);
await redis.del('orders');
await servers?.close();
