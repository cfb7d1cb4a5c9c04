import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { repository } from './published-entries.ts';

/** Leaves out what is loaded later, unless it is said to be loaded. */
function leavingOut(loaded: RegExp | undefined): Plugin {
  return {
    name: 'dynamic imports',
    setup: ({ onResolve }) => {
      onResolve({ filter: /^\./ }, ({ kind, path }) =>
        kind === 'dynamic-import' && loaded?.test(path) !== true ? { path, external: true } : undefined,
      );
    },
  };
}

/**
 * Bytes that a program loads: bundled from source, minified, gzipped. Node's own modules and `@kv/embedded` (loaded only
 * when an address asks for it, from where it is then) stay outside.
 *
 * @param program source text of the program, with imports of family packages
 * @param loaded paths that the program loads with `import()`; others are left out
 */
export async function bundleSize(program: string, loaded?: RegExp): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: repository, loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@kv/source'],
    plugins: [leavingOut(loaded)],
    logLevel: 'silent', // a failure rejects with all messages
  });
  return gzipSync(outputFiles[0]?.contents ?? '').length;
}
