import { ownPackage } from '../run/own-packages.ts';
import type { ClientUnderTest, OpenOptions, ServerPlace } from '../suite.ts';
import { clients } from '../suites/redis/clients.ts';

/** What a client does while the latency of its small calls is measured. */
export interface TailClient {
  readonly small: (key: string) => Promise<unknown>;
  readonly setLarge: (key: string, value: string | Buffer) => Promise<unknown>;
  readonly getLarge: (key: string) => Promise<unknown>;
  readonly close: () => Promise<void> | void;
}

/** One column of the table of tails. */
export interface TailContender extends Pick<ClientUnderTest<unknown>, 'name' | 'title' | 'runtime' | 'package'> {
  readonly open: (place: ServerPlace, bytes: boolean) => Promise<TailClient>;
}

/** The clients of the other tables, as they are by default. */
const byDefault: readonly TailContender[] = clients.flatMap(({ open, ...client }) => {
  return open === undefined ? [] : [{ ...client, open: (place, bytes) => openDefault(open, place, bytes) }];
});

async function openDefault(
  open: NonNullable<(typeof clients)[number]['open']>,
  place: ServerPlace,
  bytes: boolean,
): Promise<TailClient> {
  const options: OpenOptions = { ...place, bytes, cache: false, depth: 64 };
  const client = await open(options);
  return {
    small: (key) => client.get(key),
    setLarge: (key, value) => client.set(key, value),
    getLarge: (key) => client.get(key),
    close: () => client.close(),
  };
}

async function openBulk({ host, port }: ServerPlace, bytes: boolean): Promise<TailClient> {
  const { createRedis } = await ownPackage('redis');
  const redis = createRedis({ host, port }, { bulkAbove: 32_768, bytes });
  const bulk = redis.with({ bulk: true });
  await redis.connect();
  return {
    small: (key) => redis.get(key),
    setLarge: (key, value) => redis.set(key, value),
    getLarge: (key) => bulk.get(key),
    close: () => redis.close(),
  };
}

/** All columns, in the order of the table. */
export const tailContenders: readonly TailContender[] = [
  { name: 'kv-bulk', title: '@kv/redis, bulkAbove', package: '@kv/redis', runtime: 'node', open: openBulk },
  ...byDefault,
];
