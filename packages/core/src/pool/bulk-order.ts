import { type AnyCommand, type Arg, Flag, keyPositions } from '../command/command.ts';
import type { Connection } from '../connection/connection.ts';
import type { Request } from '../request/request.ts';
import { RequestQueue } from '../request/request-queue.ts';

/** The requests of the other connections that have no reply yet. */
export type PendingRequests = () => readonly Request[];

/**
 * Keeps the order of calls on a key although some of them go to the connection for bulk.
 *
 * ```text
 *   shared  … GET a   GET b   GET c …        held: SET a (large)
 *                └ answered ──────────────────────────┘ now it goes
 *   bulk    SET a (large)   GET a ◄── what is called on a meanwhile follows it
 * ```
 */
export class BulkOrder {
  /** What waits until earlier calls on the same keys have been answered on the other connections. */
  readonly held: RequestQueue;
  readonly #pending: PendingRequests;
  readonly #forward: (requests: readonly Request[]) => void;
  readonly #entered = new WeakSet<Request>();
  /** The keys of calls on their way to the connection or on it, with how many calls have them. */
  readonly #keys = new Map<string, number>();
  #isWaiting = false;

  /**
   * @param forward sends one request, or all of a unit; may fail them instead
   * @param attempt what is being done to get a connection, for messages
   */
  constructor(
    pending: PendingRequests,
    forward: (requests: readonly Request[]) => void,
    attempt: () => string | undefined,
  ) {
    this.#pending = pending;
    this.#forward = forward;
    this.held = new RequestQueue(undefined, attempt);
  }

  /** Whether it has to come after a call that went to the connection for bulk. */
  follows(request: Request): boolean {
    if (this.#keys.size === 0) return false;
    return this.#entered.has(request) || keysOf(request.command).some((key) => this.#keys.has(key));
  }

  /** Sends requests, or holds them back: one, or all of a unit. */
  enqueue(requests: readonly Request[]): void {
    for (const request of requests) {
      this.#enter(request);
      this.held.push(request);
    }
    if (!this.#isWaiting) this.#serve();
  }

  #enter(request: Request): void {
    if (this.#entered.has(request)) return; // it comes back from a connection that was lost
    this.#entered.add(request);
    const keys = keysOf(request.command);
    for (const key of keys) this.#keys.set(key, (this.#keys.get(key) ?? 0) + 1);
    afterReplyTo(request, () => this.#leave(keys));
  }

  #leave(keys: readonly string[]): void {
    for (const key of keys) {
      const left = (this.#keys.get(key) ?? 0) - 1;
      if (left > 0) this.#keys.set(key, left);
      else this.#keys.delete(key);
    }
  }

  #serve(): void {
    for (let next = this.held.peek(); next !== undefined; next = this.held.peek()) {
      const earlier = this.#earlierThan(next);
      if (earlier.length > 0) return this.#wait(next, earlier);
      this.#release(next);
    }
  }

  #wait(next: Request, earlier: readonly Request[]): void {
    this.#isWaiting = true;
    let left = earlier.length;
    const answered = (): void => {
      if (--left > 0) return;
      this.#isWaiting = false;
      if (this.held.peek() === next) this.#release(next);
      this.#serve();
    };
    for (const request of earlier) afterReplyTo(request, answered);
  }

  #release({ unit }: Request): void {
    const count = unit?.members.length ?? 1;
    const requests: Request[] = [];
    for (let i = 0; i < count; i++) requests.push(this.held.shift() as Request);
    this.#forward(requests);
  }

  /** What must have been answered before. Of an abandoned request it is not known any more which keys it has. */
  #earlierThan(request: Request): Request[] {
    const keys = new Set((request.unit?.members ?? [request]).flatMap(({ command }) => keysOf(command)));
    return this.#pending().filter(
      ({ settled, command }) =>
        settled || (command.flags & Flag.stateful) !== 0 || keysOf(command).some((key) => keys.has(key)),
    );
  }
}

/** Calls back when a request has its reply, or gets none; an abandoned one has it when its connection has discarded it. */
function afterReplyTo(request: Request, done: () => void): void {
  if (request.settled) return afterLateReply(request, done);
  const before = request.ended;
  request.ended = () => {
    before?.();
    afterLateReply(request, done);
  };
}

function afterLateReply(request: Request, done: () => void): void {
  const connection = request.connection as Connection | null;
  if (connection?.pending().includes(request)) connection.afterInFlight(done);
  else done();
}

const decoder = new TextDecoder();

/** Keys as text; bytes that are not UTF-8 may look like others, which then wait for each other. */
function keysOf({ spec, args }: AnyCommand): string[] {
  return keyPositions(spec.keys, args).flatMap((at) => {
    const key: Arg | undefined = args[at];
    if (key === undefined) return [];
    return typeof key === 'string' ? key : decoder.decode(key);
  });
}
