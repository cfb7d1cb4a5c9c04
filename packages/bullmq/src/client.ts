import { EventEmitter } from 'node:events';
import { nextTick } from 'node:process';
import { Readable } from 'node:stream';
import type { Command, Redis } from '@kv/redis';
import type { IRedisClient } from 'bullmq';
import { call, DefinedScript, options, pairs, type ScriptSource, type Scripts, scriptOf, toObject } from './calls.ts';
import { closedError, isLost, knownError, socketError } from './errors.ts';
import { type BullOptions, clientOptions, nameOf } from './options.ts';
import { followClient, type Status } from './status.ts';
import { Transaction } from './transaction.ts';

/** A client for BullMQ. */
export interface BullClient extends IRedisClient {
  /** The client under it. @throws Error when it is closed */
  readonly redis: Redis;
}

/** A client of `@kv/redis` as BullMQ wants one. */
export class KvBullClient extends EventEmitter implements BullClient {
  readonly isCluster = false;
  /** For BullMQ, which looks whether there is a key prefix. */
  readonly options: Record<string, unknown>;
  status: Status = 'wait';
  /** Is not used itself: all that are made from it have its server, also a private one of `embedded:`. */
  readonly #origin: () => Redis;
  readonly #own: BullOptions;
  readonly #scripts: Scripts = new Map();
  #redis: Redis | undefined;
  #repeating: Redis | undefined;

  constructor(origin: () => Redis, own: BullOptions = {}, scripts: Scripts = new Map()) {
    super();
    this.#origin = origin;
    this.#own = own;
    this.options = { ...own, maxRetriesPerRequest: null };
    for (const [name, script] of scripts) this.#define(name, script);
  }

  /** The client under it. @throws Error when it is closed */
  get redis(): Redis {
    if (this.status === 'end') throw closedError();
    this.#redis ??= this.#open();
    return this.#redis;
  }

  #open(): Redis {
    const told = { ...clientOptions(this.#own), bytes: false };
    const redis = this.#origin().duplicate(told);
    followClient(redis, this);
    this.#repeating = redis.with({ retry: 'always' });
    return redis;
  }

  /**
   * Connects. While the server is away the first call waits for it, until the client is closed. After `disconnect()` a
   * call rejects when the first attempt fails: BullMQ may be about to close.
   */
  async connect(): Promise<void> {
    const again = this.status === 'end';
    if (again) this.status = 'wait';
    try {
      await this.redis.connect();
    } catch (error) {
      if (again) throw socketError(error);
      await this.#isReady();
    }
    await this.#prepareNaming();
  }

  /**
   * Loads what renames a connection, which happens with its first use. BullMQ names the connection of its events right
   * before it listens, and would miss those that come while it is loaded.
   */
  async #prepareNaming(): Promise<void> {
    await this.#redis?.setName(nameOf(this.#own.name) ?? '').catch(() => undefined);
  }

  #isReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.once('ready', resolve);
      this.once('end', () => reject(closedError()));
    });
  }

  /** Ends the connection at once; what is under way rejects. */
  disconnect(): void {
    void this.#end(0);
  }

  /** Lets calls under way end, then ends the connection. */
  async quit(): Promise<string> {
    await this.#end(undefined);
    return 'OK';
  }

  async #end(timeout: number | undefined): Promise<void> {
    const redis = this.#redis;
    this.#redis = undefined;
    this.status = 'end';
    await redis?.close(timeout === undefined ? {} : { timeout });
    nextTick(() => this.#tellEnd()); // later than `quit()` resolves: it is awaited before listeners are added
  }

  #tellEnd(): void {
    this.emit('close');
    this.emit('end');
  }

  /** A further client with the same options and scripts, and the options that differ. */
  duplicate(override: { readonly connectionName?: string | undefined } = {}): KvBullClient {
    const { connectionName = this.#own.name } = override;
    return new KvBullClient(this.#origin, { ...this.#own, name: nameOf(connectionName) }, this.#scripts);
  }

  async #send(command: Command<unknown>): Promise<never> {
    try {
      return (await this.redis.send(command)) as never;
    } catch (error) {
      throw knownError(error);
    }
  }

  /** Keeps a script, and makes a method of its name, by which BullMQ sees that it need not define it again. */
  defineCommand(name: string, source: ScriptSource): void {
    this.#define(name, new DefinedScript(name, source));
  }

  #define(name: string, script: DefinedScript): void {
    this.#scripts.set(name, script);
    const value = (...args: unknown[]): Promise<unknown> => this.runCommand(name, args);
    Object.defineProperty(this, name, { value, configurable: true, writable: true });
  }

  async runCommand(name: string, args: unknown[]): Promise<unknown> {
    const script = scriptOf(this.#scripts, name);
    const command = script.call(this.redis, args);
    const redis = (script.repeatable ? this.#repeating : this.#redis) as Redis;
    try {
      return await redis.send(command);
    } catch (error) {
      throw knownError(error);
    }
  }

  multi(): Transaction {
    return new Transaction(this.redis, this.#scripts, true);
  }

  pipeline(): Transaction {
    return new Transaction(this.redis, this.#scripts, false);
  }

  async hgetall(key: string): Promise<Record<string, string>> {
    return toObject(await this.#send(call('HGETALL', key)));
  }

  hget(key: string, field: string): Promise<string | null> {
    return this.#send(call('HGET', key, field));
  }

  hmget(key: string, ...fields: string[]): Promise<(string | null)[]> {
    return this.#send(call('HMGET', key, fields));
  }

  hset(key: string, data: Record<string, string | number>): Promise<number> {
    return this.#send(call('HSET', key, pairs(data)));
  }

  hdel(key: string, ...fields: string[]): Promise<number> {
    return this.#send(call('HDEL', key, fields));
  }

  hexists(key: string, field: string): Promise<number> {
    return this.#send(call('HEXISTS', key, field));
  }

  get(key: string): Promise<string | null> {
    return this.#send(call('GET', key));
  }

  set(key: string, value: string | number, { PX, EX }: { PX?: number; EX?: number } = {}): Promise<string | null> {
    return this.#send(call('SET', key, value, options(PX === undefined ? { EX } : { PX })));
  }

  async del(...keys: string[]): Promise<number> {
    return keys.length === 0 ? 0 : this.#send(call('DEL', keys));
  }

  zrange(key: string, start: number, end: number, scores: { WITHSCORES?: boolean } = {}): Promise<string[]> {
    return this.#send(call('ZRANGE', key, start, end, scores.WITHSCORES === true ? ['WITHSCORES'] : []));
  }

  zrevrange(key: string, start: number, end: number, scores: { WITHSCORES?: boolean } = {}): Promise<string[]> {
    return this.#send(call('ZREVRANGE', key, start, end, scores.WITHSCORES === true ? ['WITHSCORES'] : []));
  }

  zcard(key: string): Promise<number> {
    return this.#send(call('ZCARD', key));
  }

  zscore(key: string, member: string): Promise<string | null> {
    return this.#send(call('ZSCORE', key, member));
  }

  lrange(key: string, start: number, end: number): Promise<string[]> {
    return this.#send(call('LRANGE', key, start, end));
  }

  llen(key: string): Promise<number> {
    return this.#send(call('LLEN', key));
  }

  ltrim(key: string, start: number, end: number): Promise<string> {
    return this.#send(call('LTRIM', key, start, end));
  }

  lpos(key: string, value: string): Promise<number | null> {
    return this.#send(call('LPOS', key, value));
  }

  smembers(key: string): Promise<string[]> {
    return this.#send(call('SMEMBERS', key));
  }

  xadd(
    key: string,
    id: string,
    fields: Record<string, string | number>,
    { MAXLEN, approximate }: { MAXLEN?: number; approximate?: boolean } = {},
  ): Promise<string> {
    const trim = MAXLEN === undefined ? [] : ['MAXLEN', ...(approximate === false ? [] : ['~']), MAXLEN];
    return this.#send(call('XADD', key, trim, id, pairs(fields)));
  }

  xread(
    streams: { key: string; id: string }[],
    { BLOCK, COUNT }: { BLOCK?: number; COUNT?: number } = {},
  ): Promise<unknown> {
    const names = [...streams.map(({ key }) => key), ...streams.map(({ id }) => id)];
    return this.#send(call('XREAD', options({ BLOCK, COUNT }), 'STREAMS', names));
  }

  xtrim(key: string, strategy: 'MAXLEN', threshold: number, how: { approximate?: boolean } = {}): Promise<number> {
    return this.#send(call('XTRIM', key, strategy, how.approximate === false ? [] : ['~'], threshold));
  }

  /**
   * The marker that wakes a worker up. When the connection is lost meanwhile, it may have been taken: the worker then looks
   * for jobs at once, as after the timeout, instead of waiting for the next marker.
   */
  async bzpopmin(key: string, timeout: number): Promise<[key: string, member: string, score: string] | null> {
    try {
      return await this.#send(call('BZPOPMIN', key, timeout));
    } catch (error) {
      if (isLost(error)) return null;
      throw error;
    }
  }

  info(): Promise<string> {
    return this.#send(call('INFO'));
  }

  /** Its name in the list of clients, by which BullMQ finds workers. One that is closed meanwhile needs none. */
  async clientSetName(name: string): Promise<'OK'> {
    const { redis } = this;
    try {
      return await redis.setName(nameOf(name) ?? '');
    } catch (error) {
      if (this.#redis !== redis) return 'OK';
      throw knownError(error);
    }
  }

  clientList(): Promise<string> {
    return this.#send(call('CLIENT LIST'));
  }

  clientInfo(): Promise<string> {
    return this.#send(call('CLIENT INFO'));
  }

  scan(cursor: string | number, given: { MATCH?: string; COUNT?: number }): Promise<[string, string[]]> {
    return this.#send(call('SCAN', cursor, options(given)));
  }

  scanStream({ match, count }: { match: string; count?: number }): Readable {
    return Readable.from(this.#pages({ MATCH: match, ...(count === undefined ? {} : { COUNT: count }) }));
  }

  async *#pages(given: { MATCH: string; COUNT?: number }): AsyncGenerator<string[], void, undefined> {
    let cursor = '0';
    do {
      const [next, keys] = await this.scan(cursor, given);
      cursor = next;
      yield keys;
    } while (cursor !== '0');
  }
}
