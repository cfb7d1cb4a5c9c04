/** What `Redis` and `Cluster` have in common: the life of a client, and how commands reach the one under it. */
import { EventEmitter } from 'node:events';
import type { Redis as KvRedis, RedisClientOptions, RedisSession } from '@kv/redis';
import { type Callback, splitCallback } from './arguments.ts';
import { answer, type Command, type CommandOptions } from './command.ts';
import { type CommandSender, installCommands, installScript } from './commander.ts';
import { closedError, knownError, MaxRetriesPerRequestError } from './errors.ts';
import type { Options } from './options.ts';
import { initialCommands, type MemberResult, Pipeline } from './pipeline.ts';
import type { ScriptDefinition } from './script.ts';
import { become, type Status } from './status.ts';
import { Subscriptions } from './subscriptions.ts';

/** Where commands go: the client, or the connection that watches keys. */
type Target = KvRedis | RedisSession;

/** Commands that are more than a command here: by name, with their arguments. */
type Special = (this: ClientShape, args: readonly (string | Uint8Array)[]) => Promise<unknown>;

const SPECIAL: Map<string, Special> = new Map();

function special(name: string, act: Special): void {
  SPECIAL.set(name, act);
}

/** A client in ioredis' shape, on a client of `@kv/redis`. */
export abstract class ClientShape extends EventEmitter implements CommandSender {
  /** Whether it is a cluster. */
  abstract readonly isCluster: boolean;
  readonly options: Options;
  status: Status | 'disconnecting' = 'wait';
  #kv: KvRedis | undefined;
  /** Fails what waits when the server is away for too long. */
  #epoch = new AbortController();
  #view: KvRedis | undefined;
  #watching: Promise<RedisSession> | undefined;
  #multi: Pipeline | undefined;
  readonly #subscriptions: Subscriptions;

  constructor(options: Options) {
    super();
    this.setMaxListeners(0);
    this.options = options;
    this.#subscriptions = new Subscriptions({
      resubscribes: options.autoResubscribe !== false,
      bytes: () => this.kv.with({ bytes: true }),
      emit: (event, ...args) => this.emit(event, ...args),
      listenerCount: (event) => this.listenerCount(event),
    });
    for (const [name, script] of Object.entries(options.scripts ?? {})) this.defineCommand(name, script);
    if (options.lazyConnect !== true) this.connect().catch(() => undefined); // the event `error` tells
  }

  /** Makes the client under it, and follows its state. */
  protected abstract open(backoff: RedisClientOptions['backoff']): KvRedis;

  /** A further client with the same options, and those that differ. */
  abstract duplicate(...override: unknown[]): ClientShape;

  /** The client under it, with all that ioredis has no words for. */
  get kv(): KvRedis {
    if (this.#kv === undefined) this.#begin();
    return this.#kv as KvRedis;
  }

  /** For all commands. */
  get commandOptions(): Pick<CommandOptions, 'keyPrefix' | 'stringNumbers'> {
    return { keyPrefix: this.options.keyPrefix, stringNumbers: this.options.stringNumbers };
  }

  /** `subscriber` while there are channels; other commands work all the same. */
  get mode(): 'normal' | 'subscriber' {
    return this.#subscriptions.size > 0 ? 'subscriber' : 'normal';
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
      throw closedError(knownError(error));
    }
  }

  #begin(): KvRedis {
    void this.#kv?.close({ timeout: 0 }); // one that has given up
    this.#epoch = new AbortController();
    this.status = 'connecting';
    queueMicrotask(() => this.emit('connecting'));
    const kv = this.open((failures) => this.#delay(failures));
    this.#kv = kv;
    this.#view = kv.with({ signal: this.#epoch.signal });
    return kv;
  }

  #delay(failures: number): number | undefined {
    const { maxRetriesPerRequest: most, retryStrategy } = this.options;
    if (typeof most === 'number' && failures % (most + 1) === 0) this.#flush(new MaxRetriesPerRequestError(most));
    const delay = typeof retryStrategy === 'function' ? retryStrategy(failures) : undefined;
    return typeof delay === 'number' ? delay : undefined;
  }

  /** Ends all calls that wait; later ones wait again. */
  #flush(error: Error): void {
    this.#epoch.abort(error);
    this.#epoch = new AbortController();
    this.#view = this.#kv?.with({ signal: this.#epoch.signal });
  }

  /** Uses a client that belongs to another object. */
  protected adopt(client: KvRedis): void {
    this.#kv = client;
    this.#view = client;
    this.status = 'ready';
  }

  /** Where commands go now. @throws when the client takes none */
  protected target(): KvRedis {
    if (this.status === 'end' || this.status === 'disconnecting') throw closedError();
    if (this.#kv === undefined) this.#begin();
    if (this.options.enableOfflineQueue === false && this.status !== 'ready')
      throw new Error("Stream isn't writeable and enableOfflineQueue options is false");
    return this.#view as KvRedis;
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
    const special = SPECIAL.get(specialName(command));
    if (special !== undefined) return command.resolve(await special.call(this, command.args));
    const target = this.target();
    const executor = this.#watching === undefined ? target : await this.#watching;
    try {
      command.answered(await executor.send(command.value() as never));
    } catch (error) {
      await this.#refused(command, error as Error, executor);
    }
  }

  async #refused(command: Command, error: Error, executor: Target): Promise<void> {
    const wanted = this.options.reconnectOnError?.(error) ?? false;
    if (wanted !== false) await this.kv.reconnect();
    if (wanted !== 2) throw error;
    command.answered(await executor.send(command.value() as never));
  }

  /** Adds a script as a method. */
  defineCommand(name: string, definition: ScriptDefinition): void {
    installScript(this, name, definition);
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
    const host = {
      commandOptions: this.commandOptions,
      target: (): Target | Promise<Target> => (this.#watching === undefined ? this.target() : this.#watching),
      executed: (): void => (atomic ? this.#endWatch() : undefined),
    };
    return new Pipeline(host, atomic);
  }

  /** Runs what `multi({ pipeline: false })` has collected. */
  exec(callback?: Callback<MemberResult[] | null>): Promise<MemberResult[] | null> {
    const multi = this.#multi;
    this.#multi = undefined;
    const results = multi?.exec() ?? Promise.reject(new Error('ERR EXEC without MULTI'));
    if (callback !== undefined) answer(results, callback as Callback);
    return results;
  }

  /** Forgets what `multi({ pipeline: false })` has collected. */
  async discard(): Promise<'OK'> {
    if (this.#multi === undefined) throw new Error('ERR DISCARD without MULTI');
    this.#multi = undefined;
    this.#endWatch();
    return 'OK';
  }

  /** Watches keys on a connection of its own, which all commands use until `exec`, `discard` or `unwatch`. */
  protected async watchKeys(keys: readonly (string | Uint8Array)[]): Promise<'OK'> {
    this.target();
    this.#watching ??= this.kv.session({ keyPrefix: this.options.keyPrefix });
    return (await this.#watching).watch([...keys] as string[]);
  }

  #endWatch(): void {
    const watching = this.#watching;
    this.#watching = undefined;
    void watching?.then(
      (session) => session.release(),
      () => undefined,
    );
  }

  /** Lets calls under way end, then closes the connection. */
  protected async end(wait: boolean): Promise<'OK'> {
    if (this.status === 'end') return 'OK';
    const connected = this.status !== 'wait';
    this.status = 'disconnecting';
    this.#subscriptions.clear();
    this.#endWatch();
    if (wait) await this.#kv?.close();
    else await this.#kv?.close({ timeout: 0 });
    if (connected) become(this, 'close');
    become(this, 'end');
    this.#kv = undefined;
    return 'OK';
  }

  /** Ends the connection at once. @param reconnect opens another one */
  disconnect(reconnect = false): void {
    if (reconnect && this.#kv !== undefined) void this.#kv.reconnect().catch(() => undefined);
    else void this.end(false);
  }

  static {
    special('quit', function quit() {
      return this.end(true);
    });
    special('watch', function watch(keys) {
      return this.watchKeys(keys);
    });
    special('unwatch', async function unwatch() {
      this.#endWatch();
      return 'OK';
    });
    special('select', async function select([db]) {
      this.target();
      await this.kv.select(Number(db));
      return 'OK';
    });
    special('auth', function auth([user, password]) {
      const { kv } = this;
      return password === undefined ? kv.auth(String(user)) : kv.auth(String(user), String(password));
    });
    special('client setname', async function setName([, name]) {
      this.target();
      return this.kv.setName(String(name));
    });
    for (const kind of ['subscribe', 'psubscribe', 'ssubscribe'] as const) {
      special(kind, function subscribe(names) {
        this.target();
        return this.#subscriptions.subscribe(kind, names.map(String));
      });
      special(kind.replace('sub', 'unsub'), function unsubscribe(names) {
        return this.#subscriptions.unsubscribe(kind, names.map(String));
      });
    }
  }
}

installCommands(ClientShape.prototype);

function specialName({ name, args: [first] }: Command): string {
  return name === 'client' ? `client ${String(first).toLowerCase()}` : name;
}
