import { EventEmitter } from 'node:events';
import type { KeyValue } from '@kv/core';

/** One entry of {@link Keyv5Store.setMany}. */
export interface Keyv5StoreEntry {
  /** The key as Keyv has prefixed it: `namespace:key`. */
  readonly key: string;
  /** The value as Keyv has serialized it. */
  readonly value: unknown;
  /** Milliseconds that it lives. Left out: it does not end. */
  readonly ttl?: number | undefined;
}

/**
 * Storage of Keyv 5 on any server of the family, also for what is built on Keyv 5: cache-manager, cacheable, the cache of
 * Nest. Keyv itself puts its namespace before the keys; leave its `useKeyPrefix` on. Values must be serialized, as they
 * are by default. Closing stays with the client: `keyv.disconnect()` leaves it open.
 *
 * @example
 * import { createSsdb, keyValue } from '@kv/ssdb'
 *
 * const ssdb = createSsdb('ssdb://localhost')
 * const store = new Keyv5Store(keyValue(ssdb, { prefix: 'cache:' })) // new Keyv({ store })
 */
export class Keyv5Store extends EventEmitter {
  /** Set by Keyv 5: what `clear()` removes. (Keyv 6 would leave its keys without a prefix if this were there before.) */
  declare namespace?: string | undefined;

  /** Keyv 5 iterates only over storages whose name it knows. */
  readonly opts: { readonly dialect: 'redis'; readonly url: '' } = { dialect: 'redis', url: '' };

  readonly #kv: KeyValue;

  constructor(kv: KeyValue) {
    super();
    this.#kv = kv;
  }

  /** The serialized value, `undefined` when there is none. A failure is an `error` event as well: Keyv 5 hides it. */
  async get<Value>(key: string): Promise<Value | undefined> {
    try {
      return asStored<Value>(await this.#kv.get(key));
    } catch (error) {
      if (this.listenerCount('error') > 0) this.emit('error', error);
      throw error;
    }
  }

  /** The serialized values, in the order of the keys. */
  async getMany<Value>(keys: readonly string[]): Promise<(Value | undefined)[]> {
    return (await this.#kv.getMany(keys)).map((value) => asStored<Value>(value));
  }

  /**
   * Sets a value.
   *
   * @param ttl milliseconds; left out = it does not end
   */
  async set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    await this.#kv.set(key, value as string, { ttl });
    return true;
  }

  /** Sets several values, each with a time to live of its own. On Redis all of them appear at once. */
  async setMany(entries: readonly Keyv5StoreEntry[]): Promise<void> {
    await this.#kv.setMany(entries.map(({ key, value, ttl }) => [key, value as string, { ttl }] as const));
  }

  /** Whether there is an entry. */
  async has(key: string): Promise<boolean> {
    return this.#kv.has(key);
  }

  /** Whether there is an entry, for each of the keys. */
  async hasMany(keys: readonly string[]): Promise<boolean[]> {
    return this.#kv.hasMany(keys);
  }

  /** Removes an entry. Resolves to `false` when there was none. */
  async delete(key: string): Promise<boolean> {
    return this.#kv.del(key);
  }

  /** Removes entries. Resolves to whether one of them was there. */
  async deleteMany(keys: readonly string[]): Promise<boolean> {
    return (await this.#kv.deleteMany(keys)) > 0;
  }

  /** Removes the entries of the namespace; without one everything below the prefix of the `KeyValue`. */
  async clear(): Promise<void> {
    await this.#kv.clear(begin(this.namespace));
  }

  /** The entries of a namespace, page by page: keys with the namespace, values as Keyv has serialized them. */
  async *iterator<Value>(namespace?: string): AsyncGenerator<(string | Awaited<Value> | undefined)[], void> {
    for await (const [key, value] of this.#kv.entries(begin(namespace))) yield [key, value];
  }
}

function begin(namespace: string | undefined): string {
  return namespace ? `${namespace}:` : '';
}

/** Keyv takes text as what it has to parse. */
function asStored<Value>(value: string | null): Value | undefined {
  return value === null ? undefined : (value as Value);
}
