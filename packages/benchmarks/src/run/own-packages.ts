import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as gibson from '@kv/gibson';
import type * as redis from '@kv/redis';
import type * as ssdb from '@kv/ssdb';
import { repository } from './versions.ts';

/** The packages of this repository that are measured. */
interface OwnPackages {
  redis: typeof redis;
  ssdb: typeof ssdb;
  gibson: typeof gibson;
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
