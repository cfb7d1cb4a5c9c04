/** The `KeyValue` contract on a real cluster. */
import { keyValueSuite } from '@kv/testkit/key-value-suite';
import { startCluster } from '@kv/testkit/topology/cluster';
import { describe, expect, it } from 'vitest';
import { createRedis, keyValue } from '../../src/index.ts';

describe('KeyValue on a cluster [#161]', () => {
  keyValueSuite(async () => {
    const cluster = await startCluster({ replicas: 0 });
    const redis = createRedis(cluster.url);
    const bytes = redis.with({ bytes: true });
    const close = async (): Promise<void> => {
      await redis.close();
      await cluster.close();
    };
    return { open: (prefix) => keyValue(redis, { prefix }), openBytes: (prefix) => keyValue(bytes, { prefix }), close };
  });
});

it('says that entries of a slot are set together, and those of several slots are not [#161]', async () => {
  await using redis = createRedis('redis+cluster://127.0.0.1:1');
  expect(keyValue(redis).capabilities.atomicSetMany).toBe('perSlot');
});
