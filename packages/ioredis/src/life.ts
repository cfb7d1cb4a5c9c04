/** The client under one object: made when it is needed, and made again after its end. */
import type { Redis as KvRedis, RedisClientOptions } from '@kv/redis';
import { closedError, MaxRetriesPerRequestError } from './errors.ts';
import type { Options } from './options.ts';

/** Whose client it is. */
export interface LifeHost {
  readonly options: Options;
  /** Makes the client. */
  open(backoff: RedisClientOptions['backoff']): KvRedis;
}

/** Makes the client under an object, and ends what waits when the server is away for too long. */
export class Life {
  /** Attempts to connect that failed in a row. */
  retryAttempts = 0;
  readonly #host: LifeHost;
  #kv: KvRedis | undefined;
  #view: KvRedis | undefined;
  #prefixed: KvRedis | undefined;
  #epoch = new AbortController();

  constructor(host: LifeHost) {
    this.#host = host;
  }

  /** The client, once it was made. */
  get client(): KvRedis | undefined {
    return this.#kv;
  }

  /** The client; made now where there is none. */
  get kv(): KvRedis {
    return this.#kv ?? this.begin();
  }

  /** The client as its user sees it: with the prefix that the commands of ioredis have. */
  get prefixed(): KvRedis {
    this.#prefixed ??= withKeyPrefix(this.kv, this.#host.options);
    return this.#prefixed;
  }

  /** The client for calls, which {@link flush} ends. */
  get view(): KvRedis {
    if (this.#view === undefined) this.begin();
    return this.#view as KvRedis;
  }

  /** Makes a client in place of one that has given up. */
  begin(): KvRedis {
    void this.#kv?.close({ timeout: 0 });
    this.retryAttempts = 0;
    this.#kv = this.#host.open((failures) => this.#delay(failures));
    this.#prefixed = undefined;
    this.#renewView();
    return this.#kv;
  }

  /** Takes a client that belongs to another object. */
  adopt(client: KvRedis): void {
    this.#kv = client;
    this.#view = client;
    this.#prefixed = undefined;
  }

  #delay(failures: number): number | undefined {
    const { maxRetriesPerRequest: most, retryStrategy } = this.#host.options;
    this.retryAttempts = failures;
    const delay = typeof retryStrategy === 'function' ? retryStrategy(failures) : undefined;
    if (typeof delay !== 'number') return this.#giveUp();
    if (typeof most === 'number' && failures % (most + 1) === 0) this.flush(new MaxRetriesPerRequestError(most));
    return delay;
  }

  #giveUp(): undefined {
    this.flush(closedError());
  }

  /** Ends all calls that wait; later ones wait again. */
  flush(error: Error): void {
    this.#epoch.abort(error);
    this.#renewView();
  }

  #renewView(): void {
    this.#epoch = new AbortController();
    this.#view = this.#kv?.with({ signal: this.#epoch.signal });
  }

  /**
   * Closes the client and forgets it.
   *
   * @param timeout how long calls under way may go on, ms; absent: as the client does
   * @returns `false` when another client has been made meanwhile, which stays
   */
  async end(timeout: number | undefined): Promise<boolean> {
    const kv = this.#kv;
    await kv?.close(timeout === undefined ? {} : { timeout });
    if (this.#kv !== kv) return false;
    this.#kv = undefined;
    this.#view = undefined;
    this.#prefixed = undefined;
    return true;
  }
}

/** A prefix of bytes, which the client has no option for, is left out. */
function withKeyPrefix(client: KvRedis, { keyPrefix = '', kv }: Options): KvRedis {
  if (typeof keyPrefix !== 'string' || keyPrefix === '') return client;
  return client.with({ keyPrefix: `${kv?.keyPrefix ?? ''}${keyPrefix}` });
}
