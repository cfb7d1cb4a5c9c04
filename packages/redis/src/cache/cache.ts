import {
  type AnyCommand,
  type Arg,
  type Client,
  type CommandObserver,
  type Connection,
  type Endpoint,
  type Executor,
  Flag,
  type KvError,
  type PoolName,
} from '@kv/core';
import type { CachedCallOptions, CacheOptions, CacheSettings } from '../client/cache-options.ts';
import { extensionOf } from '../client/client-extension.ts';
import { text } from '../commands/support/replies.ts';
import type { RedisWire } from '../protocol/wire.ts';
import { keySlot } from '../topology/slot.ts';
import { publishCache } from './cache-channel.ts';
import type { CacheContext, CacheCounts } from './cache-context.ts';
import type { CacheStats } from './cache-stats.ts';
import { changedKeys } from './changed-keys.ts';
import type { ClientCache } from './client-cache.ts';
import { Entries } from './entries.ts';
import type { ReplySource } from './fetch.ts';
import { KeptReplies } from './kept-replies.ts';
import { MgetReads } from './mget-reads.ts';
import { Reads } from './reads.ts';
import { tellFailure } from './tracked-command.ts';
import { startTracking, TrackedConnection, type TrackingOwner } from './tracked-connection.ts';

/**
 * What one client keeps of the replies to its reads. Each entry is as certain as the connection that it was read on: it
 * ends with what the server tells of its key, with an own write, with its age, and with the connection.
 *
 *     cached view ─▶ Reads ─▶ Entries ◀─ invalidations, in their order among the replies of the connection
 *                                ▲  ◀─ own writes on whatever connection, when called and when answered
 *                                └──── ends: connection lost, flush, slot with another owner
 */
export class Cache implements CommandObserver, TrackingOwner, CacheContext, ClientCache {
  readonly client: Client;
  readonly settings: CacheSettings;
  readonly entries: Entries;
  readonly counts: CacheCounts = {
    hits: 0,
    misses: 0,
    joined: 0,
    stored: 0,
    refused: 0,
    expired: 0,
    invalidated: 0,
    flushes: 0,
  };
  readonly isPrefaced: boolean;
  readonly #reads: Reads;
  readonly #mgets: MgetReads;
  readonly #sources = new Set<TrackedConnection>();
  readonly #refusals = new Map<Endpoint, KvError>();
  readonly #isClustered: boolean;
  #isServing = true;
  #cause: KvError | undefined;
  #isClosed = false;

  /** @param keyPrefix what the client puts before keys */
  constructor(client: Client, options: CacheOptions, keyPrefix = '') {
    this.client = client;
    this.settings = settingsOf(options, keyPrefix, client.setup.name);
    this.#isClustered = extensionOf(client).clustered === true;
    this.entries = new Entries(this.settings.maxBytes, this.#isClustered);
    this.isPrefaced = this.settings.mode === 'optIn';
    this.#reads = new Reads(this);
    this.#mgets = new MgetReads(this.#reads);
    client.tracker.observer = this;
    extensionOf(client).cache = this;
    client.on('state', ({ to }) => {
      if (to === 'closing' || to === 'closed') this.#close();
    });
  }

  /** Sends a command, or answers it with what is kept. */
  send<T>(executor: Executor, command: AnyCommand<T>, call: CachedCallOptions): Promise<T> {
    if (!this.#isServing || call.bulk === true || (command.flags & Flag.flat) !== 0)
      return executor.send(command, call);
    const ttl = call.cache?.ttl ?? Number.POSITIVE_INFINITY;
    if (command.spec.name === 'MGET') return this.#mgets.send(executor, command, call, ttl);
    return this.#reads.send(executor, command, call, ttl);
  }

  stats(): CacheStats {
    const { entries, counts } = this;
    return {
      ...counts,
      evicted: entries.evicted,
      entries: entries.stored,
      bytes: entries.bytes,
      state: this.#cause === undefined ? 'on' : 'off',
      cause: this.#cause,
    };
  }

  // -- connections

  /**
   * The last step of the handshake of a shared connection: from now on its server tells of changes. The connection for
   * bulk does not ask for this: entries have one source. A read that comes there behind a large call is not kept.
   */
  async greet(connection: Connection, endpoint: Endpoint, pool: PoolName): Promise<void> {
    for (const source of this.#sources)
      if (source.connection.failure !== undefined) this.lost(source, source.connection.failure);
    const kept = new KeptReplies();
    (connection.wire as RedisWire).kept = kept;
    const { cluster } = extensionOf(this.client);
    if (cluster !== undefined) cluster.slots.ownerChanged ??= (slot) => this.#invalidated(this.entries.dropSlot(slot));
    if (endpoint.identity.role === 'replica' || pool === 'bulk') return;
    const refusal = await startTracking(connection, this.#tracking);
    if (refusal !== undefined) this.#refusals.set(endpoint, refusal);
    else {
      this.#sources.add(new TrackedConnection(connection, endpoint, kept, this));
      this.#refusals.delete(endpoint);
    }
    this.#update();
  }

  get #tracking(): readonly string[] {
    if (this.isPrefaced) return ['OPTIN'];
    const prefixes = this.settings.prefixes.filter((prefix) => prefix !== '');
    return ['BCAST', ...prefixes.flatMap((prefix) => ['PREFIX', prefix])];
  }

  slotOf(key: Arg): number {
    return this.#isClustered ? keySlot(key) : -1;
  }

  owns(slot: number, endpoint: Endpoint): boolean {
    return slot < 0 || extensionOf(this.client).cluster?.slots.ownerOf(slot) === endpoint;
  }

  refused(source: TrackedConnection, error: KvError): void {
    this.#refusals.set(source.endpoint, error);
    this.#end(source, 'refused', error);
  }

  lost(source: TrackedConnection, error: KvError): void {
    this.#end(source, 'connection lost', error);
  }

  #end(source: TrackedConnection, reason: string, error: KvError): void {
    if (!this.#sources.delete(source)) return;
    this.#flush((slot, from) => this.#isOf(source, slot, from), reason, error);
    this.#update();
  }

  #isOf(source: TrackedConnection, slot: number, from: ReplySource | undefined): boolean {
    return source === from || this.owns(slot, source.endpoint);
  }

  /** Whether anything is kept depends on whether a server tells of changes. */
  #update(): void {
    const [refusal] = this.#sources.size > 0 ? [] : this.#refusals.values();
    const changed = (refusal === undefined) !== (this.#cause === undefined);
    this.#cause = refusal;
    this.#isServing = refusal === undefined && !this.#isClosed;
    if (changed) this.#publish(refusal === undefined ? 'on' : 'off', 0, 'handshake', refusal);
  }

  #close(): void {
    this.#isClosed = true;
    this.#isServing = false;
    this.entries.dropSlots(() => true);
  }

  // -- changes

  /** Something came on a shared connection that answers no command. */
  pushed(raw: unknown, connection: Connection): void {
    const [kind, keys] = raw as readonly unknown[];
    if (!isData(kind) || text(kind) !== 'invalidate') return;
    if (Array.isArray(keys) && keys.every(isData)) for (const key of keys) this.#dropKey(key);
    else this.#flushed(connection);
  }

  #flushed(connection: Connection): void {
    for (const source of this.#sources)
      if (source.connection === connection)
        this.#flush((slot, from) => this.#isOf(source, slot, from), 'flushed by the server');
  }

  /** The client has another database or user: what is kept is not what its reads would give. */
  forget(): void {
    this.#flush(() => true, 'another database or user');
  }

  called(command: AnyCommand): void {
    this.#changed(command);
  }

  ended(command: AnyCommand, error: Error | undefined): void {
    if (error !== undefined) tellFailure(command, error);
    this.#changed(command);
  }

  /** An own write may be served by another connection than the one on which the server tells of it. */
  #changed(command: AnyCommand): void {
    const changed = changedKeys(command);
    if (changed === undefined) return;
    if (changed === 'all') this.#flush(() => true, 'own write');
    else for (const key of changed) this.#dropKey(key);
  }

  #dropKey(key: string | Uint8Array): void {
    const name = typeof key === 'string' ? key : text(key);
    this.#invalidated(this.entries.dropKey(name));
  }

  #invalidated(count: number): void {
    this.counts.invalidated += count;
  }

  #flush(isMeant: Parameters<Entries['dropSlots']>[0], reason: string, cause?: KvError): void {
    const dropped = this.entries.dropSlots(isMeant);
    this.#invalidated(dropped);
    this.counts.flushes++;
    this.#publish('flush', dropped, reason, cause);
  }

  #publish(event: 'flush' | 'on' | 'off', dropped: number, reason: string, cause?: KvError): void {
    publishCache({ client: this.settings.name, event, dropped, reason, cause });
  }
}

function isData(value: unknown): value is string | Uint8Array {
  return typeof value === 'string' || value instanceof Uint8Array;
}

function settingsOf(options: CacheOptions, keyPrefix: string, name: string): CacheSettings {
  const { maxBytes = 64 << 20, ttl = 60_000, mode = 'optIn', exactExpiry = false, prefixes = [''] } = options;
  const whole = prefixes.filter((prefix) => !prefixes.some((other) => prefix !== other && prefix.startsWith(other)));
  return { maxBytes, ttl, mode, exactExpiry, name, prefixes: [...new Set(whole)].map((prefix) => keyPrefix + prefix) };
}
