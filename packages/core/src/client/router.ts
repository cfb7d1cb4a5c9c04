import type { AnyCommand } from '../command/command.ts';
import type { RetryMode, SendOptions } from '../command/executor.ts';
import type { Connection } from '../connection/connection.ts';
import type { KvError } from '../errors.ts';
import type { Redirect } from '../request/redirect.ts';
import type { Request } from '../request/request.ts';
import type { Endpoint, EndpointIdentity } from './endpoint.ts';

/** What a router may ask of its client. */
export interface RouterHost {
  /** Makes the pools for one more server. Nothing is connected before the first request. */
  endpoint(identity: EndpointIdentity): Endpoint;
  /** Sends a command of the library's own on the shared connection of a server. It counts in no statistics. */
  send<T>(endpoint: Endpoint, command: AnyCommand<T>, options?: SendOptions): Promise<T>;
  /**
   * A request of the library's own, for a part of a command that the router splits; see {@link splitRequest}. `retry` is
   * that of the request that it is a part of; default: that of the client.
   */
  request(command: AnyCommand, bytes: boolean, retry?: RetryMode): Request;
  /** Puts another router in the place of this one, which must have no endpoints yet. */
  replace(router: Router): void;
  /** To be called when the router became able, or unable, to route. @param cause why it did not find its servers */
  changed(cause?: KvError): void;
}

/** How a blocking command is sent next. */
export interface BlockingRound {
  /** The command, for example with less time to block. Its result `NO_RESULT` begins the next round. */
  readonly command: AnyCommand;
  /** How long to wait before, ms. */
  readonly pause: number;
  /** How long to wait for a connection, ms, where the call has no deadline; absent: the default of calls. */
  readonly patience?: number | undefined;
  /** The server to go to; absent: the one that the router picks for the command now. */
  readonly endpoint?: Endpoint | undefined;
  /** Sent right before the command, on the same connection. */
  readonly before?: AnyCommand | undefined;
}

/** The rounds of one blocking call. */
export interface BlockingRounds {
  /** What is sent now: at first, after a round without a result, and after {@link failed} said that it goes on. */
  next(): BlockingRound;
  /**
   * A round was refused, or got no connection (then `connection` is absent). Returns whether there is another round;
   * otherwise the caller gets the error.
   */
  failed(error: unknown, connection: Connection | undefined): boolean;
}

/**
 * Decides which server gets a request. It takes every request of its client: it gives it to a pool of an endpoint, keeps
 * it until it knows where it belongs, or fails it. What it keeps stays under the request's deadline and signal.
 */
export interface Router {
  /** The servers in use. */
  readonly endpoints: readonly Endpoint[];
  /** Whether requests reach a server now. */
  readonly isReady: boolean;
  /** Whether it looks for its servers now. Absent: it never does, or with connections of its endpoints. */
  readonly isSearching?: boolean;
  /** Loads the code of the router that takes the place of this one. Absent: this is the router. */
  loaded?(): Promise<Router>;
  /** Takes one request for a shared connection. */
  submit(request: Request): void;
  /** Takes requests that stay together on one connection. */
  submitUnit(members: readonly Request[]): void;
  /** Takes a request for a connection of the pool that `request.exclusive` names. */
  acquire(request: Request): void;
  /** Resolves when the first connection is ready; rejects with the cause. */
  start(): Promise<void>;
  /**
   * The server ran none of these requests and says where they may run. Returns whether the router takes them; otherwise
   * the refusal reaches their callers. Absent: it always does.
   */
  redirected?(
    requests: readonly Request[],
    redirect: Redirect,
    error: KvError,
    connection: Connection,
    endpoint: Endpoint,
  ): boolean;
  /**
   * Requests whose connection was lost, or whose server refuses the login, and that may be written (again), in order. The
   * router takes those that another server can have, and returns the others.
   */
  requeue?(requests: readonly Request[], endpoint: Endpoint): readonly Request[];
  /** See {@link Executor.placeOf}. */
  placeOf?(command: AnyCommand): unknown;
  /** How a blocking command is sent in rounds. Absent: it is sent once, and what the server answers is its end. */
  blockingRounds?(command: AnyCommand): BlockingRounds;
  /** Why a command cannot run on this connection in exclusive use (its key lies on another server). Absent: it can. */
  refusal?(command: AnyCommand, connection: Connection): KvError | undefined;
  /** A pool of an endpoint has opened or lost connections. */
  poolChanged?(endpoint: Endpoint, cause: KvError | undefined): void;
  /** The client is closed: ends what the router itself keeps. Its endpoints are closed by the client. */
  close?(error: KvError): void;
}

/**
 * Opens the shared connections, and those for blocking commands that are kept. Rejects with the cause when that fails.
 *
 * @param owner asked twice: its router may be replaced when it starts, see {@link RouterHost.replace}
 */
export async function startAll(owner: { readonly router: Router }): Promise<void> {
  await owner.router.start();
  const primaries = owner.router.endpoints.filter(({ identity }) => identity.role !== 'replica');
  await Promise.all(primaries.map((endpoint) => endpoint.startBlocking()));
}

/** Everything goes to one server. */
export class SingleRouter implements Router {
  readonly endpoints: readonly Endpoint[];
  readonly #endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    this.endpoints = [endpoint];
  }

  get isReady(): boolean {
    return this.#endpoint.shared.isReady;
  }

  submit(request: Request): void {
    this.#endpoint.shared.submit(request);
  }

  submitUnit(members: readonly Request[]): void {
    this.#endpoint.shared.submitUnit(members);
  }

  acquire(request: Request): void {
    this.#endpoint[request.exclusive ?? 'shared'].submit(request);
  }

  start(): Promise<void> {
    return this.#endpoint.shared.start();
  }
}

/** Makes the router of a client with one server. */
export function singleRouter({ address, addressText }: EndpointIdentity): (host: RouterHost) => Router {
  return (host) => new SingleRouter(host.endpoint({ address, addressText }));
}
