/** The contract of all backends on Redis. https://redis.io/commands/ */
import {
  asOne,
  batches,
  type Capabilities,
  type Command,
  type CommandSender,
  type Data,
  type EntriesOf,
  integer,
  KeySpace,
  type KeyValue,
  type KeyValueEntries,
  type KeyValueOptions,
  type KeyValueSetOptions,
  lifetime,
  lifetimeOf,
} from '@kv/core';
import { exists, unlink } from '../commands/key.ts';
import { persist, pexpire, pttl } from '../commands/key-expiry.ts';
import { get, incrby, mget, mset, set } from '../commands/string.ts';
import { keySlot } from '../topology/slot.ts';

/** What {@link keyValue} needs of a client, pool or session. */
export interface RedisSender<V> extends CommandSender<V> {
  /** Whether keys lie on the servers of a cluster, by their slots. Absent: they do not. */
  readonly clustered?: boolean;
  /** Collects commands for one MULTI … EXEC. */
  multi(): { send<T>(command: Command<T, V>): Promise<T>; execute(): Promise<unknown[]> };
  /** A view that gives bytes: keys that are not text must be removed too. */
  with(options: { readonly bytes: true }): CommandSender<Uint8Array> & {
    scanIterator(options: { readonly match: string; readonly count: number }): AsyncIterable<Uint8Array>;
  };
}

/** How many keys one page and one UNLINK have. */
const PAGE = 1000;
/** A string of Redis has at most 512 MiB, a key too. */
const MAX_KEY_BYTES = 512 * 1024 * 1024;

/**
 * The `KeyValue` contract on a Redis client, pool or session. Closing stays with the client.
 *
 * @throws ArgumentError for a wrong option
 * @example
 * const kv = keyValue(redis, { prefix: 'shop:' })
 * await kv.set('cart:7', 'apples', { ttl: 60_000 })
 * await kv.ttl('cart:7') // 60000
 */
export function keyValue<V = string>(client: RedisSender<V>, options: KeyValueOptions = {}): KeyValue<V> {
  return new RedisKeyValue(client, new KeySpace(options));
}

class RedisKeyValue<V> implements KeyValue<V> {
  readonly capabilities: Capabilities;
  readonly #client: RedisSender<V>;
  readonly #space: KeySpace;

  constructor(client: RedisSender<V>, space: KeySpace) {
    this.#client = client;
    this.#space = space;
    this.capabilities = {
      ttlGrain: 1,
      ttlLateness: 1, // commands look at the deadline themselves
      maxTtl: Number.MAX_SAFE_INTEGER,
      orderedKeys: false,
      uniqueKeys: false,
      liveKeys: true,
      incrementSteps: 'any',
      emptyPrefix: true,
      emptyValues: true,
      atomicSetMany: client.clustered === true ? 'perSlot' : 'always',
      exactCounts: true,
      maxKeyBytes: MAX_KEY_BYTES - space.bytesWith(client.keyPrefix),
      forbiddenInKeys: [],
    };
  }

  async get(key: string): Promise<V | null> {
    return this.#client.send(get<V>(this.#space.key(key)));
  }

  async set(key: string, value: Data, options: KeyValueSetOptions = {}): Promise<void> {
    const ttl = lifetimeOf(options, this.capabilities.maxTtl);
    await this.#client.send(setFor<V>(this.#space.key(key), value, ttl));
  }

  async del(key: string): Promise<boolean> {
    return (await this.#client.send(unlink<V>(this.#space.key(key)))) === 1;
  }

  async has(key: string): Promise<boolean> {
    return (await this.#client.send(exists<V>(this.#space.key(key)))) === 1;
  }

  async getMany(keys: Iterable<string>): Promise<(V | null)[]> {
    const list = this.#space.keyList(keys);
    return list.length === 0 ? [] : this.#client.send(mget<V>(list));
  }

  async setMany<E extends EntriesOf<E, Data, string> = KeyValueEntries>(
    entries: E,
    options: KeyValueSetOptions = {},
  ): Promise<void> {
    const map = this.#space.entries(entries);
    const ttl = lifetimeOf(options, this.capabilities.maxTtl);
    if (map.size === 0) return;
    if (ttl === Number.POSITIVE_INFINITY) await this.#client.send(mset<V>(map));
    else await Promise.all(this.#together(map).map((some) => this.#setTogether(some, ttl)));
  }

  /** Entries that one transaction can set: all, or those of a slot. */
  #together(entries: ReadonlyMap<string, Data>): readonly (readonly [string, Data])[][] {
    if (this.#client.clustered !== true) return [[...entries]];
    const slots = new Map<number, [string, Data][]>();
    for (const [key, value] of entries) {
      const slot = keySlot(this.#client.keyPrefix + key);
      const some = slots.get(slot);
      if (some === undefined) slots.set(slot, [[key, value]]);
      else some.push([key, value]);
    }
    return [...slots.values()];
  }

  /** MSET takes no time to live. */
  async #setTogether(entries: readonly (readonly [string, Data])[], ttl: number): Promise<void> {
    const multi = this.#client.multi();
    for (const [key, value] of entries) void multi.send(setFor<V>(key, value, ttl)); // execute() tells
    await asOne(multi.execute());
  }

  async deleteMany(keys: Iterable<string>): Promise<number> {
    const list = this.#space.keyList(keys);
    return list.length === 0 ? 0 : this.#client.send(unlink<V>(list));
  }

  async increment(key: string, by = 1): Promise<number> {
    integer(by, 'by');
    return this.#client.send(incrby<V>(this.#space.key(key), by));
  }

  async expire(key: string, ttl: number): Promise<boolean> {
    const name = this.#space.key(key);
    const ms = lifetime(ttl, this.capabilities.maxTtl);
    if (ms !== Number.POSITIVE_INFINITY) return this.#client.send(pexpire<V>(name, ms));
    // PERSIST says no for a key without end too.
    const [, found] = await asOne(this.#client.sendAll([persist<V>(name), exists<V>(name)]));
    return found === 1;
  }

  async ttl(key: string): Promise<number | null> {
    const left = await this.#client.send(pttl<V>(this.#space.key(key)));
    if (left === -2) return null;
    return left === -1 ? Number.POSITIVE_INFINITY : left;
  }

  async clear(prefix: string): Promise<number> {
    const match = pattern(this.#space.begin(prefix));
    const client = this.#client.with({ bytes: true });
    let removed = 0;
    for await (const page of batches(client.scanIterator({ match, count: PAGE }), PAGE)) {
      removed += await client.send(unlink<Uint8Array>(page));
    }
    return removed;
  }

  async *keys(prefix = ''): AsyncGenerator<string, void, undefined> {
    const match = pattern(this.#space.begin(prefix));
    for await (const key of this.#client.with({ bytes: true }).scanIterator({ match, count: PAGE })) {
      const name = this.#space.strip(key);
      if (name !== '') yield name;
    }
  }
}

function setFor<V>(key: string, value: Data, ttl: number): Command<'OK', V> {
  return ttl === Number.POSITIVE_INFINITY ? set<V>(key, value) : set<V>(key, value, { px: ttl });
}

/** A pattern for what begins with the text, taken as it is. https://redis.io/commands/keys/ */
function pattern(begin: string): string {
  return `${begin.replace(/[\\*?[\]]/g, '\\$&')}*`;
}
