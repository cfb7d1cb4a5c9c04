import {
  type Adds,
  type AnyCommand,
  type BatchingMembers,
  type BatchKind,
  type BatchMember,
  BatchMembers,
  batchingMembers,
  type CallOptions,
  Command,
  ConflictError,
  checkCommand,
  type Executor,
  Flag,
  failMembers,
  isKvError,
  ProtocolError,
  type Settled,
  setHidden,
  settleMembers,
  spec,
  unitOptions,
  unwrap,
} from '@kv/core';
import { ErrorReply } from '@kv/resp-parser';
import { asIs, text } from '../commands/support/replies.ts';
import { RedisCommands } from '../generated/redis-commands.ts';
import { hasPrefix, ReplyError, replyError, TransactionAbortedError } from '../protocol/errors.ts';
import { prefixed } from '../protocol/key-prefix.ts';
import { withSource } from './scripts.ts';

const MULTI = spec('MULTI', Flag.unit);
const EXEC = spec('EXEC', Flag.unit);
const BEGIN: AnyCommand = /* @__PURE__ */ new Command(MULTI, [], asIs);

const Base: typeof RedisCommands & Adds<BatchingMembers> = /* @__PURE__ */ batchingMembers(RedisCommands);

/**
 * Commands that run between MULTI and EXEC: all of them, in order, with nothing of anybody else between. They travel
 * as one unit, so this is safe on a shared client. WATCH is not here: see `session()` and `transaction()`.
 *
 * @example
 * const m = redis.multi()
 * m.incr('hits')
 * m.expire('hits', 60)
 * const [hits] = await m.execute()
 */
export class Multi<V = string> extends Base<V> {
  declare protected readonly members: BatchMembers<V, CallOptions>;

  constructor(executor: Executor, call: CallOptions) {
    super();
    setHidden(this, 'members', new BatchMembers('multi', executor, call));
  }

  /** Adds a command value. */
  send<T>(command: Command<T, V>): Promise<T> {
    try {
      checkCommand(command, 'command');
      return this.run(command);
    } catch (error) {
      return this.refuse(error);
    }
  }

  protected run<T>(command: Command<T, V>): Promise<T> {
    return this.members.add(prefixed(command, this.members.options.keyPrefix));
  }

  /**
   * Runs what was collected and resolves with all results, in order.
   *
   * @throws BatchError when a member failed while it ran (the others did run): `results` has value or error of each
   * @throws TransactionAbortedError when the server refused a member before: nothing ran
   * @throws ConflictError when a key watched on this connection was changed: nothing ran
   * @throws ReplyError when MULTI itself was refused; its `outcome` is `unknown` when members ran by themselves
   * @throws ArgumentError when a member was called with wrong arguments: nothing is sent then
   * @throws TimeoutError when the deadline of the first member passed before this call: nothing is sent, and all members
   * have failed; likewise AbortedError and ClosedError
   */
  async execute(): Promise<unknown[]> {
    const { executor, options } = this.members;
    const members = this.members.take();
    if (members.length === 0) return [];
    const kind = new TransactionKind(members, options);
    const settled = await executor.sendAll(unitOf(members, options), unitOptions(options, kind));
    const results = kind.resultsOf(settled);
    if (results instanceof Error) return failMembers(members, results);
    settleMembers(members, results);
    return unwrap(results);
  }
}

/** What became of a transaction, also for diagnostics. */
class TransactionKind<V> implements BatchKind {
  readonly mode = 'multi';
  readonly #members: readonly BatchMember<V>[];
  readonly #call: CallOptions;
  #results: Settled[] | Error | undefined;

  constructor(members: readonly BatchMember<V>[], call: CallOptions) {
    this.#members = members;
    this.#call = call;
  }

  get size(): number {
    return this.#members.length;
  }

  /** The results of the members, or why nothing of them ran. */
  resultsOf(settled: readonly Settled[]): Settled[] | Error {
    this.#results ??= membersResults(this.#members, settled, this.#call);
    return this.#results;
  }

  errorOf(settled: readonly Settled[]): Error | undefined {
    const results = this.resultsOf(settled);
    if (results instanceof Error) return results;
    const failed = results.find(({ ok }) => !ok);
    return failed?.ok === false ? failed.error : undefined;
  }
}

/** MULTI, the members, whose replies are only QUEUED, and EXEC, whose reply has all the results. */
function unitOf<V>(members: readonly BatchMember<V>[], call: CallOptions): AnyCommand[] {
  const commands: AnyCommand[] = [BEGIN];
  let flat = 0;
  for (const { command } of members) {
    flat |= command.flags & Flag.flat;
    commands.push(queued(command));
  }
  commands.push(new Command(EXEC, [], asIs, EXEC.flags | flat, 0, wantsBytes(members, call)));
  return commands;
}

/** As it is queued. A script goes with its source: inside a transaction there is no second chance to send it. */
function queued(command: AnyCommand): AnyCommand {
  const { spec, args, flags } = withSource(command) ?? command;
  return new Command(spec, args, text, flags);
}

function wantsBytes<V>(members: readonly BatchMember<V>[], call: CallOptions): boolean {
  return call.bytes === true || members.some(({ command }) => command.bytes);
}

function membersResults<V>(
  members: readonly BatchMember<V>[],
  settled: readonly Settled[],
  call: CallOptions,
): Settled[] | Error {
  const begun = settled[0] as Settled;
  const exec = settled[settled.length - 1] as Settled;
  if (!exec.ok && hasPrefix(exec.error, 'EXECABORT')) return abortedError(exec.error, settled);
  if (!begun.ok && begun.error instanceof ReplyError) return notBegunError(begun.error, settled);
  if (!exec.ok) return exec.error;
  if (exec.value === null)
    return new ConflictError('A watched key was changed: nothing of the transaction ran', { command: 'EXEC' });
  const replies = exec.value;
  if (!Array.isArray(replies) || replies.length !== members.length) return malformed('EXEC');
  const mixed = call.bytes !== true && wantsBytes(members, call);
  return members.map(({ command }, i) =>
    memberResult(command, mixed && !command.bytes ? asText(replies[i]) : replies[i]),
  );
}

function abortedError(error: ReplyError, settled: readonly Settled[]): TransactionAbortedError {
  const refused = settled.slice(1, -1).flatMap((one, index) => (one.ok ? [] : [{ index, error: one.error }]));
  return new TransactionAbortedError(error.message, refused);
}

/** MULTI was refused (ACL, `rename-command`): each member came to the server as a command of its own. */
function notBegunError(error: ReplyError, settled: readonly Settled[]): ReplyError {
  if (settled.slice(1, -1).some(({ ok }) => ok)) error.outcome = 'unknown';
  return error;
}

function memberResult(command: AnyCommand, raw: unknown): Settled {
  try {
    if (raw instanceof ErrorReply) throw replyError(raw, command);
    return { ok: true, value: command.reply(raw, command) };
  } catch (cause) {
    const error = isKvError(cause) ? cause : malformed(command.spec.name, cause);
    error.command = command.spec.name;
    return { ok: false, error };
  }
}

/** A well-formed reply, but none that this command has. */
function malformed(name: string, cause?: unknown): ProtocolError {
  return new ProtocolError(`${name}: the reply has an unexpected form`, { command: name, outcome: 'unknown', cause });
}

/**
 * Where only some members want bytes, the texts of the others. Flat, as they came, where bytes that are no UTF-8 are equal as
 * text: none must hide another.
 */
function asText(raw: unknown): unknown {
  if (raw instanceof Uint8Array) return text(raw);
  if (Array.isArray(raw)) return raw.map(asText);
  if (raw instanceof Set) return setOfTexts([...raw].map(asText));
  if (raw instanceof Map) return mapOfTexts([...raw].map((pair) => pair.map(asText)));
  return raw;
}

function setOfTexts(items: readonly unknown[]): unknown {
  const set = new Set(items);
  return set.size === items.length ? set : items;
}

function mapOfTexts(pairs: readonly unknown[][]): unknown {
  const map = new Map(pairs as [unknown, unknown][]);
  return map.size === pairs.length ? map : pairs.flat();
}
