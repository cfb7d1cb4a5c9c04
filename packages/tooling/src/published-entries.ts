import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the repository. */
export const repository: string = fileURLToPath(new URL('../../..', import.meta.url));

/** One module that users import: `@kv/redis/commands` and the source file behind it. */
export interface Entry {
  /** Name of the package with the subpath. */
  readonly specifier: string;
  /** Absolute path of its TypeScript source. */
  readonly source: string;
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, unknown>>>>;
}

/** Every entry point of every published package, read from the `@kv/source` condition of its `exports`. */
export function publishedEntries(): Entry[] {
  const packages = join(repository, 'packages');
  return readdirSync(packages).flatMap((folder) => entriesOf(join(packages, folder)));
}

function entriesOf(home: string): Entry[] {
  const file = join(home, 'package.json');
  if (!existsSync(file)) return [];
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  if (manifest.private) return [];
  return Object.entries(manifest.exports ?? {}).flatMap(([path, target]) => {
    const source = typeof target === 'object' ? target['@kv/source'] : undefined;
    return typeof source === 'string' ? [{ specifier: manifest.name + path.slice(1), source: join(home, source) }] : [];
  });
}
