import { join } from 'node:path';
import { packageVersion } from '../run/versions.ts';

/** One column of the table of costs. */
export interface CostClient {
  readonly name: string;
  readonly title: string;
  /** npm package. */
  readonly package: string;
  /** Version that is installed where only its size is measured. */
  readonly version?: string;
  /** A small program that uses it, for the compiler; without it only the size is measured. */
  readonly program?: string;
  /** Another checkout of this repository. */
  readonly checkout?: string;
}

/** What all programs do: connect, a few calls, a transaction. */
const OWN = `import { createRedis } from '@kv/redis';
const redis = createRedis('redis://localhost');
export const value: string | null = await redis.get('a');
export const all: Record<string, string> = await redis.hgetall('h');
const multi = redis.multi();
void multi.set('a', '1');
void multi.incr('n');
export const results: readonly unknown[] = await multi.execute();
await redis.close();
`;

/** All clients whose costs are compared. */
export const costClients: readonly CostClient[] = [
  { name: 'kv', title: '@kv/redis', package: '@kv/redis', program: OWN },
  {
    name: 'ioredis',
    title: 'ioredis',
    package: 'ioredis',
    program: `import { Redis } from 'ioredis';
const redis = new Redis('redis://localhost');
export const value: string | null = await redis.get('a');
export const all: Record<string, string> = await redis.hgetall('h');
export const results: unknown = await redis.multi().set('a', '1').incr('n').exec();
redis.disconnect();
`,
  },
  {
    name: 'node-redis',
    title: 'node-redis',
    package: 'redis',
    program: `import { createClient } from 'redis';
const redis = await createClient({ url: 'redis://localhost' }).connect();
export const value: string | null = await redis.get('a');
export const all: Record<string, string> = await redis.hGetAll('h');
export const results: readonly unknown[] = await redis.multi().set('a', '1').incr('n').exec();
redis.destroy();
`,
  },
  {
    name: 'glide',
    title: 'valkey-glide',
    package: '@valkey/valkey-glide',
    program: `import { Batch, GlideClient } from '@valkey/valkey-glide';
const redis = await GlideClient.createClient({ addresses: [{ host: 'localhost' }] });
export const value: unknown = await redis.get('a');
export const all: unknown = await redis.hgetall('h');
export const results: unknown = await redis.exec(new Batch(true).set('a', '1').incr('n'), true);
redis.close();
`,
  },
  { name: 'iovalkey', title: 'iovalkey', package: 'iovalkey', version: '0.4.0' },
];

/** The client of another checkout, as one more column. */
export function earlierClient(checkout: string): CostClient {
  return { name: 'before', title: 'before', package: '@kv/redis', program: OWN, checkout };
}

/** What `import()` takes to load it. */
export function moduleOf({ package: name, checkout }: CostClient, repository: string): string {
  return name === '@kv/redis' ? join(checkout ?? repository, 'packages/redis/dist/index.js') : name;
}

/** Version that is measured. */
export function versionOf({ package: name, version }: CostClient): string {
  return version ?? packageVersion(name);
}
