import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { repository } from './published-entries.ts';

/**
 * Bytes that a program adds to an application: bundled from source, minified, gzipped. Node's own modules and
 * `@kv/embedded` (loaded only when an address asks for it, from where it is then) stay outside.
 *
 * @param program source text of the program, with imports of family packages
 */
export async function bundleSize(program: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: repository, loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@kv/source'],
    logLevel: 'silent', // a failure rejects with all messages
  });
  return gzipSync(outputFiles[0]?.contents ?? '').length;
}
