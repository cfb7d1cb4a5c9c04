/** What `Redis` and `Cluster` have in common: the life of a client, and how commands reach the one under it. */
import { EventEmitter } from 'node:events';
import { Flag, isKvError, queueMicrotask, setTimeout } from '@kv/core';
import type { Command as KvCommand, Redis as KvRedis, RedisClientOptions } from '@kv/redis';
import { type Callback, splitCallback } from './arguments.ts';
import { answer } from './callbacks.ts';
import type { Command, SharedOptions } from './command.ts';
import { builtinCommands, type CommandSender, installBuiltin, installCommands, installScript } from './commander.ts';
import { closedError, isRefusal, knownError } from './errors.ts';
import { installInspection } from './inspection.ts';
import { Life } from './life.ts';
import type { Options } from './options.ts';
import { initialCommands, type MemberResult, Pipeline, type PipelineHost } from './pipeline.ts';
import { installStreams } from './scan-stream.ts';
import type { ScriptDefinition } from './script.ts';
import { type SpecialHost, specialOf } from './specials.ts';
import { become, type Status } from './status.ts';
import { Subscriptions } from './subscriptions.ts';
import { type Target, Watch } from './watch.ts';

/** What may be sent before the server is ready, when nothing else may wait. */
const HANDSHAKE = new Set(['auth', 'hello', 'select', 'client', 'readonly', 'info']);

/** A client in ioredis' shape, on a client of `@kv/redis`. */
export abstract class ClientShape extends EventEmitter implements CommandSender {
  /** Whether it is a cluster. */
  abstract readonly isCluster: boolean;
  readonly options: Options;
  status: Status | 'disconnecting' = 'wait';
  readonly #life: Life;
  readonly #watch = new Watch();
  readonly #subscriptions: Subscriptions;
  readonly #host: SpecialHost;
  /** Methods that were added to this object, for its pipelines. */
  readonly #added: Record<string, unknown> = {};
  #multi: Pipeline | undefined;
  /** The database of calls from now on. */
  #db: number;
  /** Why there will be no further attempt to connect. */
  #gaveUp: Error | undefined;
  /** Calls that the server may hold back. */
  #blocking = 0;

  constructor(options: Options) {
    super();
    this.setMaxListeners(0);
    this.options = options;
    this.#db = Number(options.db ?? 0);
    this.#life = new Life({ options, open: (backoff) => this.#subscriptions.follow(this.open(backoff)) });
    this.#subscriptions = new Subscriptions({
      resubscribes: options.autoResubscribe !== false,
      bytes: () => this.#life.view.with({ bytes: true }),
      emit: (event, ...args) => this.emit(event, ...args),
      listenerCount: (event) => this.listenerCount(event),
    });
    this.#host = {
      life: this.#life,
      watch: this.#watch,
      subscriptions: this.#subscriptions,
      target: (name) => this.target(name),
      end: (wait) => this.end(wait),
      selected: (db) => this.#selected(db),
    };
    for (const [name, script] of Object.entries(options.scripts ?? {})) this.defineCommand(name, script);
    if (options.lazyConnect !== true) this.connect().catch(() => undefined); // the event `error` tells
  }

  /** Makes the client under it, and follows its state. */
  protected abstract open(backoff: RedisClientOptions['backoff']): KvRedis;

  /** A further client with the same options, and those that differ. */
  abstract duplicate(...override: unknown[]): ClientShape;

  /** The client under it, with all that ioredis has no words for, and with the same `keyPrefix`, unless that is bytes. */
  get kv(): KvRedis {
    if (this.#life.client === undefined) this.#begin();
    return this.#life.prefixed;
  }

  /** The client under it, without the `keyPrefix`: commands of ioredis' shape put that before their keys themselves. */
  protected get bare(): KvRedis {
    return this.#life.client ?? this.#begin();
  }

  /** For all commands. */
  get commandOptions(): SharedOptions {
    const { keyPrefix, stringNumbers, replyMapping, kv } = this.options;
    const single = !this.isCluster && kv?.connections !== 'several' && this.#watch.session === undefined;
    return { keyPrefix, stringNumbers, replyMapping, single };
  }

  /** `subscriber` in RESP2 while there are channels; other commands work all the same. */
  get mode(): 'normal' | 'subscriber' | 'monitor' {
    if (this.options.monitor === true) return 'monitor';
    return Number(this.options.protocol) === 2 && this.#subscriptions.size > 0 ? 'subscriber' : 'normal';
  }

  /** How many attempts to connect have failed in a row. */
  get retryAttempts(): number {
    return this.#life.retryAttempts;
  }

  /** Connects. Rejects when it is connected already, or when that fails. */
  connect(callback?: Callback<void>): Promise<void> {
    const connected = this.#connect();
    if (callback !== undefined) answer(connected, callback as Callback);
    return connected;
  }

  async #connect(): Promise<void> {
    if (['connecting', 'connect', 'ready', 'reconnecting'].includes(this.status))
      throw new Error('Redis is already connecting/connected');
    const kv = this.#begin();
    try {
      await kv.connect();
    } catch (error) {
      throw this.#gaveUp ?? closedError(knownError(error));
    }
  }

  /** Ends all calls, and the client: there will be no further attempt. */
  protected giveUp(reason: Error): void {
    this.#gaveUp = reason;
    this.#life.flush(reason);
    void this.#life.end(0);
    become(this, 'end');
  }

  #begin(): KvRedis {
    this.#gaveUp = undefined;
    const client = this.#life.begin();
    this.status = 'connecting';
    queueMicrotask(() => this.emit('connecting'));
    return client;
  }

  /** Uses a client that belongs to another object. */
  protected adopt(client: KvRedis): void {
    this.#life.adopt(client);
    this.status = 'ready';
  }

  /** Where commands go now. @throws when the client takes none */
  protected target(name?: string): KvRedis {
    if (this.status === 'end' || this.status === 'disconnecting') throw closedError();
    if (this.mode === 'monitor') throw new Error("Connection is in monitoring mode, can't process commands.");
    if (this.#life.client === undefined) this.#begin();
    if (this.options.enableOfflineQueue === false && !this.#isWriteable(name))
      throw new Error("Stream isn't writeable and enableOfflineQueue options is false");
    return this.#life.view;
  }

  #isWriteable(name: string | undefined): boolean {
    return this.status === 'ready' || (this.status === 'connect' && name !== undefined && HANDSHAKE.has(name));
  }

  /** Sends a command object; gives its promise. */
  sendCommand(command: Command): Promise<unknown> {
    const multi = this.#multi;
    if (multi !== undefined) {
      multi.sendCommand(command);
      return Promise.resolve('QUEUED');
    }
    this.#run(command).catch((error: unknown) => command.reject(knownError(error)));
    return command.promise;
  }

  /** Nothing is awaited before it is sent, where nothing has to be. */
  async #run(command: Command): Promise<void> {
    command.check();
    const special = specialOf(command);
    if (special !== undefined) return void command.answered(await special(this.#host, command));
    const target = this.target(command.name);
    const executor = this.#watch.session === undefined ? target : await this.#watch.targetOf(target, this.isCluster);
    try {
      command.answered(await this.#send(executor, command.value()));
    } catch (error) {
      command.answered(await this.#refused(command, error as Error, () => executor));
    }
  }

  #send(executor: Target, value: KvCommand<unknown>): Promise<unknown> {
    return (value.flags & Flag.blocking) === 0 ? executor.send(value) : this.#sendBlocking(executor, value);
  }

  async #sendBlocking(executor: Target, value: KvCommand<unknown>): Promise<unknown> {
    const { blockingTimeout = 0, blockingTimeoutGrace = 100 } = this.options;
    const most = value.blockMs > 0 ? value.blockMs + blockingTimeoutGrace : blockingTimeout;
    this.#blocking++;
    try {
      return await (blockingTimeout > 0 ? executor.with({ timeout: most }) : executor).send(value);
    } catch (error) {
      if (blockingTimeout > 0 && isKvError(error) && error.code === 'TIMEOUT') return null;
      throw error;
    } finally {
      this.#blocking--;
    }
  }

  /**
   * What becomes of a command that failed. When the server refused it, the option `reconnectOnError` is asked.
   *
   * @param executor where it is sent again @throws when the client takes no calls
   */
  async #refused(command: Command, error: Error, executor: () => Target): Promise<unknown> {
    const kv = this.#life.client;
    if (kv === undefined || command.name === 'client' || !isRefusal(error)) throw error;
    const wanted = this.options.reconnectOnError?.(error) ?? false;
    if (wanted === false || (wanted as unknown) === 0) throw error;
    kv.reconnect().catch(() => undefined); // tells whether its first attempt succeeds; calls wait for the next ones, too
    if (wanted === 2) return this.#send(executor(), command.value());
    throw error;
  }

  /** Adds a script as a method. */
  defineCommand(name: string, definition: ScriptDefinition): void {
    this.#add(installScript(name, definition));
  }

  /** Adds a command that the server has and this package does not know as a method. */
  addBuiltinCommand(name: string): void {
    this.#add(installBuiltin(name));
  }

  #add(methods: Record<string, unknown>): void {
    Object.assign(this, methods);
    Object.assign(this.#added, methods);
  }

  /** The names of all commands that have a method. */
  getBuiltinCommands(): string[] {
    return builtinCommands();
  }

  /** Methods of a command: with text, and its Buffer twin. */
  createBuiltinCommand(name: string): { readonly string: unknown; readonly buffer: unknown } {
    const [string, buffer] = Object.values(installBuiltin(name));
    return { string, buffer };
  }

  /** Collects commands; `exec()` sends them together. */
  pipeline(...given: unknown[]): Pipeline {
    return this.#batch(false).addBatch(initialCommands(given));
  }

  /** Collects commands; `exec()` sends them between MULTI and EXEC. `{ pipeline: false }`: those of this client. */
  multi(...given: unknown[]): Pipeline | Promise<'OK'> {
    const batch = this.#batch(true);
    const [options] = splitCallback(given).args as { readonly pipeline?: boolean }[];
    if (options?.pipeline !== false) return batch.addBatch(initialCommands(given));
    this.#multi = batch;
    return Promise.resolve('OK');
  }

  #batch(atomic: boolean): Pipeline {
    const host: PipelineHost = {
      options: this.options,
      commandOptions: this.commandOptions,
      target: (whole) => this.#targetOfBatch(whole),
      refused: (command, error) => this.#refused(command, error, () => this.target()),
      executed: () => this.#watch.end(),
    };
    return Object.assign(new Pipeline(host, atomic), this.#added);
  }

  /** @param whole it has a transaction, which keys that are watched protect */
  #targetOfBatch(whole: boolean): Target | Promise<Target> {
    const { session } = this.#watch;
    if (session === undefined) return this.target();
    return whole ? session : this.#watch.targetOf(this.target(), this.isCluster);
  }

  /** Runs what `multi({ pipeline: false })` has collected. */
  exec(callback?: Callback<MemberResult[] | null>): Promise<MemberResult[] | null> {
    const multi = this.#multi;
    this.#multi = undefined;
    const results = multi?.exec() ?? Promise.reject(new Error('ERR EXEC without MULTI'));
    if (callback !== undefined) answer(results as Promise<unknown>, callback as Callback);
    return results as Promise<MemberResult[] | null>;
  }

  /** Forgets what `multi({ pipeline: false })` has collected. */
  async discard(): Promise<'OK'> {
    if (this.#multi === undefined) throw new Error('ERR DISCARD without MULTI');
    this.#multi = undefined;
    this.#watch.end();
    return 'OK';
  }

  #selected(db: number): void {
    if (this.#db === db) return;
    this.#db = db;
    this.emit('select', db);
  }

  /** Closes the client. @param wait lets calls under way end, also those that still wait for the connection */
  protected async end(wait: boolean): Promise<'OK'> {
    if (this.status === 'end') return 'OK';
    const isOpen = this.status === 'ready' || (this.isCluster && this.#hasConnection());
    const connected = this.status !== 'wait';
    this.status = 'disconnecting';
    if (wait && isOpen && this.#subscriptions.size > 0) await this.#subscriptions.drain(this.#patienceMs);
    this.#subscriptions.clear();
    this.#watch.end();
    if (!wait && !isOpen) this.#life.flush(closedError());
    if (!(await this.#life.end(wait ? undefined : this.#patience(isOpen)))) return 'OK';
    this.status = 'disconnecting'; // a connection that was on its way has become ready meanwhile
    setTimeout(() => this.#ended(connected || this.isCluster), 0);
    return 'OK';
  }

  /** Told when the callers of what has ended know it. */
  #ended(connected: boolean): void {
    if (this.status !== 'disconnecting') return;
    if (connected) become(this, 'close');
    become(this, 'end');
  }

  /** In a cluster other servers may answer while one is away. */
  #hasConnection(): boolean {
    return (this.#life.client?.stats().connections.shared.size ?? 0) > 0;
  }

  /** What was sent is still answered, unless the server holds back an answer. */
  #patience(isOpen: boolean): number {
    return isOpen && this.#blocking === 0 ? this.#patienceMs : 0;
  }

  get #patienceMs(): number {
    return this.options.disconnectTimeout ?? 2000;
  }

  /** Ends the connection: what was sent is answered, what waits fails. @param reconnect opens another one at once */
  disconnect(reconnect = false): void {
    if (reconnect && this.#life.client !== undefined) void this.#life.client.reconnect().catch(() => undefined);
    else void this.end(false);
  }
}

installInspection<ClientShape>(ClientShape.prototype, ({ status, options }) => ({ status, options }));
installCommands(ClientShape.prototype);
installStreams(ClientShape.prototype);
