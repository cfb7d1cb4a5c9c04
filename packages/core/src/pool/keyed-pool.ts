import type { AnyCommand } from '../command/command.ts';
import type { Connection, ConnectionSetup } from '../connection/connection.ts';
import type { KvError } from '../errors.ts';
import type { Request } from '../request/request.ts';
import { Pool } from './pool.ts';
import type { PoolEvents, PoolOptions } from './pool-options.ts';

/** What endpoints, clients and facades use of a pool. */
export type ConnectionPool = Pick<
  Pool,
  | 'options'
  | 'size'
  | 'freeSize'
  | 'leasedSize'
  | 'waiting'
  | 'ready'
  | 'isReady'
  | 'isOpening'
  | 'isBackingOff'
  | 'attempt'
  | 'lastError'
  | 'start'
  | 'submit'
  | 'submitUnit'
  | 'takeUnsent'
  | 'pending'
  | 'clear'
  | 'reconnect'
  | 'retire'
  | 'abandon'
  | 'dismiss'
  | 'close'
>;

/** Makes a pool of one kind. */
export type MakePool = (setup: ConnectionSetup, options: PoolOptions, events: PoolEvents) => ConnectionPool;

/**
 * Makes pools whose `maxSize` connections each serve some of the keys.
 *
 * @param connectionOf the number of the connection that a command takes, from 0 to `maxSize` - 1
 */
export function keyedPool(connectionOf: (command: AnyCommand) => number): MakePool {
  return (setup, options, events) => new KeyedPool(setup, options, events, connectionOf);
}

/**
 * A fixed number of connections to one server, each of which serves some of the keys: what is called on one key runs in
 * the order of the calls although the server works on several connections at once.
 */
export class KeyedPool implements ConnectionPool {
  readonly options: PoolOptions;
  readonly #pools: readonly Pool[];
  readonly #connectionOf: (command: AnyCommand) => number;

  /** @param connectionOf see {@link keyedPool} */
  constructor(
    setup: ConnectionSetup,
    options: PoolOptions,
    events: PoolEvents,
    connectionOf: (command: AnyCommand) => number,
  ) {
    this.options = options;
    this.#connectionOf = connectionOf;
    const one = { ...options, minSize: 1, maxSize: 1 };
    this.#pools = Array.from({ length: options.maxSize }, () => new Pool(setup, one, events));
  }

  get size(): number {
    return this.#sum((pool) => pool.size);
  }

  get freeSize(): number {
    return this.#sum((pool) => pool.freeSize);
  }

  get leasedSize(): number {
    return this.#sum((pool) => pool.leasedSize);
  }

  get waiting(): number {
    return this.#sum((pool) => pool.waiting);
  }

  get ready(): readonly Connection[] {
    return this.#pools.flatMap((pool) => pool.ready);
  }

  get isReady(): boolean {
    return this.#pools.some((pool) => pool.isReady);
  }

  get isOpening(): boolean {
    return this.#pools.some((pool) => pool.isOpening);
  }

  get isBackingOff(): boolean {
    return this.#pools.some((pool) => pool.isBackingOff);
  }

  get attempt(): string | undefined {
    return this.#pools.find((pool) => pool.attempt !== undefined)?.attempt;
  }

  get lastError(): KvError | undefined {
    return this.#pools.find((pool) => pool.lastError !== undefined)?.lastError;
  }

  async start(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.start()));
  }

  submit(request: Request): void {
    this.#poolOf(request).submit(request);
  }

  submitUnit(members: readonly Request[]): void {
    this.#poolOf(members[0] as Request).submitUnit(members);
  }

  takeUnsent(filter: (request: Request) => boolean): Request[] {
    return this.#pools.flatMap((pool) => pool.takeUnsent(filter));
  }

  pending(): Request[] {
    return this.#pools.flatMap((pool) => pool.pending());
  }

  clear(): void {
    for (const pool of this.#pools) pool.clear();
  }

  reconnect(): void {
    for (const pool of this.#pools) pool.reconnect();
  }

  retire(error: KvError): void {
    for (const pool of this.#pools) pool.retire(error);
  }

  abandon(error: KvError): void {
    for (const pool of this.#pools) pool.abandon(error);
  }

  dismiss(error: KvError): void {
    for (const pool of this.#pools) pool.dismiss(error);
  }

  close(error: KvError): void {
    for (const pool of this.#pools) pool.close(error);
  }

  #poolOf(request: Request): Pool {
    const index = request.exclusive === null ? this.#connectionOf(request.command) : 0;
    return this.#pools[index] as Pool;
  }

  #sum(of: (pool: Pool) => number): number {
    return this.#pools.reduce((sum, pool) => sum + of(pool), 0);
  }
}
