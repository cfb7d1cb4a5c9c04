/** The contract of all backends on Redis. https://redis.io/commands/ */
import {
  areEndless,
  asOne,
  BasicKeyValue,
  batches,
  type Capabilities,
  type Command,
  type CommandSender,
  type Data,
  type EntryToSet,
  type KeyCommands,
  KeySpace,
  type KeyValue,
  type KeyValueOptions,
} from '@kv/core';
import { exists, unlink } from '../commands/key.ts';
import { persist, pexpire, pttl } from '../commands/key-expiry.ts';
import { get, mget, mset, set } from '../commands/string.ts';
import { incrby } from '../commands/string-counter.ts';
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
/** How many values are fetched at once: they may be large. */
const ENTRIES_PAGE = 100;
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
  const space = new KeySpace(options);
  return new RedisKeyValue(client, space, commandsOf<V>(), capabilitiesOf(client, space));
}

class RedisKeyValue<V> extends BasicKeyValue<V, RedisSender<V>> {
  override async getMany(keys: Iterable<string>): Promise<(V | null)[]> {
    const list = this.space.keyList(keys);
    return list.length === 0 ? [] : this.client.send(mget<V>(list));
  }

  protected override async setEntries(list: readonly EntryToSet[]): Promise<void> {
    if (list.length === 0) return;
    if (areEndless(list)) await this.client.send(mset<V>(new Map(list.map(({ key, value }) => [key, value]))));
    else await Promise.all(this.together(list).map((some) => this.setTogether(some)));
  }

  /** Entries that one transaction can set: all, or those of a slot. */
  protected together(entries: readonly EntryToSet[]): readonly (readonly EntryToSet[])[] {
    return this.client.clustered === true ? bySlot(entries, this.client.keyPrefix) : [entries];
  }

  /** MSET takes no time to live. */
  protected async setTogether(entries: readonly EntryToSet[]): Promise<void> {
    const multi = this.client.multi();
    for (const entry of entries) void multi.send(this.setting(entry)); // execute() tells
    await asOne(multi.execute());
  }

  override async deleteMany(keys: Iterable<string>): Promise<number> {
    const list = this.space.keyList(keys);
    return list.length === 0 ? 0 : this.client.send(unlink<V>(list));
  }

  protected override async endIn(name: string, ms: number): Promise<boolean> {
    if (ms !== Number.POSITIVE_INFINITY) return super.endIn(name, ms);
    // PERSIST says no for a key without end too.
    const [, found] = await asOne(this.client.sendAll([persist<V>(name), exists<V>(name)]));
    return found === 1;
  }

  override async ttl(key: string): Promise<number | null> {
    const left = await super.ttl(key);
    if (left === -2) return null;
    return left === -1 ? Number.POSITIVE_INFINITY : left;
  }

  override async clear(prefix: string): Promise<number> {
    const client = this.client.with({ bytes: true });
    let removed = 0;
    for await (const page of batches(this.scan(this.space.begin(prefix), PAGE), PAGE)) {
      removed += await client.send(unlink<Uint8Array>(page));
    }
    return removed;
  }

  override async *entries(prefix = ''): AsyncGenerator<readonly [key: string, value: V], void, undefined> {
    for await (const page of batches(this.scan(this.space.begin(prefix), ENTRIES_PAGE), ENTRIES_PAGE)) {
      const values = await this.client.send(mget<V>(page));
      for (const [at, key] of page.entries()) {
        const [name, value] = [this.space.strip(key), values[at] ?? null];
        if (name !== '' && value !== null) yield [name, value];
      }
    }
  }

  protected scan(begin: string, count: number): AsyncIterable<Uint8Array> {
    return this.client.with({ bytes: true }).scanIterator({ match: pattern(begin), count });
  }
}

function commandsOf<V>(): KeyCommands<V> {
  return { get, set: setFor, del: unlink, has: exists, increment: incrby, expire: pexpire, ttl: pttl };
}

function setFor<V>(key: string, value: Data, ttl: number): Command<unknown, V> {
  return ttl === Number.POSITIVE_INFINITY ? set<V>(key, value) : set<V>(key, value, { px: ttl });
}

function capabilitiesOf<V>({ clustered, keyPrefix }: RedisSender<V>, space: KeySpace): Capabilities {
  return {
    ttlGrain: 1,
    ttlLateness: 1, // commands look at the deadline themselves
    maxTtl: Number.MAX_SAFE_INTEGER,
    orderedKeys: false,
    uniqueKeys: false,
    liveKeys: true,
    incrementSteps: 'any',
    emptyPrefix: true,
    emptyValues: true,
    atomicSetMany: clustered === true ? 'perSlot' : 'always',
    exactCounts: true,
    maxKeyBytes: MAX_KEY_BYTES - space.bytesWith(keyPrefix),
    forbiddenInKeys: [],
  };
}

function bySlot(entries: readonly EntryToSet[], keyPrefix: string): EntryToSet[][] {
  const slots = new Map<number, EntryToSet[]>();
  for (const entry of entries) {
    const slot = keySlot(keyPrefix + entry.key);
    const some = slots.get(slot);
    if (some === undefined) slots.set(slot, [entry]);
    else some.push(entry);
  }
  return [...slots.values()];
}

/** A pattern for what begins with the text, taken as it is. https://redis.io/commands/keys/ */
function pattern(begin: string): string {
  return `${begin.replace(/[\\*?[\]]/g, '\\$&')}*`;
}
