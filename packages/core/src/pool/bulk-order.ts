import { type AnyCommand, type Arg, Flag, firstKey, type KeySpec, keyPositions } from '../command/command.ts';
import type { Request } from '../request/request.ts';
import { RequestQueue } from '../request/request-queue.ts';
import { AwaitedReplies, type Leaving } from './awaited-replies.ts';

/** The connections that requests go to. */
export interface BulkTargets {
  /** The requests of the shared connections that have no reply yet. */
  pending(): readonly Request[];
  /** Those of the connection for bulk. */
  pendingBulk(): readonly Request[];
  /** Sends one request, or all of a unit, on the connection for bulk; may fail them instead. */
  forward(requests: readonly Request[]): void;
  /** Sends one on a shared connection. */
  giveBack(request: Request): void;
  /** What is being done to get a connection, for messages. */
  attempt(): string | undefined;
}

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
  readonly #targets: BulkTargets;
  readonly #replies = new AwaitedReplies();
  readonly #large = new WeakSet<Request>();
  readonly #keys = new KeysInUse();
  /** Those of requests that were sent: each of them has waited for what was called on its keys before. */
  readonly #sentKeys = new KeysInUse();
  /** Requests that go to a shared connection, behind all that were called before them. */
  readonly #barriers = new Set<Request>();
  /** How many of them were sent and have no reply yet: the connection for bulk is still as it was before them. */
  #barriersSent = 0;
  /** How many have come and have no reply yet. */
  #underWay = 0;
  /** The turn of the large one that has no reply yet. One that comes back from another server has a new turn. */
  #current: { readonly request: Request } | undefined;
  #isWaiting = false;

  constructor(targets: BulkTargets) {
    this.#targets = targets;
    this.held = new RequestQueue({
      get attempt() {
        return targets.attempt();
      },
    });
  }

  /** Whether it has to come after a call that went to the connection for bulk. */
  follows(request: Request): boolean {
    if (this.#barriers.size > 0 || this.#replies.has(request)) return true;
    return this.#keys.concern(request.command) || (this.#underWay > 0 && isStateful(request));
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

  /**
   * See {@link AwaitedReplies.leaving}. What is served meanwhile does not wait for a large one among them: on another server
   * that may wait for a large one which has come from there.
   */
  leaving(requests: readonly Request[]): Leaving {
    const current = this.#current;
    const isLeaving = current !== undefined && requests.includes(current.request);
    if (isLeaving) this.#current = undefined;
    const leaving = this.#replies.leaving(requests);
    return {
      gone: (all) => leaving.gone(all),
      stay: (all) => {
        if (isLeaving && all.includes(current.request)) this.#current ??= current;
        leaving.stay(all);
      },
    };
  }

  #enter(request: Request): void {
    if (this.#replies.has(request)) return; // it comes back from a connection that was lost
    if (isStateful(request)) this.#barriers.add(request);
    const leave = this.#keys.enter(request.command);
    this.#underWay++;
    this.#replies.await(request, () => {
      this.#underWay--;
      this.#barriers.delete(request);
      leave();
    });
  }

  #serve(): void {
    let pending: readonly Request[] | undefined; // stays as it is meanwhile: what is released goes to the connection for bulk
    for (let next = this.held.peek(); next !== undefined; next = this.held.peek()) {
      if (this.#barriers.has(next)) pending = undefined;
      const earlier = this.#earlierThan(next, () => (pending ??= this.#targets.pending()));
      if (earlier.length > 0) return this.#wait(next, earlier);
      this.#release(next);
    }
  }

  #wait(next: Request, earlier: readonly Request[]): void {
    this.#isWaiting = true;
    let left = earlier.length;
    let isOver = false;
    const over = (): void => {
      if (isOver) return;
      isOver = true;
      this.#isWaiting = false;
      if (this.held.peek() === next) this.#release(next);
      this.#serve();
    };
    for (const request of earlier) this.#replies.await(request, () => --left === 0 && over());
    this.#replies.await(next, over); // its caller may give it up
  }

  #release(first: Request): void {
    if (this.#barriers.delete(first)) return this.#giveBack();
    const count = first.unit?.members.length ?? 1;
    const requests: Request[] = [];
    for (let i = 0; i < count; i++) requests.push(this.held.shift() as Request);
    if (this.#large.has(first)) this.#become(first);
    for (const request of requests) this.#replies.await(request, this.#sentKeys.enter(request.command));
    this.#targets.forward(requests);
  }

  #giveBack(): void {
    const barrier = this.held.shift() as Request;
    this.#barriersSent++;
    this.#replies.await(barrier, () => this.#barriersSent--);
    this.#targets.giveBack(barrier);
  }

  #become(request: Request): void {
    const current = { request };
    this.#current = current;
    this.#replies.await(request, () => {
      if (this.#current === current) this.#current = undefined;
    });
  }

  /** What must have been answered before. */
  #earlierThan(request: Request, pending: () => readonly Request[]): Request[] {
    if (this.#barriers.has(request)) return this.#targets.pendingBulk().filter(({ settled }) => !settled);
    const members = request.unit?.members ?? [request];
    const earlier = this.#isCovered(members) ? [] : earlierOnKeys(members, pending());
    const current = this.#current?.request;
    if (current === undefined || current === request || !this.#large.has(request)) return earlier;
    return [...earlier, current];
  }

  /** Whether it is enough that they follow what was sent on their keys. */
  #isCovered(members: readonly Request[]): boolean {
    if (this.#barriersSent > 0) return false;
    return members.some(hasKeys) && members.every(({ command }) => this.#sentKeys.cover(command));
  }
}

/** Of an abandoned request it is not known any more which keys it has. */
function earlierOnKeys(members: readonly Request[], pending: readonly Request[]): Request[] {
  const keys = new KeysInUse();
  for (const { command } of members) keys.enter(command);
  return [...abandonedIn(pending), ...pending.filter((other) => mustBeAnswered(other, keys))];
}

/** One abandoned request of each connection: its late reply is awaited with all that are in flight. */
function abandonedIn(pending: readonly Request[]): Iterable<Request> {
  const abandoned = pending.filter(({ settled }) => settled);
  return new Map(abandoned.map((request) => [request.connection, request])).values();
}

/** Whether a request that has no reply yet has one of these keys, or changes the state of its connection. */
function mustBeAnswered(request: Request, keys: KeysInUse): boolean {
  const { settled, command, unit } = request;
  if (settled) return false;
  if (isStateful(request) || keys.concern(command)) return true;
  // EXEC may be all of its unit that is unanswered, and has no keys
  const last = unit?.members.at(-1);
  return last?.command === command && unit?.members.some((member) => keys.concern(member.command)) === true;
}

/** Which keys some commands read and write. */
class KeysInUse {
  /** By key, how many commands have it. */
  readonly #read = new Map<string, number>();
  readonly #written = new Map<string, number>();
  readonly #isWritten = (key: Arg): boolean => this.#written.has(textOf(key));
  readonly #isNotWritten = (key: Arg): boolean => !this.#isWritten(key);
  readonly #isUsed = (key: Arg): boolean => this.#isWritten(key) || this.#read.has(textOf(key));

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
    return someKey(command.spec.keys, command.args, reads ? this.#isWritten : this.#isUsed);
  }

  /** Whether all keys of a command are written by one of these. */
  cover({ spec: { keys }, args }: AnyCommand): boolean {
    return this.#written.size > 0 && !someKey(keys, args, this.#isNotWritten);
  }
}

function hasKeys({ command }: Request): boolean {
  return firstKey(command) !== undefined;
}

/** Whether it changes the state of its connection: SELECT. */
function isStateful({ command }: Request): boolean {
  return (command.flags & Flag.stateful) !== 0;
}

function isRead({ flags }: AnyCommand): boolean {
  return (flags & Flag.read) !== 0;
}

const decoder = new TextDecoder();

/** A key as text; bytes that are not UTF-8 may look like others, which then wait for each other. */
function textOf(key: Arg): string {
  return typeof key === 'string' ? key : decoder.decode(key);
}

function keysOf({ spec, args }: AnyCommand): string[] {
  const keys = keyPositions(spec.keys, args).map((at) => args[at]);
  return keys.filter((key) => key !== undefined).map(textOf);
}

/** Whether one of the keys is wanted; where their positions are constant, without a list of them. */
function someKey(keys: KeySpec, args: readonly Arg[], isWanted: (key: Arg) => boolean): boolean {
  if (keys === null) return false;
  if (typeof keys === 'function') return keys(args).some((at) => args[at] !== undefined && isWanted(args[at]));
  const last = keys.last < 0 ? args.length + keys.last : Math.min(keys.last, args.length - 1);
  for (let i = keys.first; i <= last; i += keys.step) if (isWanted(args[i] as Arg)) return true;
  return false;
}
