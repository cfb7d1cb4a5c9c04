import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGibson } from '@kv/gibson';
import { createRedis } from '@kv/redis';
import { createSsdb } from '@kv/ssdb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Embedded, type EmbeddedServer, startEmbedded } from '../src/index.ts';

let folder: string;
let embedded: Embedded;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kv-'));
});
afterEach(async () => {
  await embedded.close();
  await rm(folder, { recursive: true, force: true });
});

/** How a server can be reached, as `startEmbedded` is told. */
const places = {
  'in memory': () => ({}),
  'on a port': () => ({ port: 0 }),
  'on a unix socket': (name: string) => ({ path: join(folder, name) }),
};

describe.each(Object.entries(places))("the family's own clients, %s", (_where, place) => {
  beforeEach(async () => {
    embedded = await startEmbedded({ redis: place('redis'), ssdb: place('ssdb'), gibson: place('gibson') });
  });

  const started = (server: EmbeddedServer | undefined): EmbeddedServer => {
    if (server === undefined) throw new Error('not started');
    return server;
  };

  test.each(['address', 'url'] as const)('reach Redis by its %s', async (form) => {
    await using redis = createRedis(started(embedded.redis)[form]);
    await redis.set('k', 'v', { ex: 60 });
    const popped = redis.blpop('queue', 0);
    await redis.rpush('queue', 'job');
    expect([await redis.get('k'), await popped]).toMatchObject(['v', { element: 'job' }]);
    embedded.advance(60_000);
    expect(await redis.get('k')).toBeNull();
  });

  test.each(['address', 'url'] as const)('reach SSDB by its %s', async (form) => {
    await using ssdb = createSsdb(started(embedded.ssdb)[form]);
    await ssdb.set('k', 'v');
    expect(await Promise.all([ssdb.get('k'), ssdb.incr('n'), ssdb.get('none')])).toEqual(['v', 1, null]);
  });

  test.each(['address', 'url'] as const)('reach Gibson by its %s', async (form) => {
    await using gibson = createGibson(started(embedded.gibson)[form]);
    await gibson.set('k', 'v');
    expect(await Promise.all([gibson.get('k'), gibson.inc('n'), gibson.get('none')])).toEqual(['v', 1, null]);
  });

  test.each(['address', 'url'] as const)('do not reach a closed server by its %s, be they old or new', async (form) => {
    const to = started(embedded.redis)[form];
    await using old = createRedis(to, { timeout: 300 });
    await old.set('k', 'v');
    await embedded.close();
    await using late = createRedis(to, { timeout: 300 });
    for (const redis of [old, late]) {
      await expect(redis.get('k')).rejects.toMatchObject({
        cause: { cause: { code: expect.stringMatching(/ECONNREFUSED|ENOENT/) } },
      });
    }
  });
});

test('embedded: addresses are private, embedded:name is shared', async () => {
  embedded = await startEmbedded({});
  await using first = createRedis('embedded:clients-test');
  await using second = createRedis('embedded:clients-test');
  await using alone = createRedis('embedded:');
  await first.set('k', 'v');
  expect([await second.get('k'), await alone.get('k')]).toEqual(['v', null]);
});
