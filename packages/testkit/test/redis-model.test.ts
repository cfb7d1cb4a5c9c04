import { createRedis, type Redis } from '@kv/redis';
import { set } from '@kv/redis/commands';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FaultProxy, faultProxy } from '../src/fault-proxy.ts';
import type { Faults } from '../src/faults.ts';
import { checkModel } from '../src/model.ts';
import type { Ending } from '../src/model-entry.ts';
import { keysOf, type Operation, storedUnder } from '../src/model-plan.ts';
import type { ModelDriver, ModelSession } from '../src/model-run.ts';
import { type RedisServer, startRedis } from '../src/redis-server.ts';

let server: RedisServer;

beforeAll(async () => {
  server = await startRedis();
});

afterAll(async () => {
  await server.stop();
});

class RedisSession implements ModelSession {
  readonly #proxy: FaultProxy;
  readonly #redis: Redis;
  readonly #prefix: string;

  constructor(proxy: FaultProxy, prefix: string) {
    this.#proxy = proxy;
    this.#prefix = prefix;
    this.#redis = createRedis(`redis://127.0.0.1:${proxy.port}`, { timeout: 150 });
  }

  async run(operation: Operation): Promise<Ending> {
    try {
      return { how: 'done', value: await this.#call(operation) };
    } catch (error) {
      const { outcome } = error as { outcome?: string };
      if (outcome === 'notSent' || outcome === 'refused' || outcome === 'unknown') return { how: outcome };
      throw error;
    }
  }

  disturb(what: string): void {
    if (what === 'cut') this.#proxy.cut();
    else if (what === 'end') this.#proxy.cut('end');
    else if (what === 'half-open') this.#proxy.halfOpen();
    else if (what === 'stall') this.#proxy.stall();
    else this.#proxy.resume();
  }

  heal(): void {
    this.#proxy.faults = {};
    this.#proxy.cut();
  }

  async inspect(keys: readonly string[]): Promise<(string | null)[]> {
    await using direct = createRedis(server.url);
    return keys.length === 0 ? [] : await direct.mget(keys.map((key) => this.#prefix + key));
  }

  async close(): Promise<void> {
    await this.#redis.close();
    await this.#proxy.close();
  }

  async #call(operation: Operation): Promise<string | number | bigint | null> {
    const keys = keysOf(operation).map((key) => this.#prefix + key);
    const [first = ''] = keys;
    switch (operation.kind) {
      case 'read':
        return this.#redis.get(first);
      case 'increment':
        return this.#redis.incr(first);
      case 'write':
      case 'transaction': {
        const values = keysOf(operation).map((key) => storedUnder(key, operation.size));
        if (operation.kind === 'write') return String(await this.#redis.set(first, values[0] as string));
        const transaction = this.#redis.multi();
        for (const [i, key] of keys.entries()) void transaction.send(set(key, values[i] as string));
        await transaction.execute();
        return 'OK';
      }
      default:
        return null;
    }
  }
}

let sessions = 0;

const driver: ModelDriver = {
  settleWithin: 3000,
  open: async (connections: readonly Faults[]) => {
    const faults = (_random: unknown, index: number): Faults => connections[index] ?? {};
    return new RedisSession(await faultProxy(server, { faults }), `m${sessions++}:`);
  },
};

test('Redis: random operations under random faults keep every promise', async () => {
  const disturbances = ['cut', 'end', 'half-open', 'stall', 'resume'];
  // Foreign bytes can look like a reply, which no protocol without checksums can tell from a real one.
  const report = await checkModel(driver, {
    plans: 6,
    operations: 250,
    seed: 1,
    disturbances,
    faults: { garbage: false },
    shrinkRuns: 10,
  });
  expect(report.operations).toBeGreaterThan(1000);
  expect(report.faults).toBeGreaterThan(50);
  const { done = 0 } = report.endings;
  expect(done).toBeGreaterThan(200);
}, 180_000);
