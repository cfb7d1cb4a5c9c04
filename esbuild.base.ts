import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';

/** What every published build sets; also for tests that build a package as it is published. */
export function setPublishedForm(options: BuildOptions, format: 'esm' | 'cjs' | 'iife'): void {
  options.sourcesContent = false; // the maps lead to src, which the package holds
  // In CommonJS import() becomes require(): Jest runs it without --experimental-vm-modules.
  if (format === 'cjs') options.supported = { ...options.supported, 'dynamic-import': false };
}

/**
 * Keeps what `src/index.ts` imports in one file. esbuild cuts code by which entries and `import()`s reach it, and with a
 * dozen `import()`s a program that imports the package would read some thirty files, which takes twice as long as one.
 * With this, each module that is loaded later also imports the entry, so that all of the entry's code is reached alike.
 */
export const entryInOneFile: Plugin = {
  name: 'entry-in-one-file',
  setup({ initialOptions, onLoad, onResolve }) {
    const entry = resolve(initialOptions.absWorkingDir ?? '.', 'src/index.ts');
    const loadedLater = new Set<string>();
    initialOptions.logOverride = { ...initialOptions.logOverride, 'ignored-bare-import': 'silent' };
    onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      if (kind === 'dynamic-import') loadedLater.add(resolve(resolveDir, path));
      return undefined;
    });
    onResolve({ filter: /^the-entry$/ }, () => ({ path: entry }));
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (!loadedLater.has(path)) return undefined;
      return { contents: `${await readFile(path, 'utf8')}\nimport 'the-entry';`, loader: 'ts' };
    });
  },
};
