import { type CallOptions, type Command, checkCommand, type Executor, type Settled, unwrap } from '@kv/core';
import { SsdbCommands } from '../generated/ssdb-commands.ts';
import { prefixed } from '../protocol/key-prefix.ts';

/** A command that waits to be sent, and the promise that was given for it. */
interface Member<V> {
  readonly command: Command<unknown, V>;
  readonly settle: (result: Settled) => void;
}

/**
 * Commands that are sent together, in order and on one connection, when `execute()` is called. Other commands may run
 * between them: SSDB has no transactions.
 *
 * @example
 * const p = ssdb.pipeline()
 * p.set('a', 1)
 * p.incr('a')
 * const [, a] = await p.execute() // [true, 2]
 */
export class Pipeline<V = string> extends SsdbCommands<V> {
  readonly #executor: Executor;
  readonly #call: CallOptions;
  #members: Member<V>[] = [];
  #refused: Error | undefined;

  /** Made by `pipeline()`. */
  constructor(executor: Executor, call: CallOptions) {
    super();
    this.#executor = executor;
    this.#call = call;
  }

  /** How many commands wait. */
  get length(): number {
    return this.#members.length;
  }

  /** Adds a command value. The promise works as all promises do, and never counts as unhandled: `execute()` says it too. */
  send<T>(command: Command<T, V>): Promise<T> {
    try {
      checkCommand(command, 'command');
      return this.run(command);
    } catch (error) {
      return this.refuse(error);
    }
  }

  protected run<T>(command: Command<T, V>): Promise<T> {
    const ready = prefixed(command, this.#call.keyPrefix) as unknown as Command<unknown, V>;
    const promise = new Promise<T>((resolve, reject) => {
      const settle = (result: Settled): void => (result.ok ? resolve(result.value as T) : reject(result.error));
      this.#members.push({ command: ready, settle });
    });
    promise.catch(ignore);
    return promise;
  }

  protected override refuse(error: unknown): Promise<never> {
    this.#refused ??= error as Error;
    const promise = Promise.reject(error);
    promise.catch(ignore);
    return promise;
  }

  /**
   * Sends what was collected and resolves with all results, in order. The pipeline is empty afterwards and can be used
   * again.
   *
   * @throws BatchError when a member failed: `results` has the value or the error of each
   * @throws ArgumentError when a member was called with wrong arguments: nothing is sent then
   */
  async execute(): Promise<unknown[]> {
    const members = this.#members;
    const refused = this.#refused;
    this.#members = [];
    this.#refused = undefined;
    if (refused !== undefined) {
      for (const { settle } of members) settle({ ok: false, error: refused });
      throw refused;
    }
    const commands = members.map(({ command }) => command);
    const settled = await this.#executor.sendAll(commands, { ...this.#call, unit: true });
    for (const [i, { settle }] of members.entries()) settle(settled[i] as Settled);
    return unwrap(settled);
  }
}

function ignore(): void {}
