import type { Options } from 'tsup';
import { entryInOneFile, setPublishedForm } from './esbuild.base.ts';

/**
 * How `.d.ts` files are made. tsup sets an option that TypeScript 6 calls deprecated. The only names that they take from
 * outside of the language are `AsyncDisposable` and `Symbol.asyncDispose`: with the reference they need neither
 * `@types/node` nor a `lib` of the user's.
 */
export const declarations = {
  compilerOptions: { ignoreDeprecations: '6.0' },
  banner: '/// <reference lib="esnext.disposable" />',
};

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
  esbuildPlugins: [entryInOneFile],
  esbuildOptions: (options, { format }) => setPublishedForm(options, format),
};
