import type { Connection } from '../connection/connection.ts';
import type { KvError } from '../errors.ts';
import { LazySet } from '../lazy-collections.ts';
import type { Request } from '../request/request.ts';

/** Whose connections they are. */
export interface ConnectionsOwner {
  /** One has ended that still had requests when it was retired. */
  handOver(): void;
}

/**
 * The connections of a pool that were opened.
 *
 * ```text
 *   ready ◄──── check out, check in ────► leased
 *     └── retire ──► retiring: it answers what it has, gets nothing new, and ends
 * ```
 */
export class PoolConnections {
  /** Not leased. */
  ready: Connection[] = [];
  readonly leased: LazySet<Connection> = new LazySet<Connection>();
  readonly retiring: LazySet<Connection> = new LazySet<Connection>();
  /** The last one that had room again: with many connections of a small window, the search mostly ends here. */
  #idle: Connection | undefined;
  readonly #owner: ConnectionsOwner;

  constructor(owner: ConnectionsOwner) {
    this.#owner = owner;
  }

  /** All that are open. */
  get all(): Connection[] {
    return [...this.ready, ...this.leased, ...this.retiring];
  }

  /** How many work. */
  get size(): number {
    return this.ready.length + this.leased.size;
  }

  /** One was opened. */
  add(connection: Connection): void {
    this.ready = [...this.ready, connection]; // `push` would take memory for 16 more
  }

  /** It has room again. */
  capacity(connection: Connection): void {
    if (this.retiring.size === 0) this.#idle = connection;
  }

  /** The ready one with the fewest requests and room for one more. */
  pick(): Connection | undefined {
    const { ready } = this;
    const idle = this.#idle;
    if (idle?.load === 0 && idle.state === 'ready' && !idle.leased) return idle;
    let best = ready[0];
    if (best === undefined) return undefined;
    for (let i = 1; i < ready.length && best.load > 0; i++) {
      const other = ready[i] as Connection;
      if (other.load < best.load) best = other;
    }
    return best.hasCapacity ? best : undefined;
  }

  /** Takes out one without requests, for exclusive use. */
  checkOut(): Connection | undefined {
    const index = this.ready.findIndex((connection) => connection.load === 0);
    if (index < 0) return undefined;
    const [connection] = this.ready.splice(index, 1) as [Connection];
    connection.leased = true;
    this.leased.add(connection);
    return connection;
  }

  /** Takes a leased one back. Returns false for one that was not leased. */
  checkIn(connection: Connection): boolean {
    if (!this.leased.delete(connection)) return false;
    connection.leased = false;
    if (!connection.isClosed) this.ready.push(connection);
    return true;
  }

  /** Retires one that is ready. Returns false for any other. */
  retire(connection: Connection, error: KvError): boolean {
    const index = this.ready.indexOf(connection);
    if (index < 0) return false;
    this.ready.splice(index, 1);
    if (this.#idle === connection) this.#idle = undefined;
    this.#end(connection, error);
    return true;
  }

  /** Retires all that are ready. */
  retireReady(error: KvError): void {
    this.#idle = undefined;
    for (const connection of this.ready.splice(0)) this.#end(connection, error);
  }

  /** Retires all; leased ones when they come back. */
  retireAll(error: KvError): void {
    this.retireReady(error);
    for (const connection of this.leased) connection.drain(error);
  }

  /** Takes out requests that were not written; none has a connection then. */
  takeUnsent(filter: (request: Request) => boolean): Request[] {
    const taken = [...this.retiring, ...this.ready].flatMap((connection) => connection.takeUnsent(filter));
    for (const request of taken) request.connection = null;
    return taken;
  }

  /** What has no reply yet on those that are not leased. */
  pending(): Request[] {
    return [...this.retiring, ...this.ready].flatMap((connection) => connection.pending());
  }

  /** One is over. Returns whether it was ready or leased. */
  forget(connection: Connection): boolean {
    if (this.#idle === connection) this.#idle = undefined;
    this.retiring.delete(connection);
    const index = this.ready.indexOf(connection);
    if (index >= 0) this.ready.splice(index, 1);
    return this.leased.delete(connection) || index >= 0;
  }

  #end(connection: Connection, error: KvError): void {
    this.retiring.add(connection);
    connection.drain(error);
    if (connection.load === 0) return connection.end(error);
    void connection.drained().then(() => {
      connection.end(error);
      this.#owner.handOver();
    });
  }
}
