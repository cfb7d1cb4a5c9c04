import { type AnyCommand, Flag } from '../command/command.ts';
import type { BatchOptions, SendOptions, ServerOf, Settled } from '../command/executor.ts';
import { isQuit, quitAnswer } from '../command/quit.ts';
import { ClosedError, type KvError } from '../errors.ts';
import { LazyMap } from '../lazy-collections.ts';
import { Listeners } from '../listeners.ts';
import { type Defaults, type Lease, sendBatch } from '../pool/lease.ts';
import { orderedTimeout } from '../pool/ordered-pool.ts';
import { OpenBatches } from '../request/open-batches.ts';
import type { ExclusivePool, Request } from '../request/request.ts';
import type { RequestTracker } from '../request/request-tracker.ts';
import { BlockingCalls, closedError } from './blocking-calls.ts';
import { Calls } from './calls.ts';
import { type ClientSetup, misplaced } from './client-setup.ts';
import { type ClientEvents, type ClientState, type ClientStats, clientStats } from './client-state.ts';
import { type ClosingHost, ClosingWait, closeClient } from './closing.ts';
import { Delays } from './delays.ts';
import type { ConnectionEvent, Endpoint } from './endpoint.ts';
import type { Engine } from './engine.ts';
import type { CloseOptions } from './facades.ts';
import { FrameStream } from './frame-stream.ts';
import { acquireLabel, requestOf } from './internal-calls.ts';
import { readCloseTimeout } from './options.ts';
import { internalTracker } from './request-trackers.ts';
import { type Router, type RouterHost, SingleRouter, singleRouter, startAll } from './router.ts';
import { Servers, type ServersListener, serversOf } from './servers.ts';
import { StateTracker } from './state-tracker.ts';

const EVENTS = ['state', 'connection', 'discoveryFailed'] as const;

/** Flags that keep a command off the shared connection. */
const SPECIAL = Flag.blocking | Flag.stateful | Flag.stream | Flag.subscription | Flag.forbidden | Flag.quit;

/**
 * Sends commands: shared connection, sessions, blocking commands and streams, over one or more endpoints.
 * The typed facades wrap it.
 */
export class Client implements Engine, ServersListener {
  readonly setup: ClientSetup;
  readonly tracker: RequestTracker;
  readonly defaults: Defaults;
  /** What a typed facade keeps with the client, for all views of it and all copies of its module. */
  readonly extension: object = {};
  /** Shared with all views. */
  readonly #calls: Calls;
  readonly #servers: Servers;
  readonly #listeners = new Listeners<ClientEvents>(EVENTS);
  readonly #state: StateTracker;
  readonly #owner: Client | undefined;
  /** What {@link only} gave out, for servers in use. */
  readonly #views = new LazyMap<Endpoint, Client>();
  readonly #batches: OpenBatches;
  #delays: Delays | undefined;
  #blocking: BlockingCalls | undefined;
  #closingWait: ClosingWait | undefined;

  /** @param owner the client of which this is a view, see {@link only} */
  constructor(setup: ClientSetup, makeRouter: (host: RouterHost) => Router = singleRouter(setup), owner?: Client) {
    this.setup = setup;
    this.defaults = { timeout: setup.timeout, retry: setup.retry };
    this.#owner = owner;
    this.#calls = owner === undefined ? new Calls(setup) : owner.#calls;
    this.tracker = this.#calls.tracker;
    const internals = owner === undefined ? internalTracker(this.tracker) : owner.#servers.internalCalls.tracker;
    this.#batches = owner === undefined ? new OpenBatches(internals) : owner.#batches;
    this.#state = new StateTracker(setup.name, this.#listeners);
    this.#servers = new Servers(setup, this.#calls, internals, makeRouter, this);
  }

  /**
   * A view of this client that sends everything to one of its servers, with the same connections, deadlines and counts.
   * Closing it closes the client.
   */
  only(endpoint: Endpoint): Client {
    const known = this.#views.get(endpoint);
    if (known !== undefined) return known;
    const { address, addressText, protocol = this.setup.protocol } = endpoint.identity;
    const setup = { ...this.setup, address, addressText, protocol };
    const view = new Client(setup, () => new SingleRouter(endpoint), this);
    view.#state.begin(this.#calls.closing === undefined ? view.#servers.router : this.state);
    if (this.endpoints.includes(endpoint)) this.#views.set(endpoint, view);
    return view;
  }

  /** Sends a command of the library's own on a shared connection, also while the client closes. */
  sendInternal<T>(command: AnyCommand<T>, options: SendOptions = {}): Promise<T> {
    return this.#servers.internalCalls.send(command, options, (request) => this.#servers.router.submit(request));
  }

  placeOf(command: AnyCommand): unknown {
    return this.#servers.router.placeOf?.(command);
  }

  /** Where the client is in its life. */
  get state(): ClientState {
    return (this.#owner !== undefined && this.#calls.closing !== undefined ? this.#owner.#state : this.#state).state;
  }

  /** The endpoints in use. */
  get endpoints(): readonly Endpoint[] {
    return this.#servers.router.endpoints;
  }

  /** The servers that keys lie on, each with a view for it alone; replicas are none of them. */
  get servers(): readonly ServerOf<Client>[] {
    return serversOf(this.endpoints, (endpoint) => this.only(endpoint));
  }

  /** Sends one command; the promise always settles. */
  send<T>(command: AnyCommand<T>, options: SendOptions = this.defaults): Promise<T> {
    if ((command.flags & SPECIAL) !== 0) return this.#sendSpecial(command, options);
    const request = requestOf(command, options, this.defaults, this.tracker);
    const promise = request.promise<T>();
    if (this.#calls.open(request, options) === undefined) this.#servers.router.submit(request);
    return promise;
  }

  sendAll(commands: readonly AnyCommand[], options: BatchOptions = {}): Promise<Settled[]> {
    const unit = options.unit === true;
    return sendBatch(
      commands.map((command) => requestOf(command, options, this.defaults, this.tracker)),
      options,
      this.tracker,
      (member) => this.#openMember(member, options),
      (members) => this.#submitAll(members, unit),
    );
  }

  collect(name: string, fail: (error: Error) => void, options: SendOptions = {}): () => void {
    const end = this.#batches.add(name, fail, options.timeout ?? this.defaults.timeout, options.signal);
    if (this.#calls.closing !== undefined) this.#batches.fail(closedError);
    return end;
  }

  /** Exclusive use of a connection. Waits for a free one, first come first served, within the deadline. */
  async acquire(
    options: SendOptions = {},
    pool: ExclusivePool = 'sessions',
    label: AnyCommand = acquireLabel,
  ): Promise<Lease> {
    return this.#servers.leases.acquire(pool, label, options, {});
  }

  /**
   * Like {@link acquire} for the library's own use: a full queue does not refuse it, nor what is sent on it.
   *
   * @param endpoint the server; absent: the router finds one
   */
  async acquireInternal(options: SendOptions, pool: ExclusivePool, endpoint?: Endpoint): Promise<Lease> {
    return this.#servers.leases.acquire(pool, acquireLabel, options, {
      from: endpoint?.[pool],
      tracker: this.#servers.internalCalls.tracker,
    });
  }

  /** Waits within a call that consists of several: its deadline, its signal and {@link close} end the wait. */
  delay(milliseconds: number, options: SendOptions, label: AnyCommand, cause?: unknown): Promise<void> {
    this.#delays ??= new Delays(this.#calls);
    return this.#delays.wait(milliseconds, options, label, cause);
  }

  /** Starts a command that answers with frames, on a connection of its own. */
  async stream(command: AnyCommand, options: SendOptions = {}): Promise<FrameStream> {
    const lease = await this.acquire(options, 'streams', command);
    return new FrameStream(lease, command, options.signal);
  }

  /** Opens the shared connections now. Rejects with the cause when that fails. Until then the process stays alive. */
  async connect(): Promise<void> {
    this.#checkOpen('connect');
    this.tracker.hold(); // the timer between two attempts does not keep the process
    await startAll(this.#servers).finally(() => this.tracker.unhold());
  }

  /** Whether producers may go on: less than half of `maxQueueBytes` waits to be written. */
  get writable(): boolean {
    return this.tracker.writable;
  }

  /** Resolves when {@link writable} is true, or the client is closed. */
  drained(): Promise<void> {
    return this.tracker.drained();
  }

  /**
   * Takes no more calls, lets those under way end for `timeout` ms (default: as long as the default deadline, or 5 s
   * where there is none), then ends all connections. Blocking commands are canceled. Called again, it may only shorten
   * the time. Always resolves, unless the options are wrong. @throws ArgumentError
   */
  async close(options: CloseOptions = {}): Promise<void> {
    const timeout = readCloseTimeout(options) ?? (this.setup.timeout || 5000);
    if (this.#owner !== undefined) return this.#owner.close({ timeout });
    this.#closingWait ??= new ClosingWait();
    this.#closingWait.limit(timeout);
    this.#calls.closing ??= closeClient(this.#closingHost(), this.#closingWait, timeout);
    return this.#calls.closing;
  }

  /**
   * Ends connections when what they have is answered, and opens new ones now, without the wait after failures. Resolves
   * when the shared ones are ready. @throws ClosedError, or ConnectionError with the cause
   */
  async reconnect(): Promise<void> {
    this.#checkOpen('reconnect');
    for (const { pools } of this.endpoints) for (const pool of pools) pool.reconnect();
    await this.connect();
  }

  /**
   * Adds a listener. It is called in the async context of the caller.
   *
   * @throws ArgumentError for an unknown event
   */
  on<E extends keyof ClientEvents>(event: E, listener: ClientEvents[E]): this {
    this.#listeners.on(event, listener);
    return this;
  }

  /** Removes a listener. @throws ArgumentError for an unknown event */
  off<E extends keyof ClientEvents>(event: E, listener: ClientEvents[E]): this {
    this.#listeners.off(event, listener);
    return this;
  }

  /** Counts, latencies and connections since the client was made. */
  stats(): ClientStats {
    return clientStats(this.state, this.tracker, this.endpoints);
  }

  #openMember(request: Request, options: SendOptions): KvError | undefined {
    if ((request.command.flags & SPECIAL) === 0) return this.#calls.open(request, options);
    const error = misplaced(request.command, this.setup);
    request.fail(error);
    return error;
  }

  #submitAll(members: readonly Request[], unit: boolean): void {
    if (unit) this.#servers.router.submitUnit(members);
    else for (const member of members) this.#servers.router.submit(member);
  }

  #sendSpecial<T>(command: AnyCommand<T>, options: SendOptions): Promise<T> {
    if (isQuit(command)) return quitAnswer(this.close());
    if ((command.flags & (SPECIAL & ~Flag.blocking)) !== 0) return Promise.reject(misplaced(command, this.setup));
    if (this.setup.pools.shared.ordered) return this.#sendInOrder(command, options === this.defaults ? {} : options);
    return this.#blockingCalls.run(command, options === this.defaults ? {} : options); // else it has a deadline of its own
  }

  /** Whether the code that finds servers is loaded. */
  get isRouted(): boolean {
    return this.#servers.router.loaded === undefined;
  }

  /** Loads the code that finds servers. Undefined: it is loaded. */
  routed(): Promise<unknown> | undefined {
    return this.#servers.router.loaded?.();
  }

  /** Made with the first blocking command. */
  get #blockingCalls(): BlockingCalls {
    this.#blocking ??= new BlockingCalls({
      identity: this.tracker.identity,
      isClosing: () => this.#calls.closing !== undefined,
      routed: () => this.routed(),
      rounds: (command) => this.#servers.router.blockingRounds?.(command),
      acquire: (command, options, endpoint) =>
        this.#servers.leases.acquire('blocking', command, options, { from: endpoint?.blocking }),
      delay: (milliseconds, options, command, cause) => this.delay(milliseconds, options, command, cause),
    });
    return this.#blocking;
  }

  #sendInOrder<T>(command: AnyCommand<T>, options: SendOptions): Promise<T> {
    const request = requestOf(command, options, this.defaults, this.tracker);
    const promise = request.promise<T>();
    const timeout = orderedTimeout(command, options, this.defaults.timeout);
    if (this.#calls.open(request, { ...options, timeout }) === undefined) this.#servers.router.submit(request);
    return promise;
  }

  #checkOpen(what: string): void {
    if (this.#calls.closing !== undefined) throw new ClosedError(`${what}: the client is closed`);
  }

  #closingHost(): ClosingHost {
    return {
      tracker: this.tracker,
      internals: this.#servers.internalCalls.tracker,
      batches: this.#batches,
      router: () => this.#servers.router,
      calls: () =>
        [this, ...this.#views.values()].map((client) => ({ blocking: client.#blocking, delays: client.#delays })),
      become: (to) => this.#become(to),
    };
  }

  poolChanged(endpoint: Endpoint, cause: KvError | undefined): void {
    if (this.#calls.closing === undefined) endpoint.keepBlocking();
    const view = this.#views.get(endpoint);
    if (view !== undefined) view.#follow(cause);
    this.#follow(cause);
  }

  told(endpoint: Endpoint, event: ConnectionEvent): void {
    const view = this.#views.get(endpoint);
    if (view !== undefined) view.#listeners.emit('connection', event);
    this.#listeners.emit('connection', event);
  }

  closed(endpoint: Endpoint): void {
    if (this.#calls.closing === undefined) this.#views.delete(endpoint); // while it closes, views hear of that
  }

  searched(cause: KvError | undefined): void {
    if (this.#calls.closing === undefined) this.#state.searched(this.#servers.router, cause);
  }

  #follow(cause: KvError | undefined): void {
    if (this.#calls.closing === undefined) this.#state.follow(this.#servers.router, cause);
  }

  #become(to: 'closing' | 'closed'): void {
    for (const view of this.#views.values()) view.#become(to);
    this.#state.become(to);
  }
}
