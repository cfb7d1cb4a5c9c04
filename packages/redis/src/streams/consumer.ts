import { AsyncLocalStorage } from 'node:async_hooks';
import {
  ArgumentError,
  asKvError,
  type CallOptions,
  type ClientState,
  ClosedError,
  type KvError,
  Listeners,
  monotonicNow,
  setHidden,
  setTimeout,
} from '@kv/core';
import type { Multi } from '../batch/multi.ts';
import type { StreamEntry } from '../commands/support/streams.ts';
import type { RedisCommands } from '../generated/redis-commands.ts';
import { hasPrefix } from '../protocol/errors.ts';
import { type ConsumerOptions, type ConsumerSettings, readConsumerOptions } from './consumer-options.ts';

/** What a consumer tells about. */
export interface ConsumerEvents<V> {
  /** A handler threw: the entry stays pending and comes again. */
  readonly failed: (entry: StreamEntry<V>, error: unknown) => void;
  /** An entry was moved to the dead letters. */
  readonly dead: (entry: StreamEntry<V>) => void;
  /** Reading failed (the server is away, …); it goes on by itself. */
  readonly error: (error: KvError) => void;
}

/** Handles one entry: the entry is acknowledged when the promise is fulfilled. */
type Handler<V> = (entry: StreamEntry<V>) => Promise<void> | void;

/** What a consumer needs of its client. */
export interface ConsumerClient<V>
  extends Pick<RedisCommands<V>, 'xack' | 'xautoclaim' | 'xgroupCreate' | 'xinfoGroups' | 'xpending' | 'xreadgroup'> {
  readonly state: ClientState;
  with(options: Pick<CallOptions, 'signal'>): Pick<RedisCommands<V>, 'xreadgroup'>;
  multi(): Multi<V>;
}

/** Pause after a failed read, ms: the client waits for its server itself, so this only stops a fast loop. */
const READ_PAUSE = 100;

/**
 * Reads a stream as one consumer of a group: every entry is handled by one of the group's consumers, at least once.
 *
 * ```text
 *   XREADGROUP >  ──► handler ──► XACK
 *                        └ throws: pending ──retryAfter──► XAUTOCLAIM (by any consumer) ──► handler
 *                                             more than maxDeliveries: XADD dead letters + XACK, in one transaction
 * ```
 *
 * @example
 * const worker = redis.consumer({ stream: 'jobs', group: 'mailers', name: 'mailer-1', concurrency: 10 })
 * const running = worker.run(async ({ id, fields }) => console.log(id, fields))
 * // later
 * await worker.stop()
 * await running
 */
export class Consumer<V = string> {
  declare protected readonly self: Consumer<V>;
  readonly #redis: ConsumerClient<V>;
  readonly #options: ConsumerSettings;
  readonly #listeners = new Listeners<ConsumerEvents<V>>(['failed', 'dead', 'error']);
  /** The handler that calls, for `stop()`. */
  readonly #handler = new AsyncLocalStorage<{ active: boolean }>();
  readonly #active = new Set<Promise<void>>();
  /** Ids that this consumer handles now: claiming must not start them twice. */
  readonly #handling = new Set<string>();
  /** Where the group begins, when it has to be made (again). */
  #from: string;
  #stopping = new AbortController();
  #running: Promise<void> | undefined;

  /** Made by `redis.consumer()`. */
  constructor(redis: ConsumerClient<V>, options: ConsumerOptions) {
    setHidden(this, 'self', this);
    this.#redis = redis;
    this.#options = readConsumerOptions(options);
    this.#from = this.#options.from;
  }

  /** Adds a listener, which is called in the async context of the caller. @throws ArgumentError for an unknown event */
  on<E extends keyof ConsumerEvents<V>>(event: E, listener: ConsumerEvents<V>[E]): this {
    this.self.#listeners.on(event, listener);
    return this;
  }

  /** Removes a listener. @throws ArgumentError for an unknown event */
  off<E extends keyof ConsumerEvents<V>>(event: E, listener: ConsumerEvents<V>[E]): this {
    this.self.#listeners.off(event, listener);
    return this;
  }

  /**
   * Handles entries until {@link stop}, or until the client is closed. Resolves when the last handler has ended.
   *
   * @throws ArgumentError when it runs already, ClosedError when the client is closed
   */
  run(handler: Handler<V>): Promise<void> {
    if (this.self.#running !== undefined) return Promise.reject(new ArgumentError('run: the consumer runs already'));
    if (this.self.#clientCloses) return Promise.reject(new ClosedError('run: the client is closed'));
    this.self.#stopping = new AbortController();
    this.self.#running = this.self.#run(handler).finally(() => {
      this.self.#running = undefined;
    });
    return this.self.#running;
  }

  /**
   * Takes no more entries and waits for the handlers under way. Called by a handler it waits for nothing, because it
   * would wait for itself: `run()` says when all have ended.
   */
  async stop(): Promise<void> {
    this.self.#stopping.abort();
    if (this.self.#handler.getStore()?.active !== true) await this.self.#running;
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted || this.#clientCloses;
  }

  get #clientCloses(): boolean {
    return this.#redis.state === 'closing' || this.#redis.state === 'closed';
  }

  async #run(handler: Handler<V>): Promise<void> {
    await this.#attempt(() => this.#makeGroup());
    await this.#attempt(() => this.#ownPending(handler));
    let claimAt = 0;
    while (!this.#stopped) {
      await this.#free();
      if (this.#stopped) break;
      if (monotonicNow() >= claimAt) {
        claimAt = monotonicNow() + this.#options.retryAfter / 2;
        await this.#attempt(() => this.#claim(handler));
      }
      if (this.#room > 0) await this.#attempt(() => this.#read(handler));
    }
    await Promise.all(this.#active);
  }

  /** How many entries could begin now. */
  get #room(): number {
    return this.#options.concurrency - this.#active.size;
  }

  /** Resolves when there is room for one more entry. */
  async #free(): Promise<void> {
    while (this.#room <= 0) await Promise.race(this.#active);
  }

  /** What goes wrong while the server is away is told, and tried again. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#stopped) return;
      if (hasPrefix(error, 'NOGROUP')) return this.#attempt(() => this.#makeGroup());
      this.#listeners.emit('error', asKvError(error));
      await new Promise<void>((resolve) => setTimeout(resolve, READ_PAUSE));
    }
  }

  async #makeGroup(): Promise<void> {
    const { stream, group } = this.#options;
    try {
      await this.#redis.xgroupCreate(stream, group, this.#from, { mkstream: true });
    } catch (error) {
      if (!hasPrefix(error, 'BUSYGROUP')) throw error;
    }
    if (this.#from === '$') await this.#rememberEnd();
  }

  /** What `$` meant the first time: a group that is lost and made again must not skip what came in between. */
  async #rememberEnd(): Promise<void> {
    const { stream, group } = this.#options;
    const groups = await this.#redis.xinfoGroups(stream);
    this.#from = groups.find(({ name }) => name === group)?.lastDeliveredId ?? '$';
  }

  /**
   * What this consumer had received before it was started again. Reading is a delivery more, so each entry is read when
   * it can begin, and alone: one that ends the process must not wear out the deliveries of others.
   */
  async #ownPending(handler: Handler<V>): Promise<void> {
    const { stream, group, name } = this.#options;
    for (let after = '0'; ; ) {
      await this.#free();
      if (this.#stopped) return;
      const history = await this.#redis.xreadgroup(group, name, { [stream]: after }, { count: 1 });
      const [entry] = history?.[stream] ?? [];
      if (entry === undefined) return;
      const { id, fields } = entry;
      after = id;
      if (fields === null) await this.#redis.xack(stream, group, id);
      else await this.#claimed({ id, fields }, handler);
    }
  }

  async #read(handler: Handler<V>): Promise<void> {
    const { stream, group, name, block, retryAfter } = this.#options;
    const { signal } = this.#stopping;
    const count = this.#room;
    const wait = Math.max(1, Math.min(block, Math.ceil(retryAfter / 2)));
    const read = await this.#redis.with({ signal }).xreadgroup(group, name, { [stream]: '>' }, { count, block: wait });
    for (const { id, fields } of read?.[stream] ?? []) {
      if (fields !== null) await this.#start({ id, fields }, handler);
    }
  }

  /**
   * Takes over what no one has acknowledged for long: of consumers that are gone, and what failed here. Claiming is a
   * delivery more, so no more is claimed than can begin.
   */
  async #claim(handler: Handler<V>): Promise<void> {
    const { stream, group, name, retryAfter } = this.#options;
    let cursor = '0-0';
    do {
      await this.#free();
      if (this.#stopped) return;
      const page = await this.#redis.xautoclaim(stream, group, name, retryAfter, cursor, { count: this.#room });
      cursor = page.cursor;
      for (const entry of page.entries) {
        if (this.#stopped) return;
        if (!this.#handling.has(entry.id)) await this.#claimed(entry, handler);
      }
    } while (cursor !== '0-0');
  }

  /** It has been delivered before. */
  async #claimed(entry: StreamEntry<V>, handler: Handler<V>): Promise<void> {
    const { stream, group, maxDeliveries } = this.#options;
    const [pending] = await this.#redis.xpending(stream, group, { start: entry.id, end: entry.id, count: 1 });
    if ((pending?.deliveries ?? 0) > maxDeliveries) return this.#bury(entry);
    await this.#start(entry, handler);
  }

  async #bury(entry: StreamEntry<V>): Promise<void> {
    const { stream, group, deadLetters } = this.#options;
    const m = this.#redis.multi();
    void m.xadd(deadLetters, '*', Object.entries(entry.fields) as [string, string][]);
    void m.xack(stream, group, entry.id);
    await m.execute();
    this.#listeners.emit('dead', entry);
  }

  async #start(entry: StreamEntry<V>, handler: Handler<V>): Promise<void> {
    await this.#free();
    this.#handling.add(entry.id);
    const work = this.#handle(entry, handler).finally(() => {
      this.#active.delete(work);
      this.#handling.delete(entry.id);
    });
    this.#active.add(work);
  }

  async #handle(entry: StreamEntry<V>, handler: Handler<V>): Promise<void> {
    const { stream, group } = this.#options;
    const call = { active: true };
    try {
      await this.#handler.run(call, () => handler(entry));
    } catch (error) {
      return this.#listeners.emit('failed', entry, error);
    } finally {
      call.active = false;
    }
    try {
      await this.#redis.xack(stream, group, entry.id);
    } catch (error) {
      this.#listeners.emit('error', asKvError(error));
    }
  }
}
