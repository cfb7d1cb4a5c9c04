import { EventEmitter } from 'node:events';
import type { KeyValue } from '@kv/core';

/** One entry of {@link KeyvStore.setMany}. */
export interface KeyvStoreEntry {
  /** The key, without the namespace. */
  readonly key: string;
  /** The value as Keyv has serialized it. */
  readonly value: unknown;
  /** When it ends, in milliseconds since 1970. Left out: it does not end. */
  readonly expires?: number | undefined;
}

/** What a value may be: Keyv serializes to text unless it is told not to. The client refuses anything else. */
type Value = string;

/** Durations of more than three years are instants, and instants before 1973 are durations. */
const EARLIEST = 1e11;

type MethodName =
  | ('get' | 'getMany' | 'has' | 'hasMany' | 'set' | 'setMany' | 'delete' | 'deleteMany')
  | ('clear' | 'iterator' | 'disconnect');

/** How a method is called, or that there is none. */
export interface KeyvStoreMethod {
  /** Whether there is the method. */
  readonly exists: boolean;
  /** `async`, or `none` when there is no such method. */
  readonly methodType: 'async' | 'none';
}

/** What a storage of Keyv 6 says about itself. */
export interface KeyvStoreCapabilities {
  /** It can be used as a storage. */
  readonly compatible: true;
  /** It has all methods of Keyv 6. */
  readonly store: 'keyvStorage';
  /** It takes instants (`expires`), not durations. */
  readonly expires: true;
  /** Which methods there are. */
  readonly methods: Readonly<Record<MethodName, KeyvStoreMethod>>;
}

const there: KeyvStoreMethod = { exists: true, methodType: 'async' };

const CAPABILITIES: KeyvStoreCapabilities = {
  compatible: true,
  store: 'keyvStorage',
  expires: true,
  methods: {
    ...{ get: there, getMany: there, has: there, hasMany: there, set: there, setMany: there },
    ...{ delete: there, deleteMany: there, clear: there, iterator: there },
    disconnect: { exists: false, methodType: 'none' },
  },
};

/**
 * Storage of Keyv 6 on any server of the family. Keys of a Keyv with a namespace are `namespace:key`. Values must be
 * serialized, as they are by default. Closing stays with the client: `keyv.disconnect()` leaves it open.
 *
 * @example
 * import { createRedis, keyValue } from '@kv/redis'
 *
 * const redis = createRedis('redis://localhost')
 * const store = new KeyvStore(keyValue(redis, { prefix: 'cache:' })) // new Keyv({ store })
 */
export class KeyvStore extends EventEmitter {
  /** Set by Keyv. Entries of other namespaces are neither seen nor removed. */
  namespace: string | undefined;

  readonly #kv: KeyValue;

  constructor(kv: KeyValue) {
    super();
    this.#kv = kv;
  }

  /** The listeners of an event, with the type that Keyv 6 asks for. */
  override listeners(event: string | symbol): ((...values: unknown[]) => void)[] {
    return super.listeners(event) as ((...values: unknown[]) => void)[];
  }

  /** The same, with those that listen once as they were wrapped. */
  override rawListeners(event: string | symbol): ((...values: unknown[]) => void)[] {
    return super.rawListeners(event) as ((...values: unknown[]) => void)[];
  }

  /** Tells Keyv 6 to use the storage as it is. */
  get capabilities(): KeyvStoreCapabilities {
    return CAPABILITIES;
  }

  /** The serialized value, `undefined` when there is none. */
  async get(key: string): Promise<Value | undefined> {
    return (await this.#kv.get(this.#key(key))) ?? undefined;
  }

  /** The serialized values, in the order of the keys. */
  async getMany(keys: readonly string[]): Promise<(Value | undefined)[]> {
    const values = await this.#kv.getMany(keys.map((key) => this.#key(key)));
    return values.map((value) => value ?? undefined);
  }

  /**
   * Sets a value. An end that has passed removes the entry.
   *
   * @param expires milliseconds since 1970; left out = it does not end
   * @throws RangeError for a duration, which only Keyv 5 passes
   */
  async set(key: string, value: unknown, expires?: number): Promise<boolean> {
    await this.#kv.set(this.#key(key), value as Value, { expiresAt: instant(expires) });
    return true;
  }

  /** Sets several values, each with an end of its own. On Redis all of them appear at once. */
  async setMany(entries: readonly KeyvStoreEntry[]): Promise<boolean[]> {
    await this.#kv.setMany(
      entries.map(
        ({ key, value, expires }) => [this.#key(key), value as Value, { expiresAt: instant(expires) }] as const,
      ),
    );
    return entries.map(() => true);
  }

  /** Whether there is an entry. */
  async has(key: string): Promise<boolean> {
    return this.#kv.has(this.#key(key));
  }

  /** Whether there is an entry, for each of the keys. */
  async hasMany(keys: readonly string[]): Promise<boolean[]> {
    return this.#kv.hasMany(keys.map((key) => this.#key(key)));
  }

  /** Removes an entry. Resolves to `false` when there was none. */
  async delete(key: string): Promise<boolean> {
    return this.#kv.del(this.#key(key));
  }

  /** Removes entries, and tells for each whether there was one. */
  async deleteMany(keys: readonly string[]): Promise<boolean[]> {
    return this.#kv.deleteEach(keys.map((key) => this.#key(key)));
  }

  /** Removes the entries of the namespace; without one everything below the prefix of the `KeyValue`. */
  async clear(): Promise<void> {
    await this.#kv.clear(this.#key(''));
  }

  /** The entries of the namespace, page by page, values as Keyv has serialized them. */
  async *iterator(): AsyncGenerator<[key: string, value: Value], void> {
    const begin = this.#key('');
    for await (const [key, value] of this.#kv.entries(begin)) yield [key.slice(begin.length), value];
  }

  #key(key: string): string {
    return this.namespace ? `${this.namespace}:${key}` : key;
  }
}

function instant(expires: number | undefined): number | undefined {
  if (expires !== undefined && expires < EARLIEST) {
    throw new RangeError('expires: expected milliseconds since 1970 (Keyv 5 gives a duration: use Keyv5Store)');
  }
  return expires;
}
