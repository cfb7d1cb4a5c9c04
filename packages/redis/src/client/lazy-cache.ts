import { type Client, outsideOfCalls } from '@kv/core';
import type { CacheOptions } from './cache-options.ts';
import { extensionOf } from './client-extension.ts';

/** Loads the code of the cache, which most programs never use. Calls of cached views, and connections, wait for it. */
export function loadCache(client: Client, options: CacheOptions, keyPrefix?: string): void {
  const loading = outsideOfCalls(() => import('../cache/cache.ts'));
  const loaded = loading.then(({ Cache }) => new Cache(client, options, keyPrefix));
  loaded.catch(() => undefined); // who waits for it says so
  extensionOf(client).loadingCache = loaded;
}
