import type { AnyCommand } from '../command/command.ts';
import { Flag, spec } from '../command/command.ts';
import type { BatchOptions, Executor, SendOptions, ServerOf, Settled } from '../command/executor.ts';
import type { Connection } from '../connection/connection.ts';
import { stateChannel } from '../diagnostics.ts';
import type { KvError } from '../errors.ts';
import { ArgumentError, ClosedError } from '../errors.ts';
import { Listeners } from '../listeners.ts';
import type { ConnectionPool } from '../pool/keyed-pool.ts';
import type { Defaults, PartOptions } from '../pool/lease.ts';
import { Lease, sendBatch } from '../pool/lease.ts';
import { orderedTimeout } from '../pool/ordered-pool.ts';
import { OpenBatches } from '../request/open-batches.ts';
import { type ExclusivePool, Request } from '../request/request.ts';
import { RequestTracker } from '../request/request-tracker.ts';
import { LONGEST_TIMER } from '../request/timer-limits.ts';
import { clearTimeout, monotonicNow, setTimeout, type Timer } from '../timers.ts';
import { identityOf, traced } from '../tracing/command-trace.ts';
import { BlockingCalls, type BlockingHost, closedError } from './blocking-calls.ts';
import { type ClientSetup, type ControlSenders, poolSetups } from './client-setup.ts';
import { type ClientEvents, type ClientState, type ClientStats, connectionStats, nodeStats } from './client-state.ts';
import { Delays } from './delays.ts';
import { type ConnectionEvent, Endpoint, type EndpointIdentity } from './endpoint.ts';
import type { Engine } from './engine.ts';
import { FrameStream } from './frame-stream.ts';
import type { Router, RouterHost } from './router.ts';
import { SingleRouter } from './router.ts';

/** Flags that keep a command off the shared connection. */
const SPECIAL = Flag.blocking | Flag.stateful | Flag.stream | Flag.subscription | Flag.forbidden | Flag.quit;

const ACQUIRE = spec('acquire', 0);

/**
 * Sends commands: shared connection, sessions, blocking commands and streams, over one or more endpoints.
 * The typed facades wrap it.
 */
export class Client implements Engine {
  readonly setup: ClientSetup;
  readonly tracker: RequestTracker;
  readonly defaults: Defaults;
  /** What a typed facade keeps with the client, for all views of it and all copies of its module. */
  readonly extension: object = {};
  readonly #internals: RequestTracker;
  #router: Router;
  readonly #listeners = new Listeners<ClientEvents>('state', 'connection');
  #state: ClientState = 'idle';
  #wasReady = false;
  /** Shared with all views: set once the client is being closed. */
  readonly #life: { closing: Promise<void> | undefined };
  readonly #owner: Client | undefined;
  /** What {@link only} gave out, for servers in use. */
  readonly #views = new Map<Endpoint, Client>();
  /** When the wait of `close` ends at the latest. */
  #closingDue = Number.POSITIVE_INFINITY;
  #closingTimer: Timer | undefined;
  #stopWaiting: () => void = () => undefined;
  readonly #delays = new Delays();
  readonly #blocking: BlockingCalls = new BlockingCalls(this.#blockingHost());
  readonly #batches: OpenBatches;

  /** @param owner the client of which this is a view, see {@link only} */
  constructor(setup: ClientSetup, makeRouter: (host: RouterHost) => Router = singleRouter(setup), owner?: Client) {
    this.setup = setup;
    this.defaults = { timeout: setup.timeout, retry: setup.retry };
    const identity = identityOf(setup);
    const { requestLimits } = setup.protocol;
    this.tracker = owner?.tracker ?? new RequestTracker(identity, setup.maxQueueBytes, false, requestLimits);
    this.#internals =
      owner === undefined ? new RequestTracker(identity, Number.POSITIVE_INFINITY, true) : owner.#internals;
    this.#owner = owner;
    this.#life = owner === undefined ? { closing: undefined } : owner.#life;
    this.#batches = owner === undefined ? new OpenBatches(this.#internals) : owner.#batches;
    this.#router = makeRouter(this.#host);
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
    view.#follow(this);
    if (this.endpoints.includes(endpoint)) this.#views.set(endpoint, view);
    return view;
  }

  /** Its server is used no more. While the client is being closed, views still hear of that. */
  #forgetView(endpoint: Endpoint): void {
    if (this.#life.closing === undefined) this.#views.delete(endpoint);
  }

  /** What this client and its views have under way. */
  get #all(): readonly { readonly blocking: BlockingCalls; readonly delays: Delays }[] {
    return [this, ...this.#views.values()].map((client) => ({ blocking: client.#blocking, delays: client.#delays }));
  }

  /** Where a view begins: its connections may be there already, or the client may be closed. */
  #follow(owner: Client): void {
    this.#state = this.#life.closing === undefined ? this.#sharedState() : owner.#state;
  }

  readonly #host: RouterHost = {
    endpoint: (identity) => this.#endpoint(identity),
    send: (endpoint, command, options) => this.#sendOn(endpoint.shared, command, options),
    request: (command, bytes, retry = this.defaults.retry) => new Request(command, bytes, retry, this.#internals),
    replace: (router) => {
      this.#router = router;
    },
    changed: (cause) => this.#routerChanged(cause),
  };

  #endpoint(identity: EndpointIdentity): Endpoint {
    const control = {
      shared: (command, options) => this.#sendOn(endpoint.shared, command, options),
      extra: (command, options) => this.#sendOnExtra(endpoint, command, options),
    } satisfies ControlSenders;
    const setups = poolSetups(this.setup, this.#internals, control, () => endpoint, identity);
    const endpoint: Endpoint = new Endpoint(identity, setups, {
      requeue: (requests) => this.#router.requeue?.(requests, endpoint) ?? requests,
      redirected: (requests, redirect, error, connection) =>
        this.#router.redirected?.(requests, redirect, error, connection, endpoint) === true,
      changed: (_pool, cause) => this.#poolChanged(endpoint, cause),
      told: (event) => this.#told(endpoint, event),
      closed: () => this.#forgetView(endpoint),
    });
    return endpoint;
  }

  /**
   * Sends a command of the library's own on a shared connection, also while the client closes. It does not count against
   * `maxQueueBytes` or in the statistics: a full queue must not end what keeps connections and subscriptions alive.
   */
  sendInternal<T>(command: AnyCommand<T>, options: SendOptions = {}): Promise<T> {
    return this.#submitInternal(command, options, (request) => this.#router.submit(request));
  }

  #sendOn<T>(pool: ConnectionPool, command: AnyCommand<T>, options: SendOptions = {}): Promise<T> {
    return this.#submitInternal(command, options, (request) => pool.submit(request));
  }

  #submitInternal<T>(command: AnyCommand<T>, options: SendOptions, submit: (request: Request) => void): Promise<T> {
    const request = this.#request(command, options, this.#internals);
    const promise = request.promise<T>();
    const { timeout = this.defaults.timeout, signal } = options;
    if (this.#internals.open(request, timeout, signal) === undefined) submit(request);
    return promise;
  }

  /** On a control connection, made for this; also while the client closes, because it may end a blocking command. */
  async #sendOnExtra<T>(endpoint: Endpoint, command: AnyCommand<T>, options: SendOptions = {}): Promise<T> {
    const request = new Request(acquireLabel, false, 'never', this.#internals);
    request.exclusive = 'streams';
    const given = request.promise<Connection>();
    const { timeout = this.defaults.timeout, signal } = options;
    const pool = this.#ordered ? endpoint.blocking : endpoint.streams; // the one that closing leaves
    if (this.#internals.open(request, timeout, signal) === undefined) pool.submit(request);
    const lease = this.#lease(await given, this.#internals);
    try {
      return await lease.send(command, options);
    } finally {
      lease.destroy();
    }
  }

  readonly placeOf: Executor['placeOf'] = (command) => this.#router.placeOf?.(command);

  /** Where the client is in its life. */
  get state(): ClientState {
    return this.#owner !== undefined && this.#life.closing !== undefined ? this.#owner.#state : this.#state;
  }

  /** The endpoints in use. */
  get endpoints(): readonly Endpoint[] {
    return this.#router.endpoints;
  }

  /** The servers that keys lie on, each with a view for it alone; replicas are none of them. */
  get servers(): readonly ServerOf<Client>[] {
    const primaries = this.endpoints.filter(({ identity }) => identity.role !== 'replica');
    return primaries.map((endpoint) => {
      const { id, addressText } = endpoint.identity;
      return { name: id ?? addressText, address: addressText, client: this.only(endpoint) };
    });
  }

  /** Sends one command; the promise always settles. */
  send<T>(command: AnyCommand<T>, options: SendOptions = this.defaults): Promise<T> {
    if ((command.flags & SPECIAL) !== 0) return this.#sendSpecial(command, options);
    const request = this.#request(command, options);
    const promise = request.promise<T>();
    if (this.#open(request, options) === undefined) this.#router.submit(request);
    return promise;
  }

  sendAll(commands: readonly AnyCommand[], options: BatchOptions = {}): Promise<Settled[]> {
    const unit = options.unit === true;
    return sendBatch(
      commands.map((command) => this.#request(command, options)),
      options,
      this.tracker,
      (member) => this.#openMember(member, options),
      (members) => this.#submitAll(members, unit),
    );
  }

  collect(name: string, fail: (error: Error) => void, options: SendOptions = {}): () => void {
    const end = this.#batches.add(name, fail, options.timeout ?? this.defaults.timeout, options.signal);
    if (this.#life.closing !== undefined) this.#batches.fail(closedError);
    return end;
  }

  /** Exclusive use of a connection. Waits for a free one, first come first served, within the deadline. */
  async acquire(
    options: SendOptions = {},
    pool: ExclusivePool = 'sessions',
    label: AnyCommand = acquireLabel,
  ): Promise<Lease> {
    return this.#acquire(pool, label, options, {});
  }

  /**
   * Like {@link acquire} for the library's own use: a full queue does not refuse it, nor what is sent on it.
   *
   * @param endpoint the server; absent: the router finds one
   */
  async acquireInternal(options: SendOptions, pool: ExclusivePool, endpoint?: Endpoint): Promise<Lease> {
    const from = endpoint === undefined ? {} : { from: endpoint[pool] };
    return this.#acquire(pool, acquireLabel, options, { ...from, tracker: this.#internals });
  }

  /**
   * Gives the lease at once where a connection is idle.
   *
   * @param from the pool to take it from; absent: the router finds one by the keys of the label
   */
  #acquire(
    exclusive: ExclusivePool,
    label: AnyCommand,
    options: SendOptions,
    { from, tracker = this.tracker }: { readonly from?: ConnectionPool; readonly tracker?: RequestTracker },
  ): Lease | Promise<Lease> {
    const request = new Request(label, false, 'never', tracker);
    request.exclusive = exclusive;
    const promise = request.promise<Connection>();
    if (this.#open(request, options) === undefined) this.#submitExclusive(request, from);
    const connection = request.connection as Connection | null; // that the pool has given at once
    if (connection !== null) return this.#lease(connection, tracker);
    return promise.then((opened) => this.#lease(opened, tracker));
  }

  #lease(connection: Connection, tracker: RequestTracker): Lease {
    return new Lease(connection, {
      tracker,
      internals: this.#internals,
      defaults: this.defaults,
      alternative: (command) => this.#alternative(command),
      refusal: this.#router.refusal && ((command) => this.#router.refusal?.(command, connection)),
    });
  }

  #submitExclusive(request: Request, from: ConnectionPool | undefined): void {
    if (from === undefined) this.#router.acquire(request);
    else from.submit(request);
  }

  /**
   * Waits within a call that consists of several: its deadline, its signal and {@link close} end the wait.
   *
   * @param label the command that the errors name
   * @param cause why it waits
   */
  delay(milliseconds: number, options: SendOptions, label: AnyCommand, cause?: unknown): Promise<void> {
    const request = new Request(label, false, 'never', this.tracker);
    request.exclusive = 'sessions'; // it is no command in the statistics
    if (cause instanceof Error) request.cause = cause;
    const promise = request.promise<void>();
    if (this.#open(request, options) === undefined) this.#delays.add(request, milliseconds);
    return promise;
  }

  #blockingHost(): BlockingHost {
    const isClosing = (): boolean => this.#life.closing !== undefined;
    return {
      get isClosing() {
        return isClosing();
      },
      acquire: (command, options, endpoint) =>
        this.#acquire('blocking', command, options, endpoint === undefined ? {} : { from: endpoint.blocking }),
      delay: (milliseconds, options, command, cause) => this.delay(milliseconds, options, command, cause),
    };
  }

  /** Starts a command that answers with frames, on a connection of its own. */
  async stream(command: AnyCommand, options: SendOptions = {}): Promise<FrameStream> {
    const lease = await this.acquire(options, 'streams', command);
    return new FrameStream(lease, command, options.signal);
  }

  /** Opens the shared connections now. Rejects with the cause when that fails. */
  async connect(): Promise<void> {
    this.#checkOpen('connect');
    await this.#router.start();
    await Promise.all(this.endpoints.map(({ identity, blocking }) => identity.role !== 'replica' && blocking.start()));
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
   * the time. Always resolves.
   */
  close({ timeout = this.setup.timeout || 5000 }: { readonly timeout?: number | undefined } = {}): Promise<void> {
    if (this.#owner !== undefined) return this.#owner.close({ timeout });
    this.#limitClosing(timeout);
    this.#life.closing ??= this.#close(timeout);
    return this.#life.closing;
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
    const { pending, queuedBytes, stats } = this.tracker;
    return {
      state: this.#state,
      pending,
      queuedBytes,
      connections: connectionStats(this.endpoints),
      nodes: this.endpoints.map(nodeStats),
      commands: stats.read(),
    };
  }

  #request(command: AnyCommand, options: SendOptions, tracker = this.tracker): Request {
    const bytes = command.bytes || options.bytes === true;
    const request = new Request(command, bytes, options.retry ?? this.defaults.retry, tracker);
    if (options.route !== undefined) request.route = options.route;
    return request;
  }

  /** Enters the request; one that cannot be taken has failed with what is returned. */
  #open(request: Request, options: SendOptions): KvError | undefined {
    if (this.#life.closing === undefined)
      return request.tracker.open(request, options.timeout ?? this.defaults.timeout, options.signal);
    const error = closedError(request.command);
    request.fail(error);
    return error;
  }

  #openMember(request: Request, options: SendOptions): KvError | undefined {
    if ((request.command.flags & SPECIAL) === 0) return this.#open(request, options);
    const error = this.#misplaced(request.command);
    request.fail(error);
    return error;
  }

  #submitAll(members: readonly Request[], unit: boolean): void {
    if (unit) this.#router.submitUnit(members);
    else for (const member of members) this.#router.submit(member);
  }

  #sendSpecial<T>(command: AnyCommand<T>, options: SendOptions): Promise<T> {
    if ((command.flags & Flag.quit) !== 0) return this.close().then(() => command.reply('OK', command));
    if ((command.flags & (SPECIAL & ~Flag.blocking)) !== 0) return Promise.reject(this.#misplaced(command));
    if (this.#ordered) return this.#sendInOrder(command, options === this.defaults ? {} : options);
    return this.#sendBlocking(command, options);
  }

  /** Whether the code that finds servers is loaded. */
  get isRouted(): boolean {
    return this.#router.loaded === undefined;
  }

  /** Loads the code that finds servers. Undefined: it is loaded. */
  routed(): Promise<unknown> | undefined {
    return this.#router.loaded?.();
  }

  /** Whether one connection takes everything. */
  get #ordered(): boolean {
    return this.setup.pools.shared.ordered === true;
  }

  #sendInOrder<T>(command: AnyCommand<T>, options: SendOptions): Promise<T> {
    const request = this.#request(command, options);
    const promise = request.promise<T>();
    const timeout = orderedTimeout(command, options, this.defaults.timeout);
    if (this.#open(request, { ...options, timeout }) === undefined) this.#router.submit(request);
    return promise;
  }

  #sendBlocking<T>(command: AnyCommand<T>, options: SendOptions): Promise<T> {
    const own = options === this.defaults ? {} : options; // without a deadline of the caller's it has its own
    return traced(this.tracker.identity, command.spec.name, (trace) =>
      this.#sendBlockingRouted(command, trace === undefined ? own : { ...own, trace }),
    );
  }

  #sendBlockingRouted<T>(command: AnyCommand<T>, options: PartOptions): Promise<T> {
    const routed = this.routed();
    return routed === undefined
      ? this.#sendBlockingNow(command, options)
      : routed.then(() => this.#sendBlockingNow(command, options));
  }

  #sendBlockingNow<T>(command: AnyCommand<T>, options: PartOptions): Promise<T> {
    const rounds = this.#router.blockingRounds?.(command);
    return rounds === undefined ? this.#blocking.send(command, options) : this.#blocking.sendInRounds(rounds, options);
  }

  #misplaced(command: AnyCommand): ArgumentError {
    const { name } = command.spec;
    return new ArgumentError(`${name}: not allowed on a shared connection; ${this.#alternative(command)}`, {
      command: name,
    });
  }

  #alternative(command: AnyCommand): string {
    return this.setup.alternative?.(command) ?? 'it needs a connection of its own';
  }

  #checkOpen(what: string): void {
    if (this.#life.closing !== undefined) throw new ClosedError(`${what}: the client is closed`);
  }

  async #close(timeout: number): Promise<void> {
    this.#become('closing');
    this.#batches.fail(closedError);
    const error = new ClosedError('The client was closed');
    for (const { delays } of this.#all) delays.endAll(closedError);
    for (const endpoint of this.endpoints) {
      endpoint.blocking.dismiss(error);
      endpoint.streams.close(error);
    }
    if (timeout > 0) await this.#settled();
    clearTimeout(this.#closingTimer);
    this.#router.close?.(error);
    for (const endpoint of this.endpoints) endpoint.close(error);
    this.tracker.stop();
    this.#internals.stop();
    this.#become('closed');
  }

  /** The shortest of the times that calls of `close` have given counts. */
  #limitClosing(timeout: number): void {
    const due = monotonicNow() + timeout;
    if (due >= this.#closingDue || this.#state === 'closed') return;
    this.#closingDue = due;
    clearTimeout(this.#closingTimer);
    if (timeout <= 0) this.#stopWaiting();
    else this.#closingTimer = setTimeout(() => this.#stopWaiting(), Math.min(timeout, LONGEST_TIMER));
  }

  /** Waits for what is under way, until the time to close is over. */
  async #settled(): Promise<void> {
    for (const { blocking } of this.#all) blocking.cancelAll(closedError);
    for (const endpoint of this.endpoints) endpoint.cancelBlocking(closedError);
    const stopped = new Promise<void>((resolve) => {
      this.#stopWaiting = resolve;
    });
    await Promise.race([this.tracker.idle(), stopped]);
  }

  #poolChanged(endpoint: Endpoint, cause: KvError | undefined): void {
    this.#router.poolChanged?.(endpoint, cause);
    if (this.#life.closing === undefined) endpoint.keepBlocking();
    const view = this.#views.get(endpoint);
    if (view !== undefined) view.#routerChanged(cause);
    this.#routerChanged(cause);
  }

  #told(endpoint: Endpoint, event: ConnectionEvent): void {
    const view = this.#views.get(endpoint);
    if (view !== undefined) view.#listeners.emit('connection', event);
    this.#listeners.emit('connection', event);
  }

  #routerChanged(cause: KvError | undefined): void {
    if (this.#life.closing === undefined) this.#become(this.#sharedState(), cause);
  }

  #sharedState(): ClientState {
    if (this.#router.isReady) {
      this.#wasReady = true;
      return 'ready';
    }
    const pools = this.endpoints.map((endpoint) => endpoint.shared);
    const isConnecting = this.#router.isSearching === true || pools.some((pool) => pool.isOpening || pool.isBackingOff);
    if (!isConnecting) return 'idle';
    return this.#wasReady ? 'reconnecting' : 'connecting';
  }

  #become(to: ClientState, cause?: KvError): void {
    if (to === 'closing' || to === 'closed') for (const view of this.#views.values()) view.#become(to, cause);
    const from = this.#state;
    if (from === to) return;
    this.#state = to;
    if (stateChannel.hasSubscribers) stateChannel.publish({ client: this.setup.name, from, to, cause });
    this.#listeners.emit('state', { from, to, cause });
  }
}

const acquireLabel: AnyCommand = {
  spec: ACQUIRE,
  args: [],
  flags: 0,
  blockMs: 0,
  bytes: false,
  reply: (raw) => raw,
};

function singleRouter({ address, addressText }: ClientSetup): (host: RouterHost) => Router {
  return (host) => new SingleRouter(host.endpoint({ address, addressText }));
}
