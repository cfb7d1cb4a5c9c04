import { asKvError, ClosedError, ConnectionError, type KvError } from '../errors.ts';
import type { Request } from '../request/request.ts';
import { RequestQueue } from '../request/request-queue.ts';
import type { Endpoint } from './endpoint.ts';
import type { Router, RouterHost } from './router.ts';

/**
 * Stands for a router whose code is loaded with the first call, so that programs without need for it do not carry it.
 * Calls that come before wait in order, under their deadlines; then the loaded router takes its place.
 */
export class LazyRouter implements Router {
  readonly endpoints: readonly Endpoint[] = [];
  readonly isReady = false;
  readonly #host: RouterHost;
  readonly #load: () => Promise<Router>;
  #loading: Promise<Router> | undefined;
  readonly #held = new RequestQueue();
  #closed: KvError | undefined;

  /** @param load loads the code and makes the router; called once */
  constructor(host: RouterHost, load: () => Promise<Router>) {
    this.#host = host;
    this.#load = load;
  }

  submit(request: Request): void {
    this.#hold([request]);
  }

  submitUnit(members: readonly Request[]): void {
    this.#hold(members);
  }

  acquire(request: Request): void {
    this.#hold([request]);
  }

  async start(): Promise<void> {
    const router = await this.loaded();
    await router.start();
  }

  close(error: KvError): void {
    this.#closed = error;
    this.#failHeld(error);
  }

  #hold(requests: readonly Request[]): void {
    for (const request of requests) this.#held.push(request);
    this.loaded().catch((error: unknown) => this.#failHeld(asKvError(error)));
  }

  loaded(): Promise<Router> {
    this.#loading ??= this.#replaceSelf();
    return this.#loading;
  }

  async #replaceSelf(): Promise<Router> {
    const router = await this.#load();
    if (this.#closed !== undefined) throw this.#closed;
    this.#host.replace(router);
    submitAgain(router, this.#held.drain());
    return router;
  }

  #failHeld(cause: KvError): void {
    const fail = cause.code === 'CLOSED' ? closedBy : notLoaded;
    for (const request of this.#held.drain()) request.fail(fail(cause, request));
  }
}

/** Gives calls that waited to a router, in order, each in the way in which it came. */
export function submitAgain(router: Router, requests: readonly Request[]): void {
  for (const request of requests) {
    if (request.exclusive !== null) router.acquire(request);
    else if (request.unit === null) router.submit(request);
    else if (request.unit.members[0] === request) router.submitUnit(request.unit.members);
  }
}

/** The error of a call that its router kept and cannot serve any more. */
export function closedBy(cause: KvError, { command: { spec }, attempts }: Request): ClosedError {
  const outcome = attempts > 0 ? 'unknown' : 'notSent';
  return new ClosedError(`${spec.name}: ${cause.message}`, { command: spec.name, attempts, outcome, cause });
}

function notLoaded(cause: KvError, { command: { spec } }: Request): ConnectionError {
  const text = `${spec.name}: cannot load the code for several servers (${cause.message})`;
  return new ConnectionError(text, { command: spec.name, attempts: 0, outcome: 'notSent', cause });
}
