import {
  type AnyCommand,
  type Arg,
  type Executor,
  firstKey,
  isKvError,
  monotonicNow,
  queueMicrotask,
  read,
  type SendOptions,
  type Spec,
} from '@kv/core';
import type { Reply } from '@kv/resp-parser';
import { text } from '../commands/support/replies.ts';
import type { CacheContext } from './cache-context.ts';
import { isCacheable } from './cacheable.ts';
import { copyOf } from './copy-of.ts';
import { Fetch, type ReplySource } from './fetch.ts';
import { IN_DOUBT, NONE } from './index-chains.ts';
import { JoinedCall } from './joined-call.ts';
import { mayBeMissing } from './may-be-missing.ts';
import { ownText } from './own-text.ts';
import { ExpiryQuestion, type ReplyTaker, type TrackedCommand, TrackedMget, TrackedRead } from './tracked-command.ts';

const PTTL: Spec = read('PTTL');

/** How long a reply is kept that a missing key may have given, where no server tells that the key appears, ms. */
const MISSING = 1000;

/**
 * Reads through what is kept.
 *
 *     send ─▶ entry? ── stored, young enough ───▶ its reply, copied
 *               │  └─── on its way ─────────────▶ waits for it: JoinedCall
 *               └ none ─▶ Fetch, sent as TrackedRead
 *                           │ decoded: kept, unless the entry was dropped meanwhile
 *                           └ settled: the caller, and all who joined
 */
export class Reads implements ReplyTaker {
  readonly context: CacheContext;

  constructor(context: CacheContext) {
    this.context = context;
  }

  /** Sends a command, or answers it with what is kept. @param ttl how old that may be, ms */
  send<T>(executor: Executor, command: AnyCommand<T>, options: SendOptions, ttl: number): Promise<T> {
    const arg = firstKey(command);
    if (arg === undefined || options.signal?.aborted === true) return executor.send(command, options);
    const key = typeof arg === 'string' ? arg : text(arg);
    const bytes = command.bytes || options.bytes === true;
    const args = command.args.length === 1 && typeof arg === 'string' ? null : command.args;
    const { name } = command.spec;
    const index = this.lookUp(key, name, args, bytes, ttl);
    if (index >= 0) return this.#answer(executor, index, command, options);
    if (index === IN_DOUBT || !isCacheable(command) || !this.admits(key)) return executor.send(command, options);
    return this.#fetch(executor, this.begin(arg, key, name, args, bytes), command, options) as Promise<T>;
  }

  /**
   * The index of an entry that answers a command, or will do so. NONE: there is none, or it was too old, and is dropped.
   * IN_DOUBT: its connection has been silent for too long.
   */
  lookUp(key: string, name: string, args: readonly Arg[] | null, bytes: boolean, ttl: number): number {
    const { entries, counts } = this.context;
    const index = entries.find(key, name, args, bytes);
    if (index === NONE) return NONE;
    const fetch = entries.fetchAt(index);
    if (fetch !== undefined) return fetch.source?.connection.isCertain === false ? IN_DOUBT : index;
    const now = monotonicNow();
    const age = Math.max(now - entries.storedAt(index), 0); // the client's clock is rounded
    if (now < entries.expiresAt(index) && age < ttl)
      return entries.sourceAt(index)?.connection.isCertain === true ? index : IN_DOUBT;
    entries.drop(index);
    counts.expired++;
    return NONE;
  }

  /** Begins an entry, whose reply is on its way. */
  begin(arg: Arg, key: string, name: string, args: readonly Arg[] | null, bytes: boolean): Fetch {
    const own = args === null ? null : args.map(ownArg);
    const fetch = new Fetch(this.context.slotOf(arg), key, name, own, bytes);
    this.context.entries.begin(fetch);
    return fetch;
  }

  /** Whether replies for this key may be kept. */
  admits(key: string): boolean {
    const { prefixes } = this.context.settings;
    for (const prefix of prefixes) if (key.startsWith(prefix)) return true;
    return false;
  }

  #answer<T>(executor: Executor, index: number, command: AnyCommand<T>, options: SendOptions): Promise<T> {
    const fetch = this.context.entries.fetchAt(index);
    if (fetch !== undefined && fetch.source === undefined) return this.join(fetch, command, options) as Promise<T>;
    try {
      return Promise.resolve(command.reply(this.hit(index, fetch), command));
    } catch {
      return executor.send(command, options); // it says what is wrong with the reply
    }
  }

  /** A copy of the reply of an entry. @param fetch of the same entry, when it is not stored yet */
  hit(index: number, fetch: Fetch | undefined): unknown {
    const { entries, counts } = this.context;
    counts.hits++;
    if (fetch !== undefined) return copyOf(fetch.raw);
    entries.touch(index);
    return copyOf(entries.rawAt(index));
  }

  /** Waits for the reply that is on its way. */
  join(fetch: Fetch, command: AnyCommand, options: SendOptions): Promise<unknown> {
    const call = new JoinedCall(this.context.client, command, options);
    this.context.counts.joined++;
    fetch.joined ??= [];
    fetch.joined.push(call);
    return call.result;
  }

  #fetch(executor: Executor, fetch: Fetch, command: AnyCommand, options: SendOptions): Promise<unknown> {
    const { counts, isPrefaced } = this.context;
    counts.misses++;
    const sent = new TrackedRead(this, isPrefaced, fetch, command);
    const reply = this.#send(executor, sent, options);
    if (this.context.settings.exactExpiry) this.#askExpiry(fetch, firstKey(sent) as Arg);
    return reply;
  }

  /** The client's tracker tells of a failure; what is put around the client may fail by itself. */
  #send(executor: Executor, command: TrackedCommand, options: SendOptions): Promise<unknown> {
    const reply = executor.send(command, toPrimary(options));
    if (executor !== this.context.client) reply.catch((error: Error) => command.failed(error));
    return reply;
  }

  // -- the reply

  keep(fetch: Fetch, reply: Reply, source: ReplySource): void {
    const { counts, settings } = this.context;
    if (!fetch.pending || !this.context.owns(fetch.slot, source.endpoint)) {
      counts.refused++;
    } else if (settings.exactExpiry) {
      fetch.raw = copyOf(reply);
      fetch.source = source;
    } else this.#store(fetch, reply, source, Number.POSITIVE_INFINITY);
  }

  #store(fetch: Fetch, reply: unknown, source: ReplySource, expires: number): void {
    const { counts, entries, settings } = this.context;
    const now = this.context.client.tracker.clock.now();
    const latest = now + Math.min(settings.ttl, this.#longest(fetch, reply));
    if (entries.store(fetch, reply, source, now, Math.min(latest, expires))) counts.stored++;
    else counts.refused++;
  }

  /** When the slot of a missing key moves, its server tells of nothing: neither of the move, nor of the key behind it. */
  #longest({ slot }: Fetch, reply: unknown): number {
    return slot >= 0 && mayBeMissing(reply) ? MISSING : Number.POSITIVE_INFINITY;
  }

  ended(fetch: Fetch, reply: unknown): void {
    const { joined } = fetch;
    fetch.joined = undefined;
    if (fetch.source === undefined) this.context.entries.dropFetch(fetch); // no server tells of changes
    if (joined !== undefined) for (const call of joined) call.succeed(reply);
  }

  failed(fetch: Fetch, error: Error): void {
    const { joined } = fetch;
    fetch.joined = undefined;
    this.context.entries.dropFetch(fetch);
    if (joined === undefined) return;
    if (fetch.kept) for (const call of joined) call.succeed(fetch.raw);
    else if (isKvError(error) && (error.code === 'TIMEOUT' || error.code === 'ABORTED'))
      queueMicrotask(() => this.#sendAgain(fetch, joined)); // not while deadlines are looked at
    else for (const call of joined) call.fail(error);
  }

  /** The call that was sent has ended early; others wait for the same reply. */
  #sendAgain({ key, name, args, bytes }: Fetch, joined: readonly JoinedCall[]): void {
    const calls = joined.filter(({ settled }) => !settled);
    const [first] = calls;
    if (first === undefined) return;
    const fetch = this.#underWay(key, name, args, bytes) ?? this.#fetchFor(first, key, name, args, bytes);
    fetch.joined = [...(fetch.joined ?? []), ...calls];
  }

  /** A read that takes callers in. What has its reply takes none, and is dropped. */
  #underWay(key: string, name: string, args: readonly Arg[] | null, bytes: boolean): Fetch | undefined {
    const { entries } = this.context;
    const index = entries.find(key, name, args, bytes);
    const fetch = index === NONE ? undefined : entries.fetchAt(index);
    if (fetch !== undefined && fetch.source === undefined) return fetch;
    if (index !== NONE) entries.drop(index);
    return undefined;
  }

  /** Sends a read for a call that waited for that of another, with the time that is left to it. */
  #fetchFor(call: JoinedCall, key: string, name: string, args: readonly Arg[] | null, bytes: boolean): Fetch {
    const { client } = this.context;
    const fetch = this.begin(args?.[0] ?? key, key, name, args, bytes);
    const options = { ...call.options, timeout: call.timeLeft };
    if (name === 'MGET') this.sendMget(client, [fetch], call.command, options).catch(() => undefined);
    else this.#fetch(client, fetch, call.command, options).catch(() => undefined);
    return fetch;
  }

  /** Sends an MGET whose values are to be kept. @param fetches those of its keys; absent: the value is not kept */
  sendMget(
    executor: Executor,
    fetches: readonly (Fetch | undefined)[],
    { spec, args }: AnyCommand,
    options: SendOptions,
  ): Promise<unknown> {
    const { counts, isPrefaced } = this.context;
    counts.misses += args.length;
    const bytes = fetches.some((fetch) => fetch?.bytes === true);
    const reply = this.#send(executor, new TrackedMget(this, isPrefaced, spec, args, fetches, bytes), options);
    if (this.context.settings.exactExpiry)
      for (const [i, fetch] of fetches.entries()) if (fetch !== undefined) this.#askExpiry(fetch, args[i] as Arg);
    return reply;
  }

  // -- expiry

  /** Asks right behind the read: if the key changes in between, the server tells of that in between. */
  #askExpiry(fetch: Fetch, key: Arg): void {
    const asked = monotonicNow();
    const question = new ExpiryQuestion(PTTL, key, (milliseconds, source) => {
      if (!fetch.pending || fetch.source !== source || milliseconds === -2) return;
      const expires = milliseconds < 0 ? Number.POSITIVE_INFINITY : Math.floor(asked + milliseconds);
      this.#store(fetch, fetch.raw, source, expires);
    });
    const answered = (): void => this.context.entries.dropFetch(fetch);
    this.context.client.sendInternal(question).then(answered, answered);
  }
}

/** Replicas may lag behind, and do not tell of changes in time. */
function toPrimary(options: SendOptions): SendOptions {
  return options.route === undefined ? options : { ...options, route: undefined };
}

/** An argument that its caller cannot change, nor what it was cut out of keep in memory. */
function ownArg(arg: Arg): Arg {
  return typeof arg === 'string' ? ownText(arg) : new Uint8Array(arg); // `slice` of a Buffer copies nothing
}
