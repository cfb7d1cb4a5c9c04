import { defineConfig, type ViteUserConfig } from 'vitest/config';

// The conditions after @kv/source are Vitest's defaults: setting the option replaces them. `module` is not among them: it
// means files for bundlers, which Node can not always load.
const fromSource = ['@kv/source', 'node', 'development|production'];

const config: ViteUserConfig = defineConfig({
  ssr: { resolve: { conditions: fromSource } },
  test: {
    maxWorkers: '100%', // the default leaves one core idle, which is half of a machine with two
    expect: { poll: { timeout: 20_000 } }, // what a server reaches, on a machine where all tests run at once
    coverage: { provider: 'v8', include: ['packages/*/src/**/*.ts'], reporter: ['text', 'html', 'lcov'] },
    projects: [
      { extends: true, test: { name: 'unit', include: ['packages/*/src/**/*.test.ts'], testTimeout: 20_000 } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['packages/*/test/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['packages/*/{src,test}/**/*.test-d.ts'],
            tsconfig: './tsconfig.vitest.json',
          },
        },
      },
    ],
  },
});

export default config;
