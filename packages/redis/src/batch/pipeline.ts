import { type CallOptions, type Command, checkCommand, type Executor, type Settled, unwrap } from '@kv/core';
import { RedisCommands } from '../generated/redis-commands.ts';
import { prefixed } from '../protocol/key-prefix.ts';
import { withSources } from './scripts.ts';

/** A command that waits to be sent, and the promise that was given for it. */
export interface Member<V> {
  readonly command: Command<unknown, V>;
  readonly settle: (result: Settled) => void;
}

/** Collects commands of a batch and gives a promise for each. */
export class Members<V> {
  #members: Member<V>[] = [];

  get length(): number {
    return this.#members.length;
  }

  /** The promise works as all promises do; that the batch failed is said by `execute()`, so it never counts as unhandled. */
  add<T>(command: Command<T, V>): Promise<T> {
    const promise = new Promise<T>((resolve, reject) => {
      const settle = (result: Settled): void => (result.ok ? resolve(result.value as T) : reject(result.error));
      this.#members.push({ command: command as unknown as Command<unknown, V>, settle });
    });
    promise.catch(ignore);
    return promise;
  }

  /** A member that was wrong from the start. */
  addRefused(error: Error): Promise<never> {
    const promise = Promise.reject(error);
    promise.catch(ignore);
    return promise;
  }

  take(): Member<V>[] {
    const members = this.#members;
    this.#members = [];
    return members;
  }
}

function ignore(): void {}

/**
 * Commands that are sent together when `execute()` is called. Other commands of the same client may run between
 * them; {@link Multi} is for those that must not.
 *
 * @example
 * const p = redis.pipeline()
 * p.set('a', 1)
 * p.incr('a')
 * const [, a] = await p.execute() // ['OK', 2]
 */
export class Pipeline<V = string> extends RedisCommands<V> {
  readonly #executor: Executor;
  readonly #call: CallOptions;
  readonly #members = new Members<V>();
  #refused: unknown;

  constructor(executor: Executor, call: CallOptions) {
    super();
    this.#executor = executor;
    this.#call = call;
  }

  /** How many commands wait. */
  get length(): number {
    return this.#members.length;
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
    return this.#members.add(prefixed(command, this.#call.keyPrefix));
  }

  protected override refuse(error: unknown): Promise<never> {
    this.#refused ??= error;
    return this.#members.addRefused(error as Error);
  }

  /**
   * Sends what was collected and resolves with all results, in order. The pipeline is empty afterwards and can be used
   * again.
   *
   * @throws BatchError when a member failed: `results` has the value or the error of each
   * @throws ArgumentError when a member was called with wrong arguments: nothing is sent then
   */
  async execute(): Promise<unknown[]> {
    const members = this.#members.take();
    const refused = this.#refused;
    this.#refused = undefined;
    if (refused !== undefined) {
      for (const { settle } of members) settle({ ok: false, error: refused as Error });
      throw refused;
    }
    const settled = await this.#executor.sendAll(withSources(members.map(({ command }) => command)), this.#call);
    for (const [i, { settle }] of members.entries()) settle(settled[i] as Settled);
    return unwrap(settled);
  }
}
