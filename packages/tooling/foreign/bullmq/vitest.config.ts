/**
 * The tests of BullMQ: its sources are those of the installed package, one file runs after the other, as there. Left out
 * is what tests other clients and other databases.
 */
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import base from '../../../../vitest.config.ts';

const here = new URL('.', import.meta.url).pathname;
const OTHERS = ['bun-*', 'node-redis', 'ioredis-client', 'valkey-glide-client', 'postgres-*', 'cluster', 'connection'];

const config: ViteUserConfig = defineConfig({
  ssr: base.ssr,
  resolve: {
    alias: [
      { find: /^(redis|\.\.\/src\/classes\/node-redis-client)$/, replacement: `${here}redis.ts` },
      { find: /^ioredis$/, replacement: `${here}ioredis.ts` },
    ],
  },
  test: {
    root: here,
    include: ['tests/*.test.ts'],
    exclude: OTHERS.map((name) => `tests/${name}.test.ts`),
    globalSetup: './server.ts',
    setupFiles: './setup.ts',
    fileParallelism: false,
    testTimeout: 10_000,
    hookTimeout: 10_000,
  },
});

export default config;
