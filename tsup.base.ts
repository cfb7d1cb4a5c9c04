import type { Options } from 'tsup';
import { setPublishedForm } from './esbuild.base.ts';

/** How `.d.ts` files are made: tsup sets an option that TypeScript 6 calls deprecated. */
export const declarations = { compilerOptions: { ignoreDeprecations: '6.0' } };

export const base: Options = {
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  target: 'node20',
  platform: 'node',
  dts: declarations,
  sourcemap: true,
  clean: true,
  treeshake: true,
  splitting: true, // the entries of a package share their code: one class, one specification, in ESM and in CommonJS
  removeNodeProtocol: false, // tsup strips 'node:' by default
  esbuildOptions: (options, { format }) => setPublishedForm(options, format),
};
