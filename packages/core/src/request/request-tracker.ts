import type { Signal } from '../abort-signal.ts';
import type { AnyCommand, Arg } from '../command/command.ts';
import { Flag } from '../command/command.ts';
import type { BatchKind } from '../command/executor.ts';
import { commandChannel } from '../diagnostics.ts';
import type { KvError } from '../errors.ts';
import { BatchOperationTrace } from '../tracing/batch-trace.ts';
import { type BatchOf, type Identity, OneRequestTrace } from '../tracing/command-trace.ts';
import { batchTracing, commandTracing } from '../tracing/tracing-channels.ts';
import type { CallerStacks } from './caller-stacks.ts';
import { Clock } from './clock.ts';
import { type DeadlineOwner, Deadlines } from './deadlines.ts';
import type { Batch, Request, Tracker } from './request.ts';
import { aborted, notTaken, timedOut } from './request-errors.ts';
import type { AbortGroup } from './request-extras.ts';
import { limiterOf, NO_LIMITS, type RequestLimiter, type RequestLimits } from './request-limits.ts';
import { NO_STATS, StatsRecorder } from './stats.ts';

/** Follows the commands of one client, on whatever connection they run. It must not throw. */
export interface CommandObserver {
  /** A call was taken; nothing of it is written yet. */
  called(command: AnyCommand): void;
  /** A call has ended, with a reply or an error, or was not taken. */
  ended(command: AnyCommand, error: Error | undefined): void;
}

/** Ends requests whose time is over. */
const OF_THEIR_TRACKERS: DeadlineOwner<Request> = { expired: (request) => request.tracker.expired(request) };

/** Tracks the requests of one client: which are under way, since when, until when, and how many bytes wait. */
export class RequestTracker implements Tracker {
  readonly clock: Clock;
  /** May be those of another tracker, too. */
  readonly deadlines: Deadlines<Request>;
  readonly stats: StatsRecorder;
  readonly identity: Identity;
  /** Requests that have not ended. */
  pending = 0;
  /** Bytes of requests that are not written: argument lengths + 64 per command. */
  queuedBytes = 0;
  readonly maxQueueBytes: number;
  /** Is told of commands as they are called and as they end, before their callers know. */
  observer: CommandObserver | undefined = undefined;
  /** Notes where calls are made, where that is wanted. */
  readonly #callers: CallerStacks | undefined;
  /** Whether it reports nothing: the library's own commands are left out of statistics. */
  readonly #quiet: boolean;
  readonly #limiter: RequestLimiter;
  /** Made with the first signal: most clients never see one. */
  #aborts: WeakMap<Signal, AbortGroup<Request>> | undefined;
  #producers: (() => void)[] | undefined;
  #waiters: (() => void)[] | undefined;

  constructor(
    identity: Identity,
    maxQueueBytes: number,
    quiet = false,
    limits?: RequestLimits,
    callers?: CallerStacks,
    deadlines: Deadlines<Request> = new Deadlines(new Clock(), OF_THEIR_TRACKERS),
  ) {
    this.#callers = callers;
    this.clock = deadlines.clock;
    this.deadlines = deadlines;
    this.#limiter = limits === undefined ? NO_LIMITS : limiterOf(limits);
    this.identity = identity;
    this.#quiet = quiet;
    this.stats = quiet ? NO_STATS : new StatsRecorder();
    this.maxQueueBytes = maxQueueBytes;
  }

  /** Enters a request. One that cannot be taken fails; the reason is returned. */
  open(request: Request, timeout: number, signal: Signal | undefined): KvError | undefined {
    if (commandTracing.hasSubscribers) this.#trace(request);
    const size = sizeOf(request.command);
    if (signal !== undefined || !(this.#limiter.isHarmless(size) && this.queuedBytes + size <= this.maxQueueBytes)) {
      const refused = this.#checked(request, size, signal); // also where the size is not a number
      if (refused !== undefined) return refused;
    }
    request.size = size;
    this.queuedBytes += size;
    if (this.pending++ === 0) this.deadlines.hold();
    request.startedAt = this.clock.now();
    if (timeout > 0) this.deadlines.add(request, timeout);
    this.observer?.called(request.command);
    if (this.#callers !== undefined) this.#callers.called(request);
    return undefined;
  }

  /** Refuses what cannot be taken, and follows the signal of what can. */
  #checked(request: Request, size: number, signal: Signal | undefined): KvError | undefined {
    const { command } = request;
    const tooLong = this.#limiter.refusal(command, size);
    if (tooLong !== undefined) return this.#refuse(request, tooLong);
    if (!(this.queuedBytes + size <= this.maxQueueBytes))
      return this.#refuse(request, notTaken(command, size, this.maxQueueBytes));
    if (signal === undefined) return undefined;
    if (signal.aborted) return this.#refuse(request, aborted(request, signal));
    this.#watch(request, signal);
    return undefined;
  }

  /** Begins the trace of a batch. Undefined: nothing listens. */
  traceBatch(members: readonly Request[], kind: BatchKind | undefined): BatchOperationTrace | undefined {
    if (this.#quiet || !batchTracing.hasSubscribers) return undefined;
    const names = members.filter(({ command }) => (command.flags & Flag.unit) === 0).map(nameOf);
    return new BatchOperationTrace(this.identity, kind ?? { mode: 'pipeline', size: names.length }, names);
  }

  /** The request was handed to a transport. */
  written(request: Request): void {
    request.attempts++;
    request.writtenAt = this.clock.now();
    this.#release(request);
  }

  /** A written request goes back to wait for another connection. */
  requeued(request: Request): void {
    request.unwritten();
    request.size = sizeOf(request.command);
    this.queuedBytes += request.size;
  }

  /** The request has ended. */
  closed(request: Request, error: Error | undefined): void {
    if (request.list !== null) this.deadlines.remove(request);
    if (request.abortGroup !== null) this.#unwatch(request);
    if (!request.written) this.#release(request);
    if (--this.pending === 0) this.#becameIdle();
    this.observer?.ended(request.command, error);
    if (error !== undefined && this.#callers !== undefined) this.#callers.failed(request, error);
    if (!this.#quiet) this.#tell(request, this.clock.now() - request.startedAt, error);
  }

  /** Ends a request early: at once for its caller; on the wire its place is kept. */
  cancel(request: Request, error: KvError): void {
    if (request.settled) return;
    if (request.unit === null) return cancelOne(request, error);
    const members = request.unit.members.filter((member) => !member.settled);
    const unanswered = request.unit.unanswered.filter((member) => !member.settled);
    for (const member of members) abandon(member, error);
    for (const member of unanswered) discardReply(member);
  }

  /** Whether producers may go on: less than half of `maxQueueBytes` waits. */
  get writable(): boolean {
    return this.queuedBytes * 2 < this.maxQueueBytes;
  }

  /** Resolves when {@link writable} is true (again). */
  drained(): Promise<void> {
    if (this.writable) return Promise.resolve();
    return new Promise((resolve) => {
      this.#producers ??= [];
      this.#producers.push(resolve);
    });
  }

  /** Keeps the process alive while something other than a request is awaited (a subscription). */
  hold(): void {
    this.deadlines.hold();
  }

  unhold(): void {
    this.deadlines.unhold();
  }

  stop(): void {
    this.deadlines.stop();
    this.#wakeProducers();
  }

  /** Resolves when no request is under way. */
  idle(): Promise<void> {
    if (this.pending === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters ??= [];
      this.#waiters.push(resolve);
    });
  }

  #becameIdle(): void {
    this.deadlines.unhold();
    if (this.#waiters !== undefined) this.#wakeWaiters();
  }

  #release(request: Request): void {
    this.queuedBytes -= request.size;
    request.size = 0;
    if (this.#producers !== undefined && this.writable) this.#wakeProducers();
  }

  #wakeProducers(): void {
    const producers = this.#producers;
    this.#producers = undefined;
    for (const wake of producers ?? []) wake();
  }

  #wakeWaiters(): void {
    const waiters = this.#waiters;
    this.#waiters = undefined;
    for (const wake of waiters ?? []) wake();
  }

  /** Its deadline has passed. */
  expired(request: Request): void {
    const error = timedOut(request, this.clock.now(), this.deadlines.lag);
    if (request.cancel !== null) request.cancel(error);
    else this.cancel(request, error);
  }

  #watch(request: Request, signal: Signal): void {
    this.#aborts ??= new WeakMap();
    let group = this.#aborts.get(signal);
    if (group === undefined) {
      group = { signal, requests: new Set(), listener: () => this.#aborted(signal) };
      this.#aborts.set(signal, group);
    }
    if (group.requests.size === 0) signal.addEventListener('abort', group.listener, { once: true });
    group.requests.add(request);
    request.abortGroup = group;
  }

  #unwatch(request: Request): void {
    const group = request.abortGroup;
    request.abortGroup = null;
    if (group === null) return;
    group.requests.delete(request);
    if (group.requests.size === 0) group.signal.removeEventListener('abort', group.listener);
  }

  #aborted(signal: Signal): void {
    for (const request of [...(this.#aborts?.get(signal)?.requests ?? [])]) {
      if (request.settled) continue;
      const error = aborted(request, signal);
      if (request.cancel !== null) request.cancel(error);
      else this.cancel(request, error);
    }
  }

  #refuse(request: Request, error: KvError): KvError {
    this.observer?.ended(request.command, error);
    request.fail(error);
    if (!this.#quiet) this.#tell(request, 0, error);
    return error;
  }

  /** Checking out a connection is no command, and a part of a traced call is none of its own. */
  #trace(request: Request): void {
    if (this.#quiet || request.exclusive !== null || request.trace !== null) return;
    request.trace = new OneRequestTrace(this.identity, nameOf(request), batchOf(request.batch));
  }

  /** For statistics and diagnostics. Checking out a connection is no command. */
  #tell(request: Request, durationMs: number, error: Error | undefined): void {
    if (request.exclusive !== null && error === undefined) return;
    this.stats.record(request.command.spec, durationMs, error !== undefined);
    if (request.trace !== null) closeTrace(request, error);
    if (commandChannel.hasSubscribers) this.#publish(request, durationMs, error);
  }

  #publish({ command, connection, attempts }: Request, durationMs: number, error: Error | undefined): void {
    const { client, backend } = this.identity;
    const address = connection?.setup.addressText ?? this.identity.address;
    commandChannel.publish({
      client,
      command: command.spec.name,
      backend,
      address,
      attempt: attempts,
      durationMs,
      error,
    });
  }
}

function nameOf({ command }: Request): string {
  return command.spec.name;
}

function batchOf(batch: Batch | null): BatchOf | undefined {
  if (batch === null) return undefined;
  return batch.kind ?? { mode: 'pipeline', size: batch.results.length };
}

/** An abandoned request must not keep the context of its caller. */
function closeTrace(request: Request, error: Error | undefined): void {
  const { trace } = request;
  request.trace = null;
  trace?.closed(request, error);
}

function sizeOf({ args }: AnyCommand): number {
  let size = 64;
  for (let i = 0; i < args.length; i++) size += (args[i] as Arg).length;
  return size;
}

function cancelOne(request: Request, error: KvError): void {
  abandon(request, error);
  discardReply(request);
}

function abandon(request: Request, error: KvError): void {
  request.fail(error);
  request.command = emptied(request.command);
}

/** A written command is answered some time later: its connection discards the reply. */
function discardReply({ connection, written }: Request): void {
  if (written) connection?.abandoned();
}

/**
 * What an abandoned request keeps of its command: enough to recognize its reply, nothing of its payload. A late reply to a
 * command that changes the connection still tells what the connection's state is (SELECT), and one that subscribes is answered by the
 * names it has: such commands stay as they are.
 */
function emptied(command: AnyCommand): AnyCommand {
  const { spec, flags, blockMs, args } = command;
  if ((flags & (Flag.stateful | Flag.subscription)) !== 0) return command;
  return { spec, flags, blockMs, bytes: false, args: args.map(() => ''), reply: () => undefined };
}
