/** Two real copies of a package in one process, as an application gets them that loads it by `import` and by `require`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Both copies; disposing removes their files. */
export interface TwoCopies<M> extends AsyncDisposable {
  readonly esm: M;
  readonly cjs: M;
}

/** Builds an entry with everything that it imports, once in each format, and loads both. */
export async function twoCopies<M>(entry: URL): Promise<TwoCopies<M>> {
  const folder = await mkdtemp(join(tmpdir(), 'kv-copies-'));
  const [esm, cjs] = [join(folder, 'copy.mjs'), join(folder, 'copy.cjs')];
  await bundled(entry, 'esm', esm);
  await bundled(entry, 'cjs', cjs);
  return {
    esm: (await import(/* @vite-ignore */ pathToFileURL(esm).href)) as M,
    cjs: createRequire(import.meta.url)(cjs) as M,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

async function bundled(entry: URL, format: 'esm' | 'cjs', outfile: string): Promise<void> {
  await build({
    entryPoints: [entry.pathname],
    outfile,
    format,
    bundle: true,
    platform: 'node',
    target: 'node20',
    conditions: ['@kv/source'],
    logLevel: 'error',
  });
}
