import { resolve } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { expect, it } from 'vitest';
import { entryInOneFile } from '../../../esbuild.base.ts';
import { repository } from '../src/published-entries.ts';

it('a program that imports @kv/redis reads three files of it, however much is loaded later', async () => {
  expect(await filesOf('redis', [entryInOneFile])).toBeLessThanOrEqual(3);
});

it('which takes the plugin of the build: without it esbuild cuts the same code into many files', async () => {
  expect(await filesOf('redis', [])).toBeGreaterThan(10);
});

it('a program that imports @kv/core loads neither TLS nor cryptography of Node.js until they are used', async () => {
  const { metafile } = await bundled('core', { index: 'src/index.ts' }, []);
  const modules = Object.values(metafile.outputs).flatMap(({ imports }) => imports);
  expect(modules.filter(({ kind }) => kind === 'import-statement').map(({ path }) => path)).toStrictEqual(
    expect.not.arrayContaining(['node:tls', 'node:crypto']),
  );
  expect(modules).toContainEqual(expect.objectContaining({ path: 'node:tls', kind: 'dynamic-import' }));
});

/** Files that an import of a package's entry reads at once. */
async function filesOf(name: string, plugins: Plugin[]): Promise<number> {
  const { metafile } = await bundled(name, { index: 'src/index.ts', commands: 'src/commands/index.ts' }, plugins);
  return readWith('dist/index.js', metafile, new Set()).size;
}

function bundled(name: string, entryPoints: Record<string, string>, plugins: Plugin[]) {
  return build({
    absWorkingDir: resolve(repository, 'packages', name),
    entryPoints,
    outdir: 'dist',
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    plugins,
  });
}

function readWith(file: string, metafile: Metafile, seen: Set<string>): Set<string> {
  seen.add(file);
  for (const { path, kind, external } of metafile.outputs[file]?.imports ?? [])
    if (kind === 'import-statement' && external !== true && !seen.has(path)) readWith(path, metafile, seen);
  return seen;
}
