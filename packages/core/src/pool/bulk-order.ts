import { type AnyCommand, type Arg, Flag, keyPositions } from '../command/command.ts';
import type { Request } from '../request/request.ts';
import { RequestQueue } from '../request/request-queue.ts';
import { AwaitedReplies, type Leaving } from './awaited-replies.ts';

/** The requests of the other connections that have no reply yet. */
export type PendingRequests = () => readonly Request[];

/**
 * Keeps the order of calls on a key although some of them go to the connection for bulk, and lets large ones go there one
 * at a time: a server that has several makes all their replies before it turns to another connection.
 *
 * ```text
 *   shared  … GET a   GET b   GET c …        held: SET a (large)
 *                └ answered ──────────────────────────┘ now it goes
 *   bulk    SET a (large)   GET a ◄── what is called on a meanwhile follows it
 * ```
 */
export class BulkOrder {
  /** Large ones whose turn has not come, and what was called behind them. */
  readonly held: RequestQueue;
  readonly #pending: PendingRequests;
  readonly #forward: (requests: readonly Request[]) => void;
  readonly #replies = new AwaitedReplies();
  readonly #large = new WeakSet<Request>();
  readonly #keys = new KeysInUse();
  /** The large one that has no reply yet. */
  #current: Request | undefined;
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
    return this.#replies.has(request) || this.#keys.concern(request.command);
  }

  /** Sends requests, or holds them back: one, or all of a unit. */
  enqueue(requests: readonly Request[], isLarge: boolean): void {
    if (isLarge) this.#large.add(requests[0] as Request);
    for (const request of requests) {
      this.#enter(request);
      this.held.push(request);
    }
    if (!this.#isWaiting) this.#serve();
  }

  /** See {@link AwaitedReplies.leaving}. */
  leaving(requests: readonly Request[]): Leaving {
    return this.#replies.leaving(requests);
  }

  #enter(request: Request): void {
    if (this.#replies.has(request)) return; // it comes back from a connection that was lost
    this.#replies.await(request, this.#keys.enter(request.command));
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
    for (const request of earlier) this.#replies.await(request, answered);
  }

  #release(first: Request): void {
    const count = first.unit?.members.length ?? 1;
    const requests: Request[] = [];
    for (let i = 0; i < count; i++) requests.push(this.held.shift() as Request);
    if (this.#large.has(first)) this.#become(first);
    this.#forward(requests);
  }

  #become(current: Request): void {
    this.#current = current;
    this.#replies.await(current, () => {
      if (this.#current === current) this.#current = undefined;
    });
  }

  /** What must have been answered before. Of an abandoned request it is not known any more which keys it has. */
  #earlierThan(request: Request): Request[] {
    const keys = new KeysInUse();
    for (const { command } of request.unit?.members ?? [request]) keys.enter(command);
    const earlier = this.#pending().filter(
      ({ settled, command }) => settled || (command.flags & Flag.stateful) !== 0 || keys.concern(command),
    );
    if (this.#current === undefined || this.#current === request || !this.#large.has(request)) return earlier;
    return [...earlier, this.#current];
  }
}

/** Which keys some commands read and write. */
class KeysInUse {
  /** By key, how many commands have it. */
  readonly #read = new Map<string, number>();
  readonly #written = new Map<string, number>();

  /** Adds a command. Returns what takes it away. */
  enter(command: AnyCommand): () => void {
    const counts = isRead(command) ? this.#read : this.#written;
    const keys = keysOf(command);
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    return () => {
      for (const key of keys) {
        const left = (counts.get(key) ?? 0) - 1;
        if (left > 0) counts.set(key, left);
        else counts.delete(key);
      }
    };
  }

  /** Whether the order against a further command matters: two that read have none. */
  concern(command: AnyCommand): boolean {
    const reads = isRead(command);
    if (this.#written.size === 0 && (reads || this.#read.size === 0)) return false;
    return keysOf(command).some((key) => this.#written.has(key) || (!reads && this.#read.has(key)));
  }
}

function isRead({ flags }: AnyCommand): boolean {
  return (flags & Flag.read) !== 0;
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
