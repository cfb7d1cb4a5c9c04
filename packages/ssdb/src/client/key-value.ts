/** The contract of all backends on the plain keys of SSDB. Decisions: docs/decisions/0020-key-value.md */
import {
  areEndless,
  asOne,
  BasicKeyValue,
  batches,
  type Capabilities,
  type Command,
  type CommandSender,
  type EntryToSet,
  type KeyCommands,
  KeySpace,
  type KeyValue,
  type KeyValueOptions,
  type Results,
} from '@kv/core';
import {
  del,
  exists,
  expire,
  get,
  incr,
  multiDel,
  multiExists,
  multiGet,
  multiSet,
  setnx,
  setx,
  ttl as ttlOf,
} from '../commands/kv.ts';
import { MAX_KEY_BYTES, MAX_TTL } from '../commands/support/arguments.ts';

/** What {@link keyValue} needs of a client, pool or lease. Several command values go to one connection, in order. */
export interface SsdbSender<V> extends CommandSender<V> {
  /**
   * On how many servers the keys lie.
   *
   * @default 1
   */
  readonly serverCount?: number;
  /** Keys with their values, page by page. */
  scanIterator(options: { readonly prefix: string; readonly count: number }): AsyncIterable<readonly [string, V]>;
  /** A view that gives bytes: keys that are not text must be removed too. */
  with(options: { readonly bytes: true }): CommandSender<Uint8Array> & {
    keysIterator(options: { readonly prefix: string; readonly count: number }): AsyncIterable<Uint8Array>;
  };
}

/** How many keys one page and one multi_del have. */
const PAGE = 1000;
/** How many values are fetched at once: they may be large. */
const ENTRIES_PAGE = 100;
/** Seconds: no command takes the end of a key away, and `set` keeps it. Setting this one, 68 years off, is one step. */
const FOR_EVER = MAX_TTL;
/** Seconds: a key with more than that left was meant to have no expiry, also decades later. */
const LONGEST = 2 ** 30;

/**
 * The `KeyValue` contract on an SSDB client, pool or lease. Closing stays with the client.
 *
 * @throws ArgumentError for a wrong option
 * @example
 * const kv = keyValue(ssdb, { prefix: 'shop:' })
 * await kv.set('cart:7', 'apples', { ttl: 60_000 })
 * for await (const key of kv.keys('cart:')) console.log(key) // cart:7
 */
export function keyValue<V = string>(client: SsdbSender<V>, options: KeyValueOptions = {}): KeyValue<V> {
  const space = new KeySpace(options);
  return new SsdbKeyValue(client, space, commandsOf<V>(), capabilitiesOf(client, space));
}

class SsdbKeyValue<V> extends BasicKeyValue<V, SsdbSender<V>> {
  override async del(key: string): Promise<boolean> {
    const name = this.space.key(key);
    const [found] = await this.together([exists<V>(name), del<V>(name)]);
    return found;
  }

  override async getMany(keys: Iterable<string>): Promise<(V | null)[]> {
    const list = this.space.keyList(keys);
    if (list.length === 0) return [];
    const found = await this.client.send(multiGet<V>(list));
    return list.map((key) => found.get(key) ?? null);
  }

  override async hasMany(keys: Iterable<string>): Promise<boolean[]> {
    const list = this.space.keyList(keys);
    if (list.length === 0) return [];
    const found = await this.client.send(multiExists<V>(list));
    return list.map((key) => found.get(key) === true);
  }

  protected override async setEntries(list: readonly EntryToSet[]): Promise<void> {
    if (list.length === 0) return;
    if (areEndless(list)) await this.setManyForEver(list);
    else await super.setEntries(list);
  }

  /**
   * multi_set is all or nothing, but keeps the ends that keys have, so these are moved away in the same go. No value is
   * sent over another: what others do to the keys meanwhile stays. Only a key whose end came in between is made again.
   */
  protected async setManyForEver(entries: readonly EntryToSet[]): Promise<void> {
    const map = new Map(entries.map(({ key, value }) => [key, value]));
    const names = [...map.keys()];
    const moves = names.map((name) => expire<V>(name, FOR_EVER));
    const [, ...moved] = await this.together([multiSet<V>(map), ...moves]);
    const gone = names.filter((_, at) => moved[at] !== true);
    if (gone.length > 0) await this.client.sendAll(gone.map((name) => setnx<V>(name, map.get(name) ?? '')));
  }

  override async deleteMany(keys: Iterable<string>): Promise<number> {
    const list = this.space.keyList(keys);
    if (list.length === 0) return 0;
    const [found] = await this.together([multiExists<V>(list), multiDel<V>(list)]);
    return [...found.values()].filter(Boolean).length;
  }

  override async deleteEach(keys: Iterable<string>): Promise<boolean[]> {
    const list = this.space.keyList(keys);
    if (list.length === 0) return [];
    const [found] = await this.together([multiExists<V>(list), multiDel<V>(list)]);
    const removed = new Set(list.filter((key) => found.get(key) === true));
    return list.map((key) => removed.delete(key)); // a key given twice was removed once
  }

  override async ttl(key: string): Promise<number | null> {
    const name = this.space.key(key);
    const [left, found] = await this.together([ttlOf<V>(name), exists<V>(name)]);
    if (!found) return null;
    return left === -1 || left > LONGEST ? Number.POSITIVE_INFINITY : left * 1000;
  }

  override async clear(prefix: string): Promise<number> {
    const client = this.client.with({ bytes: true });
    let removed = 0;
    for await (const page of batches(this.scan(this.space.begin(prefix), PAGE), PAGE)) {
      removed += await client.send(multiDel<Uint8Array>(page));
    }
    return removed;
  }

  override async *entries(prefix = ''): AsyncGenerator<readonly [key: string, value: V], void, undefined> {
    const range = { prefix: this.space.begin(prefix), count: ENTRIES_PAGE };
    for await (const [key, value] of this.client.scanIterator(range)) {
      const name = this.space.strip(key);
      if (name !== '') yield [name, value];
    }
  }

  protected scan(prefix: string, count: number): AsyncIterable<Uint8Array> {
    return this.client.with({ bytes: true }).keysIterator({ prefix, count });
  }

  protected together<const Cs extends readonly Command<unknown, V>[]>(commands: Cs): Promise<Results<Cs>> {
    return asOne(this.client.sendAll(commands));
  }
}

function commandsOf<V>(): KeyCommands<V> {
  return {
    get,
    set: (key, value, ttl) => setx<V>(key, value, secondsOrForEver(ttl)),
    del,
    has: exists,
    increment: incr,
    expire: (key, ttl) => expire<V>(key, secondsOrForEver(ttl)),
    ttl: ttlOf,
  };
}

function capabilitiesOf<V>({ serverCount = 1, keyPrefix }: SsdbSender<V>, space: KeySpace): Capabilities {
  return {
    ttlGrain: 1000,
    ttlLateness: 1100, // rounding, and a thread that looks every 10 ms and deletes key by key
    maxTtl: LONGEST * 1000,
    orderedKeys: true,
    uniqueKeys: true,
    liveKeys: true,
    incrementSteps: 'any',
    emptyPrefix: true,
    emptyValues: true,
    atomicSetMany: serverCount > 1 ? 'never' : 'withoutTtl',
    exactCounts: false, // del does not tell: the key is looked for before
    maxKeyBytes: MAX_KEY_BYTES - space.bytesWith(keyPrefix),
    forbiddenInKeys: [],
  };
}

function secondsOrForEver(ms: number): number {
  return ms === Number.POSITIVE_INFINITY ? FOR_EVER : seconds(ms);
}

/** Rounded up: an entry must not end early. */
function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}
