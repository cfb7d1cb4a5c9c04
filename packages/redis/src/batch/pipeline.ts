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
} from '@kv/core';
import { RedisCommands } from '../generated/redis-commands.ts';
import { prefixed } from '../protocol/key-prefix.ts';
import { withSources } from './scripts.ts';

const Base: typeof RedisCommands & Adds<BatchingMembers> = /* @__PURE__ */ batchingMembers(RedisCommands);

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
export class Pipeline<V = string> extends Base<V> {
  declare protected readonly members: BatchMembers<V, CallOptions>;

  constructor(executor: Executor, call: CallOptions) {
    super();
    setHidden(this, 'members', new BatchMembers('pipeline', executor, call));
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
   * Sends what was collected and resolves with all results, in order. The pipeline is empty afterwards and can be used
   * again.
   *
   * @throws BatchError when a member failed: `results` has the value or the error of each
   * @throws ArgumentError when a member was called with wrong arguments: nothing is sent then
   * @throws TimeoutError when the deadline of the first member passed before this call: nothing is sent, and all members
   * have failed; likewise AbortedError and ClosedError
   */
  async execute(): Promise<unknown[]> {
    const { executor, options } = this.members;
    return this.members.execute(options, (commands) => withSources(commands, executor));
  }
}
