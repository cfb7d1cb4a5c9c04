import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repository } from './versions.ts';

/** The packages of this repository that are measured. */
interface OwnPackages {
  redis: typeof import('@kv/redis');
  ssdb: typeof import('@kv/ssdb');
  gibson: typeof import('@kv/gibson');
}

/**
 * A package of this repository as it was built last, or of another checkout, to compare versions. What the other one does
 * not have yet fails when it is called.
 */
export function ownPackage<K extends keyof OwnPackages>(
  name: K,
  checkout: string = repository,
): Promise<OwnPackages[K]> {
  return import(pathToFileURL(join(checkout, 'packages', name, 'dist/index.js')).href) as Promise<OwnPackages[K]>;
}
