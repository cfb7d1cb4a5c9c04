import type { KeyValue } from '@kv/core';

/** Options of {@link kvDriver}. */
export interface KvDriverOptions {
  /**
   * Seconds that an item lives when `setItem` does not say (`{ ttl }`), as in the drivers of unstorage.
   *
   * @default items do not end
   */
  readonly ttl?: number | undefined;
}

/** What can be said per call; unstorage passes it through. */
export interface KvItemOptions {
  /** Seconds that the item lives. */
  readonly ttl?: number | undefined;
}

/** Several items of one call. */
export interface KvItem {
  readonly key: string;
  readonly options?: KvItemOptions | undefined;
}

/** A driver of unstorage. It has all that `createStorage` asks for, and no types of unstorage. */
export interface KvDriver {
  readonly name: 'kv';
  readonly options: KvDriverOptions;
  readonly flags: { readonly ttl: true };
  /** The `KeyValue` that the driver was made with. */
  getInstance(): KeyValue;
  hasItem(key: string): Promise<boolean>;
  getItem(key: string): Promise<string | null>;
  getItems(items: readonly KvItem[]): Promise<{ key: string; value: string | null }[]>;
  setItem(key: string, value: string, options?: KvItemOptions): Promise<void>;
  setItems(items: readonly (KvItem & { readonly value: string })[], common?: KvItemOptions): Promise<void>;
  removeItem(key: string): Promise<void>;
  /** `ttl`: the seconds that are left, when the item ends. */
  getMeta(key: string): Promise<{ ttl?: number } | null>;
  getKeys(base?: string): Promise<string[]>;
  clear(base?: string): Promise<void>;
}

/**
 * A driver of unstorage on any server of the family. `getItems`, `setItems` and `clear` are few commands, however many
 * items there are. Closing stays with the client: `storage.dispose()` leaves it open.
 *
 * @example
 * import { createGibson, keyValue } from '@kv/gibson'
 *
 * const gibson = createGibson('gibson://localhost')
 * const driver = kvDriver(keyValue(gibson, { prefix: 'storage:' }), { ttl: 3600 }) // createStorage({ driver })
 */
export function kvDriver(kv: KeyValue, options: KvDriverOptions = {}): KvDriver {
  const endOf = (...given: (KvItemOptions | undefined)[]): { ttl: number | undefined } =>
    milliseconds(given.find((one) => one?.ttl !== undefined)?.ttl ?? options.ttl);
  return {
    name: 'kv',
    options,
    flags: { ttl: true },
    getInstance: () => kv,
    hasItem: (key) => kv.has(key),
    getItem: (key) => kv.get(key),
    getItems: (items) => getItems(kv, items),
    setItem: (key, value, own) => kv.set(key, value, endOf(own)),
    setItems: (items, common) =>
      kv.setMany(items.map((item) => [item.key, item.value, endOf(item.options, common)] as const)),
    removeItem: async (key) => {
      await kv.del(key);
    },
    getMeta: (key) => getMeta(kv, key),
    getKeys: (base) => getKeys(kv, base),
    clear: async (base) => {
      await kv.clear(base ?? '');
    },
  };
}

/** As for the drivers of unstorage, 0 means without end. */
function milliseconds(seconds: number | undefined): { ttl: number | undefined } {
  return { ttl: seconds ? seconds * 1000 : undefined };
}

async function getItems(kv: KeyValue, items: readonly KvItem[]): Promise<{ key: string; value: string | null }[]> {
  const values = await kv.getMany(items.map(({ key }) => key));
  return items.map(({ key }, at) => ({ key, value: values[at] ?? null }));
}

async function getMeta(kv: KeyValue, key: string): Promise<{ ttl?: number } | null> {
  const left = await kv.ttl(key);
  if (left === null) return null;
  return left === Number.POSITIVE_INFINITY ? {} : { ttl: left / 1000 };
}

/** Each once: Redis may list a key twice. */
async function getKeys(kv: KeyValue, base = ''): Promise<string[]> {
  const names = new Set<string>();
  for await (const key of kv.keys(base)) names.add(key);
  return [...names];
}
