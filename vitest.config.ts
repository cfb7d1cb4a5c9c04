import { defineConfig } from 'vitest/config';

const fromSource = ['@kv/source', 'module', 'node', 'development|production'];

export default defineConfig({
  ssr: { resolve: { conditions: fromSource } },
  test: {
    coverage: { provider: 'v8', include: ['packages/*/src/**/*.ts'], reporter: ['text', 'html', 'lcov'] },
    projects: [
      { extends: true, test: { name: 'unit', include: ['packages/*/src/**/*.test.ts'] } },
      { extends: true, test: { name: 'integration', include: ['packages/*/test/**/*.test.ts'], testTimeout: 30_000 } },
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
