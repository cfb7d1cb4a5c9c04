import { capture, captured, type Reject, type Resolve } from '../request/captured-promise.ts';
import { unwrap } from './batch-results.ts';
import type { Command } from './command.ts';
import type { BatchOptions, Executor, SendOptions, Settled } from './executor.ts';

/** A command that waits to be sent, and the promise that was given for it. */
export class BatchMember<V> {
  readonly command: Command<unknown, V>;
  readonly promise: Promise<unknown>;
  readonly #resolve: Resolve | null;
  readonly #reject: Reject | null;

  constructor(command: Command<unknown, V>) {
    this.command = command;
    this.promise = new Promise(capture);
    this.#resolve = captured.resolve;
    this.#reject = captured.reject;
  }

  /** Settles the promise. A failure never counts as unhandled. */
  settle(result: Settled): void {
    if (result.ok) {
      this.#resolve?.(result.value);
      return;
    }
    this.promise.catch(ignore); // only now: for each member that succeeds it would be one more promise
    this.#reject?.(result.error);
  }
}

type ChangeCommands<V> = (commands: readonly Command<unknown, V>[]) => readonly Command<unknown, V>[];

function unchanged<C>(commands: C): C {
  return commands;
}

/**
 * Collects the commands of a batch and gives a promise for each. These promises never count as unhandled: `execute()`
 * tells that the batch failed. A batch that is not executed within the deadline of its first command, or before its
 * executor is closed, fails with all its members, and so does its next execution.
 */
export class BatchMembers<V, O extends SendOptions = SendOptions> {
  readonly #name: string;
  /** Sends what was collected. */
  readonly executor: Executor;
  /** How it is sent. */
  readonly options: O;
  #members: BatchMember<V>[] = [];
  /** Why nothing of what was collected is sent. */
  #refused: Error | undefined;
  /** That error, when it came from outside: what is added after it fails as well. */
  #ended: Error | undefined;
  #executed: (() => void) | undefined;

  /** @param name for errors, for example `pipeline` */
  constructor(name: string, executor: Executor, options: O) {
    this.#name = name;
    this.executor = executor;
    this.options = options;
  }

  /** How many commands wait. */
  get length(): number {
    return this.#members.length;
  }

  /** Adds a command. */
  add<T>(command: Command<T, V>): Promise<T> {
    if (this.#ended !== undefined) return rejected(this.#ended);
    const member = new BatchMember(command as unknown as Command<unknown, V>);
    this.#members.push(member);
    if (this.#members.length === 1) this.#begin();
    return member.promise as Promise<T>;
  }

  /** Adds a member that was wrong from the start: nothing of this batch is sent. */
  refuse(error: Error): Promise<never> {
    this.#refused ??= error;
    return rejected(error);
  }

  /**
   * Takes what was collected; the batch is empty afterwards and can be used again.
   *
   * @throws the error of a refused member, or why the batch has ended: nothing is to be sent then
   */
  take(): BatchMember<V>[] {
    const members = this.#members;
    const error = this.#ended ?? this.#refused;
    this.#executed?.();
    this.#members = [];
    this.#refused = undefined;
    this.#ended = undefined;
    this.#executed = undefined;
    if (error !== undefined) failMembers(members, error);
    return members;
  }

  /**
   * Sends what was collected, settles the promise of each member, and resolves with all results, in order.
   *
   * @param change what to send in place of the commands: as many, in the same order
   * @throws BatchError when a member failed, and what {@link take} throws
   */
  async execute(options: BatchOptions, change: ChangeCommands<V> = unchanged): Promise<unknown[]> {
    const members = this.take();
    const settled = await this.executor.sendAll(change(members.map(({ command }) => command)), options);
    settleMembers(members, settled);
    return unwrap(settled);
  }

  #begin(): void {
    this.#executed = this.executor.collect?.(this.#name, (error) => this.#end(error), this.options);
  }

  #end(error: Error): void {
    this.#ended = error;
    for (const member of this.#members.splice(0)) member.settle({ ok: false, error });
  }
}

/** Settles the promises of all members, each with its result. */
export function settleMembers<V>(members: readonly BatchMember<V>[], results: readonly Settled[]): void {
  for (let i = 0; i < members.length; i++) members[i]?.settle(results[i] as Settled);
}

/** Fails all members. @throws the same error */
export function failMembers<V>(members: readonly BatchMember<V>[], error: Error): never {
  for (const member of members) member.settle({ ok: false, error });
  throw error;
}

function rejected(error: Error): Promise<never> {
  const promise = Promise.reject(error);
  promise.catch(ignore);
  return promise;
}

function ignore(): void {}
