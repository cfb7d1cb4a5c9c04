import {
  type Adds,
  type CallMembers,
  type CallOptions,
  type Command,
  callMembers,
  checkCommand,
  checkCommands,
  type Executor,
  type Of,
  type Results,
  type ServerOf,
  setHidden,
  unitOptions,
  unwrap,
} from '@kv/core';
import type { Reply } from '@kv/ssdb-parser';
import { Pipeline } from '../batch/pipeline.ts';
import { SsdbCommands } from '../generated/ssdb-commands.ts';
import { commandByName } from '../protocol/command-table.ts';
import { prefixed } from '../protocol/key-prefix.ts';

const Base: typeof SsdbCommands & Adds<CallMembers> = /* @__PURE__ */ callMembers(SsdbCommands);

/** What client, pool, lease and connection have in common: typed commands and the ways to send several. */
export abstract class TypedExecutor<V> extends Base<V> {
  declare protected readonly executor: Executor;
  protected readonly call: CallOptions;

  constructor(executor: Executor, call: CallOptions) {
    super();
    setHidden(this, 'executor', executor);
    this.call = call;
  }

  /** How many servers the keys lie on; a lease or a connection belongs to one. */
  get serverCount(): number {
    return this.executor.servers?.length ?? 1;
  }

  protected run<T>(command: Command<T, V>): Promise<T> {
    return this.runOn(this.executor, command);
  }

  protected runOn<T>(executor: Executor, command: Command<T, V>): Promise<T> {
    return executor.send(prefixed(command, this.call.keyPrefix), this.call);
  }

  /** The servers that keys lie on; empty where there is only this one. */
  protected get servers(): readonly ServerOf<Executor>[] {
    return this.executor.servers ?? [];
  }

  /** Sends one command value. @example await ssdb.send(get('a')) */
  async send<T>(command: Command<T, V>): Promise<T> {
    checkCommand(command, 'command');
    return this.run(command);
  }

  /**
   * Sends command values together, in order and on one connection (with several servers: on one of each), and gives their results as a tuple.
   *
   * @throws BatchError when any of them failed; its `results` has value or error per position
   * @example const [, a] = await ssdb.sendAll([set('a', '1'), get('a')])
   */
  async sendAll<const Cs extends readonly Of<V>[]>(commands: Cs): Promise<Results<Cs>> {
    checkCommands(commands, 'commands');
    const { keyPrefix } = this.call;
    const list = (commands as unknown as readonly Command<unknown, V>[]).map((one) => prefixed(one, keyPrefix));
    return unwrap(await this.executor.sendAll(list, unitOptions(this.call))) as Results<Cs>;
  }

  /**
   * Sends a command by its name and gives the reply as it is on the wire: status and blocks.
   *
   * @throws ArgumentError for what cannot be sent on this connection; the message says what to use instead
   * @throws ReplyError when the server refuses it
   * @example await ssdb.execute('multi_get', 'a', 'b') // { status: 'ok', body: ['a', '1', 'b', '2'] }
   */
  async execute(name: string, ...args: readonly unknown[]): Promise<Reply> {
    return this.run(commandByName(name, args) as unknown as Command<Reply, V>);
  }

  /** Collects commands; `execute()` sends them in one go. */
  pipeline(): Pipeline<V> {
    return new Pipeline<V>(this.executor, this.call);
  }
}
