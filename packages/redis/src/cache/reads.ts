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
import type { Entry, ReplySource } from './entry.ts';
import { JoinedCall } from './joined-call.ts';
import { mayBeMissing } from './may-be-missing.ts';
import { ExpiryQuestion, type ReplyTaker, type TrackedCommand, TrackedMget, TrackedRead } from './tracked-command.ts';

const PTTL: Spec = read('PTTL');

/** How long a reply is kept that a missing key may have given, where no server tells that the key appears, ms. */
const MISSING = 1000;

/**
 * Reads through what is kept.
 *
 *     send ─▶ entry? ── stored, young enough ───▶ its reply, copied
 *               │  └─── on its way ─────────────▶ waits for it: JoinedCall
 *               └ none ─▶ entry, sent as TrackedRead
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
    const { entries } = this.context;
    const group = entries.groupOf(arg);
    const args = command.args.length === 1 && typeof arg === 'string' ? null : command.args;
    const { name } = command.spec;
    const entry = entries.find(group, key, name, args, bytes);
    if (entry !== undefined && this.isUsable(entry, ttl)) return this.#answer(executor, entry, command, options);
    if (!this.#mayBegin(entry, command, key)) return executor.send(command, options);
    return this.#fetch(executor, entries.add(group, key, name, args, bytes), command, options) as Promise<T>;
  }

  /** Whether an entry has a reply that may be given out, or will have one. One that is too old is dropped. */
  isUsable(entry: Entry, ttl: number): boolean {
    if (entry.pending) return entry.source?.connection.isCertain !== false;
    const now = monotonicNow();
    const age = Math.max(now - entry.storedAt, 0); // the client's clock is rounded
    if (now < entry.expires && age < ttl) return entry.source?.connection.isCertain === true;
    this.context.entries.drop(entry);
    this.context.counts.expired++;
    return false;
  }

  #mayBegin(found: Entry | undefined, command: AnyCommand, key: string): boolean {
    return (found === undefined || found.gone) && isCacheable(command) && this.admits(key);
  }

  /** Whether replies for this key may be kept. */
  admits(key: string): boolean {
    const { prefixes } = this.context.settings;
    for (const prefix of prefixes) if (key.startsWith(prefix)) return true;
    return false;
  }

  #answer<T>(executor: Executor, entry: Entry, command: AnyCommand<T>, options: SendOptions): Promise<T> {
    const { entries, counts } = this.context;
    if (entry.pending && entry.source === undefined) return this.join(entry, command, options) as Promise<T>;
    try {
      const value = command.reply(copyOf(entry.raw), command);
      counts.hits++;
      if (!entry.pending) entries.touch(entry);
      return Promise.resolve(value);
    } catch {
      return executor.send(command, options); // it says what is wrong with the reply
    }
  }

  /** Waits for the reply that is on its way. */
  join(entry: Entry, command: AnyCommand, options: SendOptions): Promise<unknown> {
    const call = new JoinedCall(this.context.client, command, options);
    this.context.counts.joined++;
    entry.joined ??= [];
    entry.joined.push(call);
    return call.result;
  }

  #fetch(executor: Executor, entry: Entry, command: AnyCommand, options: SendOptions): Promise<unknown> {
    const { counts, isPrefaced } = this.context;
    counts.misses++;
    const reply = this.#send(executor, new TrackedRead(this, isPrefaced, entry, command), options);
    if (this.context.settings.exactExpiry) this.#askExpiry(entry, firstKey(command) as Arg);
    return reply;
  }

  /** The client's tracker tells of a failure; what is put around the client may fail by itself. */
  #send(executor: Executor, command: TrackedCommand, options: SendOptions): Promise<unknown> {
    const reply = executor.send(command, toPrimary(options));
    if (executor !== this.context.client) reply.catch((error: Error) => command.failed(error));
    return reply;
  }

  // -- the reply

  keep(entry: Entry, reply: Reply, source: ReplySource): void {
    const { counts, settings } = this.context;
    if (entry.gone || !this.context.owns(entry.group.slot, source.endpoint)) {
      counts.refused++;
    } else if (settings.exactExpiry) {
      entry.raw = copyOf(reply);
      entry.source = source;
    } else this.#store(entry, reply, source, Number.POSITIVE_INFINITY);
  }

  #store(entry: Entry, reply: unknown, source: ReplySource, expires: number): void {
    const { counts, entries, settings } = this.context;
    const now = this.context.client.tracker.clock.now();
    const latest = now + Math.min(settings.ttl, this.#longest(entry, reply));
    if (entries.store(entry, reply, source, now, Math.min(latest, expires))) counts.stored++;
    else counts.refused++;
  }

  /** When the slot of a missing key moves, its server tells of nothing: neither of the move, nor of the key behind it. */
  #longest({ group }: Entry, reply: unknown): number {
    return group.slot >= 0 && mayBeMissing(reply) ? MISSING : Number.POSITIVE_INFINITY;
  }

  ended(entry: Entry, reply: unknown): void {
    const { joined } = entry;
    entry.joined = undefined;
    if (entry.pending && entry.source === undefined) this.context.entries.drop(entry); // no server tells of changes
    if (joined !== undefined) for (const call of joined) call.succeed(reply);
  }

  failed(entry: Entry, error: Error): void {
    const { joined } = entry;
    entry.joined = undefined;
    if (entry.pending) this.context.entries.drop(entry);
    if (joined === undefined) return;
    if (!entry.pending) for (const call of joined) call.succeed(entry.raw);
    else if (isKvError(error) && (error.code === 'TIMEOUT' || error.code === 'ABORTED'))
      queueMicrotask(() => this.#sendAgain(entry, joined)); // not while deadlines are looked at
    else for (const call of joined) call.fail(error);
  }

  /** The call that was sent has ended early; others wait for the same reply. */
  #sendAgain({ group, key, name, args, bytes }: Entry, joined: readonly JoinedCall[]): void {
    const calls = joined.filter(({ settled }) => !settled);
    const [first] = calls;
    if (first === undefined) return;
    const { entries, client } = this.context;
    let entry = entries.find(group, key, name, args, bytes);
    if (entry?.source !== undefined) entries.drop(entry); // it has its reply, and takes no one in
    if (entry === undefined || entry.gone) {
      entry = entries.add(group, key, name, args, bytes);
      const options = { ...first.options, timeout: first.timeLeft };
      if (name === 'MGET') this.sendMget(client, [entry], first.command, options).catch(() => undefined);
      else this.#fetch(client, entry, first.command, options).catch(() => undefined);
    }
    entry.joined = [...(entry.joined ?? []), ...calls];
  }

  /** Sends an MGET whose values are to be kept. @param entries those of its keys; absent: the value is not kept */
  sendMget(
    executor: Executor,
    entries: readonly (Entry | undefined)[],
    { spec, args }: AnyCommand,
    options: SendOptions,
  ): Promise<unknown> {
    const { counts, isPrefaced } = this.context;
    counts.misses += args.length;
    const bytes = entries.some((entry) => entry?.bytes === true);
    const reply = this.#send(executor, new TrackedMget(this, isPrefaced, spec, args, entries, bytes), options);
    if (this.context.settings.exactExpiry)
      for (const [i, entry] of entries.entries()) if (entry !== undefined) this.#askExpiry(entry, args[i] as Arg);
    return reply;
  }

  // -- expiry

  /** Asks right behind the read: if the key changes in between, the server tells of that in between. */
  #askExpiry(entry: Entry, key: Arg): void {
    const asked = monotonicNow();
    const question = new ExpiryQuestion(PTTL, key, (milliseconds, source) => {
      if (entry.gone || !entry.pending || entry.source !== source || milliseconds === -2) return;
      const expires = milliseconds < 0 ? Number.POSITIVE_INFINITY : Math.floor(asked + milliseconds);
      this.#store(entry, entry.raw, source, expires);
    });
    const answered = (): void => {
      if (entry.pending) this.context.entries.drop(entry);
    };
    this.context.client.sendInternal(question).then(answered, answered);
  }
}

/** Replicas may lag behind, and do not tell of changes in time. */
function toPrimary(options: SendOptions): SendOptions {
  return options.route === undefined ? options : { ...options, route: undefined };
}
