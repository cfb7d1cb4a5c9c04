/** The contract of all backends on Gibson. Decisions: docs/decisions/0020-key-value.md */
import {
  ArgumentError,
  batches,
  type Capabilities,
  type Command,
  type CommandSender,
  type Data,
  KeySpace,
  type KeyValue,
  type KeyValueEntries,
  type KeyValueEntriesOf,
  type KeyValueOptions,
  type KeyValueSetOptions,
  lifetime,
  lifetimeOf,
  lifetimeUntil,
  setHidden,
} from '@kv/core';
import { keys as keysBelow, mdel } from '../commands/multi.ts';
import { del, get, inc, metaLeft, metaSize, set, ttl as setTtl } from '../commands/single.ts';
import { MAX_TTL } from '../commands/support/arguments.ts';
import type { ServerLimits } from '../protocol/limits.ts';

/** What {@link keyValue} needs of a client, pool or lease. */
export interface GibsonSender<V> extends CommandSender<V> {
  /** The limits of the server that it was made with. */
  readonly serverLimits: ServerLimits;
}

/** SET keeps its ttl, at most five digits, and a space where the key is kept. */
const TTL_ROOM = 6;
/** How many values are fetched at once: they may be large. */
const ENTRIES_PAGE = 100;
/** An item with the time t ends as early as t - 1 seconds: the server counts the seconds that its clock shows. */
const EARLY = 1;
/** That clock is up to this old, ms: the server looks at the time ten times a second (`cron_period`). */
const CLOCK_LAG = 100;

/**
 * The `KeyValue` contract on a Gibson client, pool or lease. Closing stays with the client.
 *
 * @throws ArgumentError for a wrong option
 * @example
 * const kv = keyValue(gibson, { prefix: 'shop:' })
 * await kv.set('page:7', '<html>', { ttl: 60_000 })
 * await kv.clear('page:') // one request, however many there are
 */
export function keyValue<V = string>(client: GibsonSender<V>, options: KeyValueOptions = {}): KeyValue<V> {
  return new GibsonKeyValue(client, new KeySpace(options));
}

class GibsonKeyValue<V> implements KeyValue<V> {
  readonly capabilities: Capabilities;
  declare protected readonly client: GibsonSender<V>;
  declare protected readonly space: KeySpace;

  constructor(client: GibsonSender<V>, space: KeySpace) {
    setHidden(this, 'client', client);
    setHidden(this, 'space', space);
    this.capabilities = {
      ttlGrain: 1000,
      ttlLateness: 2000 + 2 * CLOCK_LAG, // rounding, the second on top, and the lag, which counts either way
      maxTtl: (MAX_TTL - EARLY) * 1000 - CLOCK_LAG,
      orderedKeys: false,
      uniqueKeys: true,
      liveKeys: false,
      incrementSteps: 'one',
      emptyPrefix: client.keyPrefix + space.prefix !== '',
      emptyValues: false,
      atomicSetMany: 'never',
      exactCounts: true,
      maxKeyBytes: client.serverLimits.maxKeySize - TTL_ROOM - space.bytesWith(client.keyPrefix),
      forbiddenInKeys: [' ', '\0'],
    };
  }

  async get(key: string): Promise<V | null> {
    return this.client.send(get<V>(this.space.key(key)));
  }

  async set(key: string, value: Data, options: KeyValueSetOptions = {}): Promise<void> {
    const name = this.space.key(key);
    await this.client.send(setFor<V>(name, value, lifetimeOf(options, this.capabilities.maxTtl)));
  }

  async del(key: string): Promise<boolean> {
    return this.client.send(del<V>(this.space.key(key)));
  }

  async has(key: string): Promise<boolean> {
    return (await this.client.send(metaSize<V>(this.space.key(key)))) !== null;
  }

  async getMany(keys: Iterable<string>): Promise<(V | null)[]> {
    return this.client.sendAll(this.space.keyList(keys).map((key) => get<V>(key)));
  }

  async hasMany(keys: Iterable<string>): Promise<boolean[]> {
    const sizes = await this.client.sendAll(this.space.keyList(keys).map((key) => metaSize<V>(key)));
    return sizes.map((size) => size !== null);
  }

  async setMany<E extends KeyValueEntriesOf<E> = KeyValueEntries>(
    entries: E,
    options: KeyValueSetOptions = {},
  ): Promise<void> {
    const list = this.space.entries(entries, options, this.capabilities.maxTtl);
    await this.client.sendAll(list.map(({ key, value, ttl }) => setFor<V>(key, value, ttl)));
  }

  async deleteMany(keys: Iterable<string>): Promise<number> {
    return (await this.deleteEach(keys)).filter(Boolean).length;
  }

  async deleteEach(keys: Iterable<string>): Promise<boolean[]> {
    return this.client.sendAll(this.space.keyList(keys).map((key) => del<V>(key)));
  }

  async increment(key: string, by = 1): Promise<number> {
    const name = this.space.key(key);
    if (by !== 1) throw new ArgumentError('by: Gibson adds one at a time, expected 1');
    return (await this.client.send(inc<V>(name))) as number;
  }

  async expire(key: string, ttl: number): Promise<boolean> {
    const name = this.space.key(key);
    return this.client.send(setTtl<V>(name, seconds(lifetime(ttl, this.capabilities.maxTtl))));
  }

  async expireAt(key: string, expiresAt: number): Promise<boolean> {
    const ms = lifetimeUntil(expiresAt, this.capabilities.maxTtl);
    return ms === 0 ? this.del(key) : this.client.send(setTtl<V>(this.space.key(key), seconds(ms)));
  }

  async ttl(key: string): Promise<number | null> {
    const left = await this.client.send(metaLeft<V>(this.space.key(key)));
    if (left === null) return null;
    return left < 0 ? Number.POSITIVE_INFINITY : Math.max(left - EARLY, 0) * 1000;
  }

  async clear(prefix: string): Promise<number> {
    return this.client.send(mdel<V>(this.space.begin(prefix)));
  }

  async *keys(prefix = ''): AsyncGenerator<string, void, undefined> {
    for (const key of await this.client.send(keysBelow<V>(this.space.begin(prefix)))) {
      const name = this.space.strip(key);
      if (name !== '') yield name;
    }
  }

  /** MGET would carry all values in one reply, and the server ends the connection when that is too long for it. */
  async *entries(prefix = ''): AsyncGenerator<readonly [key: string, value: V], void, undefined> {
    for await (const page of batches(this.keys(prefix), ENTRIES_PAGE)) {
      const values = await this.getMany(page);
      for (const [at, key] of page.entries()) {
        const value = values[at] ?? null;
        if (value !== null) yield [key, value];
      }
    }
  }
}

/** An end that has passed leaves nothing behind. */
function setFor<V>(key: string, value: Data, ttl: number): Command<unknown, V> {
  return ttl === 0 ? del<V>(key) : set<V>(key, value, { ttl: seconds(ttl) });
}

/** Whole seconds for the server, so that an entry never ends early; 0 = without end. */
function seconds(ms: number): number {
  return ms === Number.POSITIVE_INFINITY ? 0 : Math.ceil((ms + CLOCK_LAG) / 1000) + EARLY;
}
