/**
 * The tests of cache-manager on each of the three servers: what they import as Keyv has our storage, and what
 * cache-manager imports itself is Keyv. Left out is what tests the storage of another client.
 */
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import base from '../../../../vitest.config.ts';

const here = new URL('.', import.meta.url).pathname;

const OURS: Readonly<Record<string, string>> = { keyv: 'keyv.ts', '@keyv/redis': 'keyv-redis.ts' };

const config: ViteUserConfig = defineConfig({
  ssr: base.ssr,
  plugins: [
    {
      name: 'our storage',
      enforce: 'pre',
      resolveId: (name, importer) => (importer?.includes('/tests/') && OURS[name] ? here + OURS[name] : undefined),
    },
  ],
  test: {
    root: here,
    include: ['tests/*.test.ts'],
    exclude: ['tests/keyv-adapter.test.ts'],
    testTimeout: 60_000,
    projects: ['Redis', 'SSDB', 'Gibson'].map((name) => ({
      extends: true as const,
      test: { name, env: { KV_FOREIGN_SERVER: name } },
    })),
  },
});

export default config;
