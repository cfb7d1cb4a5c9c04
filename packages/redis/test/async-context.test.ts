/** Which async context listeners run in, and which contexts a connection keeps. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { faultProxy } from '@kv/testkit/fault-proxy';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRedis } from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Whether the garbage collector takes an object, in some turns. */
async function isCollected(object: WeakRef<object>): Promise<boolean> {
  for (let i = 0; i < 50 && object.deref() !== undefined; i++) {
    await turn();
    gc();
  }
  return object.deref() === undefined;
}

describe.each([2, 3] as const)('async contexts in RESP%i', (protocol) => {
  it('listeners of the state run in the context in which they were added [#24]', async () => {
    const storage = new AsyncLocalStorage<string>();
    const redis = createRedis(server.url, { protocol });
    const seen = new Set<unknown>();
    storage.run('adder', () => redis.on('state', () => seen.add(storage.getStore())));
    await storage.run('caller', () => redis.set('k', 'v'));
    await storage.run('closer', () => redis.close());
    expect([...seen]).toEqual(['adder']);
  });

  it('a client keeps nothing of the context of the call that made it connect [#24]', async () => {
    const storage = new AsyncLocalStorage<object>();
    await using proxy = await faultProxy(server);
    await using redis = createRedis(`redis://127.0.0.1:${proxy.port}`, { protocol, backoff: { min: 1, max: 5 } });
    const contexts: WeakRef<object>[] = [];
    const inContext = async (call: () => Promise<unknown>): Promise<void> => {
      const context = { large: new Uint8Array(1000) };
      contexts.push(new WeakRef(context));
      await storage.run(context, call);
    };
    await inContext(() => redis.get('k'));
    await inContext(() => redis.blpop('none', 0.01));
    await inContext(async () => void (await redis.session()));
    proxy.cut();
    await inContext(() => redis.get('k'));
    await turn();
    expect(await Promise.all(contexts.map(isCollected))).toEqual(contexts.map(() => true));
    expect(redis.stats().connections.shared.size).toBe(1);
  });
});
