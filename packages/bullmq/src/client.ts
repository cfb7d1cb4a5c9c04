import { EventEmitter } from 'node:events';
import { nextTick } from 'node:process';
import { Readable } from 'node:stream';
import { type Command, ConnectionError, type ConnectionEvent, type Redis } from '@kv/redis';
import type { IRedisClient } from 'bullmq';
import { type ClientCommands, COMMANDS, installCommands } from './commands.ts';
import { closedError, socketError, throwKnown } from './errors.ts';
import { nameOf } from './options.ts';
import { type DefinedScript, defineScript, type ScriptSource, type Scripts, scriptOf } from './scripts.ts';
import { Transaction } from './transaction.ts';

/** A client for BullMQ. */
export interface BullClient extends IRedisClient {
  /** The client under it. @throws Error when it is closed */
  readonly redis: Redis;
}

/** The methods that are not in the class come from the table of commands. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- its methods are installed below
export interface KvBullClient extends Omit<ClientCommands, 'bzpopmin' | 'del'> {}

/** A client of `@kv/redis` as BullMQ wants one. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: its methods are installed below
export class KvBullClient extends EventEmitter implements BullClient {
  readonly isCluster = false;
  /** For BullMQ, which looks whether there is a key prefix. */
  readonly options: Record<string, unknown>;
  /** Where it is in its life, in the words that BullMQ asks for. */
  status: 'wait' | 'connecting' | 'ready' | 'reconnecting' | 'end' = 'wait';
  /** Is not used itself: all that are made from it have its server, also a private one of `embedded:`. */
  readonly #origin: Redis;
  readonly #name: string | undefined;
  readonly #scripts: Scripts = new Map();
  #redis: Redis | undefined;
  #repeating: Redis | undefined;

  constructor(origin: Redis, name: string | undefined, scripts: Scripts = new Map()) {
    super();
    this.#origin = origin;
    this.#name = name;
    this.options = { keyPrefix: origin.keyPrefix, maxRetriesPerRequest: null };
    for (const [scriptName, script] of scripts) this.#addScript(scriptName, script);
  }

  /** The client under it. @throws Error when it is closed */
  get redis(): Redis {
    if (this.status === 'end') throw closedError();
    if (this.#redis === undefined) {
      this.#redis = this.#origin.duplicate({ name: this.#name });
      this.#redis.on('connection', (event) => this.#follow(event));
      this.#repeating = this.#redis.with({ retry: 'always' });
    }
    return this.#redis;
  }

  /** Keeps the status up to date, and emits `ready`, `close` and `error`. */
  #follow({ event, pool, cause }: ConnectionEvent): void {
    if (pool !== 'shared' || this.status === 'end') return;
    if (event === 'connecting' && this.status === 'wait') this.status = 'connecting';
    if (event === 'ready') {
      this.status = 'ready';
      this.emit('ready');
    }
    if (event !== 'failed' && event !== 'lost') return;
    this.status = 'reconnecting';
    if (this.listenerCount('error') > 0) this.emit('error', socketError(cause));
    this.emit('close');
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
      await new Promise((resolve, reject) => {
        this.once('ready', resolve).once('end', () => reject(closedError()));
      });
    }
    // Loads what renames a connection. BullMQ names the connection of its events right before it listens, and would miss
    // those that come while it is loaded.
    await this.#redis?.setName(this.#name ?? '').catch(() => undefined);
  }

  /** Ends the connection at once; what is under way rejects. */
  disconnect(): void {
    void this.quit({ timeout: 0 });
  }

  /** Lets calls under way end, then ends the connection. @param options `timeout`: how long they have, ms */
  async quit(options: { readonly timeout?: number } = {}): Promise<string> {
    const redis = this.#redis;
    this.#redis = undefined;
    this.status = 'end';
    await redis?.close(options);
    // Later than this resolves: it is awaited before listeners are added.
    nextTick(() => {
      this.emit('close');
      this.emit('end');
    });
    return 'OK';
  }

  /** A further client with the same options, the scripts that this one has by now, and the name that differs. */
  duplicate({ connectionName = this.#name }: { readonly connectionName?: string | undefined } = {}): KvBullClient {
    return new KvBullClient(this.#origin, nameOf(connectionName), this.#scripts);
  }

  /** Keeps a script, and makes a method of its name, by which BullMQ sees that it need not define it again. */
  defineCommand(name: string, source: ScriptSource): void {
    this.#addScript(name, defineScript(this.#origin, name, source));
  }

  #addScript(name: string, script: DefinedScript): void {
    this.#scripts.set(name, script);
    const value = (...args: unknown[]): Promise<unknown> => this.runCommand(name, args);
    Object.defineProperty(this, name, { value, configurable: true, writable: true });
  }

  async runCommand(name: string, args: unknown[]): Promise<unknown> {
    const { command, repeatable } = scriptOf(this.#scripts, name);
    return this.send(command(args), repeatable);
  }

  /** @param repeatable whether it may be sent again when its connection was lost with it on its way */
  async send(command: Command<unknown>, repeatable = false): Promise<never> {
    const { redis } = this;
    const sender = repeatable ? (this.#repeating as Redis) : redis;
    return (await sender.send(command).catch(throwKnown)) as never;
  }

  multi(): Transaction {
    return new Transaction(this.redis.multi(), this.#scripts);
  }

  pipeline(): Transaction {
    return new Transaction(this.redis.pipeline(), this.#scripts);
  }

  async del(...keys: string[]): Promise<number> {
    return keys.length === 0 ? 0 : this.send(COMMANDS.del(...keys));
  }

  /**
   * The marker that wakes a worker up. When the connection is lost meanwhile, it may have been taken: the worker then looks
   * for jobs at once, as after the timeout, instead of waiting for the next marker.
   */
  async bzpopmin(key: string, timeout: number): ReturnType<IRedisClient['bzpopmin']> {
    return this.send(COMMANDS.bzpopmin(key, timeout)).catch((error: unknown) => {
      if (error instanceof ConnectionError && error.outcome === 'unknown') return null;
      throw error;
    });
  }

  /** Its name in the list of clients, by which BullMQ finds workers. One that is closed meanwhile needs none. */
  async clientSetName(name: string): Promise<'OK'> {
    const { redis } = this;
    return redis
      .setName(nameOf(name) ?? '')
      .catch((error: unknown) => (this.#redis === redis ? throwKnown(error) : 'OK'));
  }

  scanStream({ match, count }: { match: string; count?: number }): Readable {
    return Readable.from(this.#pages({ MATCH: match, ...(count === undefined ? {} : { COUNT: count }) }));
  }

  async *#pages(options: { MATCH: string; COUNT?: number }): AsyncGenerator<string[], void, undefined> {
    let cursor = '0';
    do {
      const [next, keys] = await this.scan(cursor, options);
      cursor = next;
      yield keys;
    } while (cursor !== '0');
  }
}

installCommands(KvBullClient.prototype);
