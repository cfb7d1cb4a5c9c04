import type { OpenClient } from './adapters/adapter.ts';

/** A client in the comparison. */
export interface ClientUnderTest {
  readonly name: string;
  /** Column head. */
  readonly title: string;
  /** npm package whose version is reported. */
  readonly package?: string;
  /** Runtime of its process: Node unless it is Bun's; `c` is redis-benchmark, which is no JavaScript. */
  readonly runtime: 'node' | 'bun' | 'c';
  readonly load: () => Promise<OpenClient>;
}

const foreign = (): never => {
  throw new Error('redis-benchmark has no adapter');
};

/** All clients, in the order of the table. */
export const clients: readonly ClientUnderTest[] = [
  {
    name: 'kv',
    title: '@kv/redis',
    package: '@kv/redis',
    runtime: 'node',
    load: async () => (await import('./adapters/kv.ts')).open,
  },
  {
    name: 'ioredis',
    title: 'ioredis, auto-pipelining',
    package: 'ioredis',
    runtime: 'node',
    load: async () => (await import('./adapters/ioredis.ts')).open,
  },
  {
    name: 'ioredis-plain',
    title: 'ioredis',
    package: 'ioredis',
    runtime: 'node',
    load: async () => (await import('./adapters/ioredis.ts')).openPlain,
  },
  {
    name: 'node-redis',
    title: 'node-redis',
    package: 'redis',
    runtime: 'node',
    load: async () => (await import('./adapters/node-redis.ts')).open,
  },
  {
    name: 'glide',
    title: 'valkey-glide',
    package: '@valkey/valkey-glide',
    runtime: 'node',
    load: async () => (await import('./adapters/glide.ts')).open,
  },
  {
    name: 'bun',
    title: 'Bun built-in',
    runtime: 'bun',
    load: async () => (await import('./adapters/bun.ts')).open,
  },
  { name: 'c', title: 'redis-benchmark (C)', runtime: 'c', load: foreign },
];
