import { createServer, type Server, type Socket } from 'node:net';
import type { Faults } from './faults.ts';
import { listenOnLoopback, stopListening } from './listening.ts';
import { ProxiedConnection } from './proxied-connection.ts';
import { type Random, seeded } from './random.ts';
import type { RawAddress } from './raw-client.ts';
import { resetSocket } from './reset-socket.ts';
import type { SlowRequests } from './slow-requests.ts';

/** Faults for every new connection alike, or drawn per connection. */
export type FaultPlan = Faults | ((random: Random, index: number) => Faults);

/** How a fault proxy starts. */
export interface FaultProxyOptions {
  /** What new connections suffer; default: nothing. */
  readonly faults?: FaultPlan;
  /** Seed of the generator that a plan function gets, forked per connection; default 1. */
  readonly seed?: number;
  /** Makes requests slow that ask for it; default: none. */
  readonly slow?: SlowRequests;
}

/**
 * Starts a TCP proxy on a free port of 127.0.0.1 that passes bytes to `target` and breaks what it is told to break.
 *
 * @example
 * await using server = await startRedis();
 * await using proxy = await faultProxy(server, { faults: { toClient: { cutAfter: 7 } } });
 * const redis = createRedis(`redis://127.0.0.1:${proxy.port}`);
 */
export async function faultProxy(target: RawAddress, options: FaultProxyOptions = {}): Promise<FaultProxy> {
  const proxy = new FaultProxy(target, options);
  await proxy.accept();
  return proxy;
}

/** A proxy that breaks connections on demand; see {@link faultProxy}. */
export class FaultProxy implements AsyncDisposable {
  readonly host = '127.0.0.1';
  /** What connections from now on suffer. */
  faults: FaultPlan;
  /** Where connections from now on lead: another server took over. */
  target: RawAddress;
  readonly #random: Random;
  readonly #slow: SlowRequests | undefined;
  readonly #connections = new Set<ProxiedConnection>();
  readonly #waiting = new Set<() => void>();
  #server: Server | undefined;
  #port = 0;
  #total = 0;

  constructor(target: RawAddress, options: FaultProxyOptions) {
    this.target = target;
    this.faults = options.faults ?? {};
    this.#random = seeded(options.seed ?? 1);
    this.#slow = options.slow;
  }

  /** Stays the same over `refuse` and `accept`. */
  get port(): number {
    return this.#port;
  }

  /** Connections that are open now, oldest first. */
  get connections(): readonly ProxiedConnection[] {
    return [...this.#connections];
  }

  /** Connections so far, refused ones of `faults.refuse` too. */
  get total(): number {
    return this.#total;
  }

  /** Resolves when `count` connections have come since the start. */
  async connected(count: number): Promise<void> {
    while (this.#total < count) {
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
    }
  }

  /** Closes the port: new connections get ECONNREFUSED. Open ones live on. */
  async refuse(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    server?.close(); // its 'close' waits for the open connections, which may live on
    await Promise.resolve();
  }

  /** Listens (again), on the same port. */
  async accept(): Promise<void> {
    if (this.#server !== undefined) return;
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => this.#start(socket));
    this.#port = await listenOnLoopback(this.#server, this.#port);
  }

  /** Cuts all open connections. */
  cut(how: 'reset' | 'end' = 'reset'): void {
    for (const connection of this.#connections) connection.cut(how);
  }

  /** Nothing passes any more on the open connections, and neither side learns why. */
  halfOpen(): void {
    for (const connection of this.#connections) connection.halfOpen();
  }

  /** Nothing passes on the open connections until `resume`, in one direction or both. */
  stall(side: 'toServer' | 'toClient' | 'both' = 'both'): void {
    for (const connection of this.#connections) connection.stall(side);
  }

  /** Ends `stall`. */
  resume(): void {
    for (const connection of this.#connections) connection.resume();
  }

  /** Resets what is open and stops listening. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const stopped = server === undefined ? undefined : stopListening(server);
    const gone = [...this.#connections].map((connection) => connection.closed);
    this.cut();
    await Promise.all([stopped, ...gone]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #start(socket: Socket): void {
    if (this.#server === undefined) {
      resetSocket(socket); // it was on its way when the port closed
      return;
    }
    const index = this.#total++;
    const faults = typeof this.faults === 'function' ? this.faults(this.#random.fork(index), index) : this.faults;
    const connection = new ProxiedConnection(socket, index, faults, this.target, this.#slow);
    this.#connections.add(connection);
    void connection.closed.then(() => this.#connections.delete(connection));
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
