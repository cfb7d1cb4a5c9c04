import { createGibson } from '@kv/gibson';
import { createRedis } from '@kv/redis';
import { createSsdb } from '@kv/ssdb';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Embedded, startEmbedded } from '../src/index.ts';

/** The part of the three clients that the tests use. */
interface Client extends AsyncDisposable {
  get(key: string): Promise<unknown>;
  set(key: string, value: string): Promise<unknown>;
}

/** All that Vitest fakes by default, and the microtasks that Jest fakes, too. */
const everything = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'performance',
  'queueMicrotask',
  'Date',
] as const;

type Servers = Embedded<{ redis: object; ssdb: object; gibson: object }>;

let embedded: Servers | undefined;

afterEach(async () => {
  vi.useRealTimers();
  await embedded?.close();
});

const clients: Readonly<Record<string, (servers: Servers) => Client>> = {
  redis: ({ redis }) => createRedis(redis.address),
  'redis with RESP2': ({ redis }) => createRedis(redis.address, { protocol: 2 }),
  ssdb: ({ ssdb }) => createSsdb(ssdb.address),
  gibson: ({ gibson }) => createGibson(gibson.address),
};

const cases = ['in memory', 'on a port'].flatMap((where) => Object.keys(clients).map((name) => [name, where] as const));

describe.each(cases)('%s %s, under fake timers', (name, where) => {
  async function open(): Promise<Client> {
    const at = where === 'in memory' ? true : { port: 0 };
    embedded = await startEmbedded({ redis: at, ssdb: at, gibson: at });
    const create = clients[name] as (servers: Servers) => Client;
    return create(embedded);
  }

  test('connects and answers when they are there from the start', async () => {
    vi.useFakeTimers({ toFake: [...everything] });
    await using client = await open();
    await client.set('k', 'v');
    expect(await client.get('k')).toBe('v');
  });

  test('answers when they come after the connection, and after they are gone', async () => {
    await using client = await open();
    await client.set('k', 'v');
    vi.useFakeTimers({ toFake: [...everything] });
    expect(await client.get('k')).toBe('v');
    vi.useRealTimers();
    expect(await client.get('k')).toBe('v');
  });

  test('answers calls that were made before they came and before they went', async () => {
    await using client = await open();
    await client.set('k', 'v');
    const before = client.get('k');
    vi.useFakeTimers({ toFake: [...everything] });
    const meanwhile = client.get('k');
    vi.useRealTimers();
    expect(await Promise.all([before, meanwhile, client.get('k')])).toEqual(['v', 'v', 'v']);
  });

  test('stays connected when they advance by an hour with a call under way', async () => {
    vi.useFakeTimers({ toFake: [...everything] });
    await using client = await open();
    await client.set('k', 'v');
    const pending = client.get('k');
    vi.advanceTimersByTime(3_600_000);
    expect(await pending).toBe('v');
    expect(vi.getTimerCount()).toBe(0); // no deadline of the client is among them
  });
});

test('a key expires for a client when fake timers advance', async () => {
  vi.useFakeTimers();
  await using servers = await startEmbedded({ redis: true });
  await using redis = createRedis(servers.redis.address);
  await redis.set('session', 'ada', { ex: 60 });
  vi.advanceTimersByTime(60_000);
  expect(await redis.get('session')).toBeNull();
});

test('a blocking command of a client ends when fake timers advance', async () => {
  vi.useFakeTimers();
  await using servers = await startEmbedded({ redis: true });
  await using redis = createRedis(servers.redis.address);
  const popped = redis.blpop('queue', 30);
  await vi.waitFor(async () => expect(await redis.info('clients')).toContain('blocked_clients:1'));
  vi.advanceTimersByTime(30_000);
  expect(await popped).toBeNull();
});

test('messages reach subscribers', async () => {
  vi.useFakeTimers({ toFake: [...everything] });
  await using servers = await startEmbedded({ redis: true });
  await using redis = createRedis(servers.redis.address);
  const subscription = await redis.subscribe('news');
  const message = new Promise((resolve) => subscription.on('message', resolve));
  await redis.publish('news', 'hello');
  expect(await message).toMatchObject({ channel: 'news' });
});
