import { type AnyCommand, type Arg, Command, Flag, type Spec } from '@kv/core';
import { commandHead, type Reply } from '@kv/resp-parser';
import type { KeptCommand, PrefacedSpec } from '../protocol/kept-replies.ts';
import type { Fetch, ReplySource } from './fetch.ts';

/** Takes the replies of commands whose replies are kept. */
export interface ReplyTaker {
  /** The reply came from a connection whose server tells of changes; the caller gets it next. */
  keep(fetch: Fetch, reply: Reply, source: ReplySource): void;
  /** The caller gets the reply now, wherever it came from. */
  ended(fetch: Fetch, reply: unknown): void;
  /** There is no reply. */
  failed(fetch: Fetch, error: Error): void;
}

/** Tells the server to watch the keys of the command behind it. */
const PREFACE = `${commandHead('CLIENT CACHING YES', 0)}\r\n`;

const prefaced = new WeakMap<Spec, PrefacedSpec>();
/** The latest that was asked for: many reads are of one kind. */
let latestPlain: Spec | undefined;
let latest: PrefacedSpec | undefined;

/**
 * The same command with CLIENT CACHING YES in front: two commands on the wire that nothing can part, one request with
 * one reply for the client.
 */
export function prefacedSpec(spec: Spec): Spec {
  if (latest !== undefined && spec === latestPlain) return latest;
  latestPlain = spec;
  latest = prefaced.get(spec) ?? { ...spec, heads: [], preface: PREFACE };
  prefaced.set(spec, latest);
  return latest;
}

/** A command whose reply is kept. */
export interface TrackedCommand<T = unknown> extends KeptCommand {
  reply(raw: unknown, command: AnyCommand): T;
  /** A reply came that may be kept. */
  keep(reply: Reply, source: ReplySource): void;
  /** The call has ended without a reply. */
  failed(error: Error): void;
  /** The same command, for a server that does not tell of changes: nothing is kept. */
  plain(): AnyCommand<T>;
}

/** The command, if its reply is kept. One whose caller has given up is not any more. */
export function trackedOf(command: AnyCommand): TrackedCommand | undefined {
  return (command.flags & Flag.kept) !== 0 && 'keep' in command ? (command as TrackedCommand) : undefined;
}

class PlainCommand<T> extends Command<T> {
  readonly tracked: TrackedCommand<T>;

  constructor(tracked: TrackedCommand<T>, spec: Spec) {
    const { args, bytes, flags } = tracked;
    super(spec, args, (raw) => tracked.reply(raw, tracked), flags & ~Flag.kept, 0, bytes);
    this.tracked = tracked;
  }
}

/** Tells a command whose reply was to be kept that there is none, in whatever form it was sent last. */
export function tellFailure(command: AnyCommand, error: Error): void {
  if (command instanceof PlainCommand) command.tracked.failed(error);
  else trackedOf(command)?.failed(error);
}

/** A read of one key. It extends no class: one is made for each miss, and that takes twice the time with each base. */
export class TrackedRead implements TrackedCommand {
  readonly spec: Spec;
  readonly args: readonly Arg[];
  readonly flags: number;
  readonly blockMs = 0;
  readonly bytes: boolean;
  readonly reply: AnyCommand['reply'] = replyOfRead;
  readonly taker: ReplyTaker;
  readonly fetch: Fetch;
  readonly inner: AnyCommand;

  constructor(taker: ReplyTaker, isPrefaced: boolean, fetch: Fetch, inner: AnyCommand) {
    const { spec } = inner;
    this.spec = isPrefaced ? prefacedSpec(spec) : spec;
    this.args = fetch.args ?? inner.args;
    this.flags = spec.flags | Flag.kept;
    this.bytes = inner.bytes;
    this.taker = taker;
    this.fetch = fetch;
    this.inner = inner;
  }

  keep(reply: Reply, source: ReplySource): void {
    this.taker.keep(this.fetch, reply, source);
  }

  failed(error: Error): void {
    this.taker.failed(this.fetch, error);
  }

  plain(): AnyCommand {
    return new PlainCommand(this, this.inner.spec);
  }
}

function replyOfRead(raw: unknown, command: AnyCommand): unknown {
  const { taker, fetch, inner } = command as TrackedRead;
  taker.ended(fetch, raw);
  return inner.reply(raw, inner);
}

/** An MGET of some keys, or the part of one that goes to one server. Its result is the reply as it came. */
export class TrackedMget extends Command<unknown> implements TrackedCommand {
  readonly taker: ReplyTaker;
  readonly fetches: readonly (Fetch | undefined)[];
  readonly #plain: Spec;
  readonly #isPrefaced: boolean;

  /** @param fetches those of the keys; absent: the value is not kept */
  constructor(
    taker: ReplyTaker,
    isPrefaced: boolean,
    spec: Spec,
    keys: readonly Arg[],
    fetches: readonly (Fetch | undefined)[],
    bytes: boolean,
  ) {
    super(isPrefaced ? prefacedSpec(spec) : spec, keys, replyOfMget, spec.flags | Flag.kept, 0, bytes);
    this.#plain = spec;
    this.taker = taker;
    this.fetches = fetches;
    this.#isPrefaced = isPrefaced;
  }

  keep(reply: Reply, source: ReplySource): void {
    if (!Array.isArray(reply) || reply.length !== this.fetches.length) return;
    for (const [i, fetch] of this.fetches.entries())
      if (fetch !== undefined) this.taker.keep(fetch, reply[i] as Reply, source);
  }

  failed(error: Error): void {
    for (const fetch of this.fetches) if (fetch !== undefined) this.taker.failed(fetch, error);
  }

  plain(): AnyCommand {
    return new PlainCommand(this, this.#plain);
  }

  /** The command for some of its keys, by their positions. */
  part(keys: readonly Arg[], positions: readonly number[]): AnyCommand {
    const fetches = positions.map((at) => this.fetches[at]);
    return new TrackedMget(partOf(this.taker), this.#isPrefaced, this.#plain, keys, fetches, this.bytes);
  }
}

/** Callers get their values when all parts have come. */
function partOf(taker: ReplyTaker): ReplyTaker {
  const keep: ReplyTaker['keep'] = (fetch, reply, source) => taker.keep(fetch, reply, source);
  return { keep, ended: () => undefined, failed: () => undefined };
}

function replyOfMget(raw: unknown, command: AnyCommand): unknown {
  const { taker, fetches } = command as TrackedMget;
  if (!Array.isArray(raw) || raw.length !== fetches.length)
    throw new TypeError('unexpected reply: expected one value per key');
  for (const [i, fetch] of fetches.entries()) if (fetch !== undefined) taker.ended(fetch, raw[i]);
  return raw;
}

/** Asks when the key of an entry expires, right behind the read of it. */
export class ExpiryQuestion extends Command<unknown> implements TrackedCommand {
  readonly #keep: (milliseconds: number, source: ReplySource) => void;

  constructor(spec: Spec, key: Arg, keep: (milliseconds: number, source: ReplySource) => void) {
    super(spec, [key], (raw) => raw, spec.flags | Flag.kept);
    this.#keep = keep;
  }

  keep(reply: Reply, source: ReplySource): void {
    if (typeof reply === 'number') this.#keep(reply, source);
  }

  failed(): void {
    // Who asks is told by the promise.
  }

  plain(): AnyCommand {
    return new PlainCommand(this, this.spec);
  }
}
