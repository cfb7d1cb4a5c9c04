import {
  type Adds,
  type BatchingMembers,
  BatchMembers,
  batchingMembers,
  type CallOptions,
  type Command,
  checkCommand,
  type Executor,
  setHidden,
  unitOptions,
} from '@kv/core';
import { SsdbCommands } from '../generated/ssdb-commands.ts';
import { prefixed } from '../protocol/key-prefix.ts';

const Base: typeof SsdbCommands & Adds<BatchingMembers> = /* @__PURE__ */ batchingMembers(SsdbCommands);

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
export class Pipeline<V = string> extends Base<V> {
  declare protected readonly members: BatchMembers<V, CallOptions>;

  /** Made by `pipeline()`. */
  constructor(executor: Executor, call: CallOptions) {
    super();
    setHidden(this, 'members', new BatchMembers('pipeline', executor, call));
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
    return this.members.add(prefixed(command, this.members.options.keyPrefix));
  }

  /**
   * Sends what was collected and resolves with all results, in order. The pipeline is empty afterwards and can be used
   * again.
   *
   * @throws BatchError when a member failed: `results` has the value or the error of each
   * @throws ArgumentError when a member was called with wrong arguments: nothing is sent then
   * @throws TimeoutError when the deadline of the first member passed before this call: nothing is sent, and all members
   * have failed; likewise AbortedError and ClosedError
   */
  async execute(): Promise<unknown[]> {
    return this.members.execute(unitOptions(this.members.options));
  }
}
