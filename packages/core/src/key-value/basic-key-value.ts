import { type Data, integer } from '../command/arguments.ts';
import type { Command } from '../command/command.ts';
import { setHidden } from '../hidden.ts';
import { batches, type EntryToSet, type KeySpace, lifetime, lifetimeOf, lifetimeUntil } from './key-space.ts';
import type {
  Capabilities,
  CommandSender,
  KeyValue,
  KeyValueEntries,
  KeyValueEntriesOf,
  KeyValueSetOptions,
} from './key-value.ts';

/** How many keys are removed at once. */
const PAGE = 1000;
/** How many values are fetched at once: they may be large. */
const ENTRIES_PAGE = 100;

/** The commands of a backend on one key, which is as the server knows it. */
export interface KeyCommands<V> {
  /** The value of a key. */
  readonly get: (key: string) => Command<V | null, V>;
  /** Sets a value that lives `ttl` ms, or without end where that is `Infinity`. */
  readonly set: (key: string, value: Data, ttl: number) => Command<unknown, V>;
  /** Removes a key. Whether it existed, or how many did. */
  readonly del: (key: string) => Command<boolean | number, V>;
  /** Whether a key exists, or how many do; `null` = it does not. */
  readonly has: (key: string) => Command<boolean | number | null, V>;
  /** Adds to a counter. */
  readonly increment: (key: string, by: number) => Command<number | bigint, V>;
  /** Gives an existing key `ttl` ms to live, or no end where that is `Infinity`. Whether it exists. */
  readonly expire: (key: string, ttl: number) => Command<boolean, V>;
  /** How many ms a key still lives: `null` = there is none, `Infinity` = without end. */
  readonly ttl: (key: string) => Command<number | null, V>;
}

/**
 * The `KeyValue` contract by the commands on one key, which are sent together where there are several keys. A backend
 * says how it lists its keys, and overrides what it has better commands for.
 */
export abstract class BasicKeyValue<V, S extends CommandSender<V> = CommandSender<V>> implements KeyValue<V> {
  readonly capabilities: Capabilities;
  declare protected readonly client: S;
  declare protected readonly space: KeySpace;
  declare protected readonly commands: KeyCommands<V>;

  constructor(client: S, space: KeySpace, commands: KeyCommands<V>, capabilities: Capabilities) {
    setHidden(this, 'client', client);
    setHidden(this, 'space', space);
    setHidden(this, 'commands', commands);
    this.capabilities = capabilities;
  }

  /** The keys that begin with a text, as the server knows them; a page has about `count`. */
  protected abstract scan(begin: string, count: number): AsyncIterable<string | Uint8Array>;

  async get(key: string): Promise<V | null> {
    return this.client.send(this.commands.get(this.space.key(key)));
  }

  async set(key: string, value: Data, options: KeyValueSetOptions = {}): Promise<void> {
    const name = this.space.key(key);
    await this.client.send(this.setting({ key: name, value, ttl: lifetimeOf(options, this.capabilities.maxTtl) }));
  }

  async del(key: string): Promise<boolean> {
    return Boolean(await this.client.send(this.commands.del(this.space.key(key))));
  }

  async has(key: string): Promise<boolean> {
    return Boolean(await this.client.send(this.commands.has(this.space.key(key))));
  }

  async getMany(keys: Iterable<string>): Promise<(V | null)[]> {
    return this.client.sendAll(this.space.keyList(keys).map((key) => this.commands.get(key)));
  }

  async hasMany(keys: Iterable<string>): Promise<boolean[]> {
    const found = await this.client.sendAll(this.space.keyList(keys).map((key) => this.commands.has(key)));
    return found.map(Boolean);
  }

  async setMany<E extends KeyValueEntriesOf<E> = KeyValueEntries>(
    entries: E,
    options: KeyValueSetOptions = {},
  ): Promise<void> {
    await this.setEntries(this.space.entries(entries, options, this.capabilities.maxTtl));
  }

  async deleteMany(keys: Iterable<string>): Promise<number> {
    return (await this.deleteEach(keys)).filter(Boolean).length;
  }

  async deleteEach(keys: Iterable<string>): Promise<boolean[]> {
    const removed = await this.client.sendAll(this.space.keyList(keys).map((key) => this.commands.del(key)));
    return removed.map(Boolean);
  }

  async increment(key: string, by = 1): Promise<number> {
    integer(by, 'by');
    return (await this.client.send(this.commands.increment(this.space.key(key), by))) as number;
  }

  async expire(key: string, ttl: number): Promise<boolean> {
    return this.endIn(this.space.key(key), lifetime(ttl, this.capabilities.maxTtl));
  }

  async expireAt(key: string, expiresAt: number): Promise<boolean> {
    const ms = lifetimeUntil(expiresAt, this.capabilities.maxTtl);
    return ms === 0 ? this.del(key) : this.endIn(this.space.key(key), ms);
  }

  async ttl(key: string): Promise<number | null> {
    return this.client.send(this.commands.ttl(this.space.key(key)));
  }

  async clear(prefix: string): Promise<number> {
    let removed = 0;
    for await (const page of batches(this.keys(prefix), PAGE)) removed += await this.deleteMany(page);
    return removed;
  }

  async *keys(prefix = ''): AsyncGenerator<string, void, undefined> {
    for await (const key of this.scan(this.space.begin(prefix), PAGE)) {
      const name = this.space.strip(key);
      if (name !== '') yield name;
    }
  }

  async *entries(prefix = ''): AsyncGenerator<readonly [key: string, value: V], void, undefined> {
    for await (const page of batches(this.keys(prefix), ENTRIES_PAGE)) {
      const values = await this.getMany(page);
      for (const [at, key] of page.entries()) {
        const value = values[at] ?? null;
        if (value !== null) yield [key, value];
      }
    }
  }

  /** The command that sets one entry. An end that has passed leaves nothing behind. */
  protected setting({ key, value, ttl }: EntryToSet): Command<unknown, V> {
    return ttl === 0 ? this.commands.del(key) : this.commands.set(key, value, ttl);
  }

  /** What `setMany` does. */
  protected async setEntries(entries: readonly EntryToSet[]): Promise<void> {
    await this.client.sendAll(entries.map((entry) => this.setting(entry)));
  }

  /** Gives a key, as the server knows it, another time to live. */
  protected async endIn(name: string, ttl: number): Promise<boolean> {
    return this.client.send(this.commands.expire(name, ttl));
  }
}
