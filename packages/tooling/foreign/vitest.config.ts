import { defineConfig, type ViteUserConfig } from 'vitest/config';
import base from '../../../vitest.config.ts';

const config: ViteUserConfig = defineConfig({
  ssr: base.ssr,
  test: {
    root: new URL('../../..', import.meta.url).pathname,
    include: ['packages/tooling/.foreign/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

export default config;
