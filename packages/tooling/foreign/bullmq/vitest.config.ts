/**
 * The tests of BullMQ, one file after the other, as there. Left out is what tests other clients, other databases, and how
 * BullMQ itself is built.
 */
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import base from '../../../../vitest.config.ts';

const here = new URL('.', import.meta.url).pathname;
const CLIENTS = ['bun-*', 'node-redis', 'ioredis-client', 'valkey-glide-client', 'cluster', 'connection'];
const OTHERS = [...CLIENTS, 'postgres-*', 'script_loader'];

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
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

export default config;
