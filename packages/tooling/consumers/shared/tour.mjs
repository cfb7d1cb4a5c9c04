// What a stranger tries first, with each client: a value, a batch, bytes, an error, and the end.
import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { createGibson } from '@kv/gibson';
import { createRedis, isKvError } from '@kv/redis';
import { get, incr } from '@kv/redis/commands';
import { createSsdb } from '@kv/ssdb';

/** Uses the three servers at these addresses, all at the same time; rejects when an answer is wrong. */
export async function tour({ redis, ssdb, gibson }) {
  await Promise.all([tourOfRedis(redis), tourOfSsdb(ssdb), tourOfGibson(gibson)]);
}

async function tourOfRedis(address) {
  const redis = createRedis(address, { timeout: 4000 });
  strictEqual(await redis.set('a', 1), 'OK');
  deepStrictEqual(await redis.sendAll([incr('a'), get('a')]), [2, '2']);
  deepStrictEqual([...(await redis.with({ bytes: true }).get('a'))], [50]);
  const long = 'x'.repeat(300_000); // more than one read of a socket
  await redis.set('long', long);
  strictEqual(await redis.get('long'), long);
  const error = await redis.lpush('a', 'b').catch((reason) => reason);
  ok(isKvError(error));
  strictEqual(error.code, 'REPLY');
  await receiveOneMessage(redis);
  await redis.close();
  strictEqual(redis.state, 'closed');
}

async function receiveOneMessage(redis) {
  const news = await redis.subscribe('news');
  const received = new Promise((resolve) => news.on('message', resolve));
  await redis.publish('news', 'hello');
  strictEqual((await received).message, 'hello');
  await news.close();
}

async function tourOfSsdb(address) {
  const ssdb = createSsdb(address, { timeout: 4000 });
  await ssdb.multiSet({ 'log:2': 'packed', 'log:1': 'ordered' });
  const log = [];
  for await (const [key] of ssdb.scanIterator({ prefix: 'log:' })) log.push(key);
  deepStrictEqual(log, ['log:1', 'log:2']);
  await ssdb.close();
}

async function tourOfGibson(address) {
  const gibson = createGibson(address, { timeout: 4000 });
  await gibson.set('page:7', '<html>', { ttl: 600 });
  strictEqual(await gibson.get('page:7'), '<html>');
  strictEqual(await gibson.mdel('page:'), 1);
  await gibson.close();
}
