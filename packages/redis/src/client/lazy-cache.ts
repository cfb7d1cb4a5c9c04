import { type AnyCommand, type Client, type Engine, outsideOfCalls } from '@kv/core';
import type { CachedCallOptions, CacheOptions } from './cache-options.ts';
import { extensionOf } from './client-extension.ts';

/** Loads the code of the cache, which most programs never use. Calls of cached views, and connections, wait for it. */
export function loadCache(client: Client, options: CacheOptions, keyPrefix?: string): void {
  const loading = outsideOfCalls(() => import('../cache/cache.ts'));
  const loaded = loading.then(({ Cache }) => new Cache(client, options, keyPrefix));
  loaded.catch(() => undefined); // who waits for it says so
  extensionOf(client).loadingCache = loaded;
}

/** Sends a command of a cached view: through the cache, when its code is loaded. */
export function sendCached<T>(client: Engine, command: AnyCommand<T>, call: CachedCallOptions): Promise<T> {
  const { cache, loadingCache } = extensionOf(client);
  return (
    cache?.send(client, command, call) ??
    loadingCache?.then((loaded) => loaded.send(client, command, call)) ??
    client.send(command, call)
  );
}
