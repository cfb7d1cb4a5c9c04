import { ArgumentError, monotonicNow, type OptionRules, queueMicrotask, Rule, readOptions, setTimeout } from '@kv/core';
import type { Redis } from '../client/redis.ts';
import type { StreamEntry } from '../commands/support/streams.ts';
import { hasPrefix } from '../protocol/errors.ts';

/** What a consumer of a stream reads, and how it treats failures. */
export interface ConsumerOptions {
  /** Key of the stream; it and the group are made when they are missing. */
  readonly stream: string;
  readonly group: string;
  /** Name of this consumer; each process should have its own, and keep it over restarts. */
  readonly name: string;
  /** Entries that are handled at the same time. Default 1. */
  readonly concurrency?: number | undefined;
  /** Without an acknowledgement for so long an entry is given to a consumer again: whole ms, 1 or more. Default 60,000. */
  readonly retryAfter?: number | undefined;
  /** Deliveries after which an entry is a dead letter. Default 5. */
  readonly maxDeliveries?: number | undefined;
  /** Stream that dead letters are moved to. Default: the key of the stream followed by `:dead`. */
  readonly deadLetters?: string | undefined;
  /** Where a new group begins: `0` (default) = with the first entry there is, `$` = with what comes from now on. */
  readonly from?: '0' | '$' | undefined;
  /** How long one read waits for entries, ms. Default 5,000. */
  readonly block?: number | undefined;
}

const RULES: OptionRules = {
  stream: Rule.text,
  group: Rule.text,
  name: Rule.text,
  concurrency: Rule.count,
  retryAfter: Rule.count,
  maxDeliveries: Rule.count,
  deadLetters: Rule.text,
  from: Rule.oneOf(['0', '$']),
  block: Rule.count,
};

type Settings = { readonly [K in keyof ConsumerOptions]-?: NonNullable<ConsumerOptions[K]> };

/** After `readOptions`, which leaves out what is undefined. */
type Given = Pick<Settings, 'stream' | 'group' | 'name'> & { readonly [K in keyof Settings]?: Settings[K] };

/** What a consumer tells about. */
export interface ConsumerEvents<V> {
  /** A handler threw: the entry stays pending and comes again. */
  readonly failed: (entry: StreamEntry<V>, error: unknown) => void;
  /** An entry was moved to the dead letters. */
  readonly dead: (entry: StreamEntry<V>) => void;
  /** Reading failed (the server is away, …); it goes on by itself. */
  readonly error: (error: unknown) => void;
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
  readonly #redis: Redis<V>;
  readonly #options: Settings;
  readonly #listeners: { readonly [E in keyof ConsumerEvents<V>]: Set<ConsumerEvents<V>[E]> } = {
    failed: new Set(),
    dead: new Set(),
    error: new Set(),
  };
  readonly #active = new Set<Promise<void>>();
  /** Ids that this consumer handles now: claiming must not start them twice. */
  readonly #handling = new Set<string>();
  /** Where the group begins, when it has to be made (again). */
  #from: string;
  #stopping = new AbortController();
  #running: Promise<void> | undefined;

  /** Made by `redis.consumer()`. */
  constructor(redis: Redis<V>, options: ConsumerOptions) {
    const checked = readOptions(RULES, options, new Map());
    for (const name of ['stream', 'group', 'name'] as const) {
      if (!checked[name]) throw new ArgumentError(`${name}: expected text that is not empty`);
    }
    this.#redis = redis;
    this.#options = {
      concurrency: 1,
      retryAfter: 60_000,
      maxDeliveries: 5,
      deadLetters: `${checked.stream}:dead`,
      from: '0',
      block: 5000,
      ...(checked as Given),
    };
    this.#from = this.#options.from;
  }

  /** Calls a listener for each event of a kind. */
  on<E extends keyof ConsumerEvents<V>>(event: E, listener: ConsumerEvents<V>[E]): this {
    this.#listeners[event].add(listener);
    return this;
  }

  /** Ends what {@link on} began. */
  off<E extends keyof ConsumerEvents<V>>(event: E, listener: ConsumerEvents<V>[E]): this {
    this.#listeners[event].delete(listener);
    return this;
  }

  /** Handles entries until {@link stop}. Resolves when the last handler has ended. @throws ArgumentError when it runs already */
  run(handler: (entry: StreamEntry<V>) => Promise<void> | void): Promise<void> {
    if (this.#running !== undefined) return Promise.reject(new ArgumentError('run: the consumer runs already'));
    this.#stopping = new AbortController();
    this.#running = this.#run(handler).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Takes no more entries and waits for the handlers under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted || this.#redis.state === 'closing' || this.#redis.state === 'closed';
  }

  async #run(handler: (entry: StreamEntry<V>) => Promise<void> | void): Promise<void> {
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
      this.#tell('error', error);
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
  async #ownPending(handler: (entry: StreamEntry<V>) => Promise<void> | void): Promise<void> {
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

  async #read(handler: (entry: StreamEntry<V>) => Promise<void> | void): Promise<void> {
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
   * Takes over what nobody has acknowledged for long: of consumers that are gone, and what failed here. Claiming is a
   * delivery more, so no more is claimed than can begin.
   */
  async #claim(handler: (entry: StreamEntry<V>) => Promise<void> | void): Promise<void> {
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
  async #claimed(entry: StreamEntry<V>, handler: (entry: StreamEntry<V>) => Promise<void> | void): Promise<void> {
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
    this.#tell('dead', entry);
  }

  async #start(entry: StreamEntry<V>, handler: (entry: StreamEntry<V>) => Promise<void> | void): Promise<void> {
    await this.#free();
    this.#handling.add(entry.id);
    const work = this.#handle(entry, handler).finally(() => {
      this.#active.delete(work);
      this.#handling.delete(entry.id);
    });
    this.#active.add(work);
  }

  async #handle(entry: StreamEntry<V>, handler: (entry: StreamEntry<V>) => Promise<void> | void): Promise<void> {
    const { stream, group } = this.#options;
    try {
      await handler(entry);
    } catch (error) {
      return this.#tell('failed', entry, error);
    }
    try {
      await this.#redis.xack(stream, group, entry.id);
    } catch (error) {
      this.#tell('error', error);
    }
  }

  /** Listeners are the caller's code: what they throw must not end the loop. */
  #tell<E extends keyof ConsumerEvents<V>>(event: E, ...details: Parameters<ConsumerEvents<V>[E]>): void {
    for (const listener of this.#listeners[event]) {
      queueMicrotask(() => (listener as (...all: Parameters<ConsumerEvents<V>[E]>) => void)(...details));
    }
  }
}
