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
  setHidden,
  unwrap,
} from '@kv/core';
import type { Value } from '@kv/gibson-parser';
import { GibsonCommands } from '../generated/gibson-commands.ts';
import { prefixed } from '../protocol/key-prefix.ts';
import { checkLimits, type ServerLimits } from '../protocol/limits.ts';
import { rawCommand } from '../protocol/raw.ts';

const Base: typeof GibsonCommands & Adds<CallMembers> = /* @__PURE__ */ callMembers(GibsonCommands);

/** What client, pool, lease and connection have in common: typed commands and the ways to send several. */
export abstract class TypedExecutor<V> extends Base<V> {
  declare protected readonly executor: Executor;
  protected readonly limits: ServerLimits;
  protected readonly call: CallOptions;

  constructor(executor: Executor, call: CallOptions, limits: ServerLimits) {
    super();
    setHidden(this, 'executor', executor);
    this.limits = limits;
    this.call = call;
  }

  /** How many servers the keys lie on; a lease or a connection belongs to one. */
  get serverCount(): number {
    return this.executor.servers?.length ?? 1;
  }

  /** The limits of the server that this was made with. */
  get serverLimits(): ServerLimits {
    return this.limits;
  }

  protected run<T>(command: Command<T, V>): Promise<T> {
    return this.executor.send(this.ready(command), this.call);
  }

  /**
   * Sends one command value. Rejects with ArgumentError, and sends nothing, when the command does not fit the limits of
   * the server.
   *
   * @example await gibson.send(get('session:7'))
   */
  async send<T>(command: Command<T, V>): Promise<T> {
    checkCommand(command, 'command');
    return this.run(command);
  }

  /**
   * Sends command values and gives their results as a tuple. With more than one connection they run at the same time
   * and in no certain order.
   *
   * @throws BatchError when any of them failed; its `results` has value or error per position
   * @throws ArgumentError when one of them does not fit the limits of the server; nothing was sent then
   * @example const [, name] = await gibson.sendAll([set('a', '1'), get('name')])
   */
  async sendAll<const Cs extends readonly Of<V>[]>(commands: Cs): Promise<Results<Cs>> {
    checkCommands(commands, 'commands');
    const list = (commands as unknown as readonly Command<unknown, V>[]).map((command) => this.ready(command));
    return unwrap(await this.executor.sendAll(list, this.call)) as Results<Cs>;
  }

  /**
   * Sends a command by its name, arguments in the order of the wire (`SET ttl key value`), under the same checks as the
   * typed methods. Gives the value of the reply: text or bytes, a number, rows as pairs, `'OK'`; `null` = not found.
   *
   * @throws ArgumentError for a command that does not exist or arguments that the server would misread
   * @example await gibson.execute('META', 'session:7', 'ttl')
   */
  async execute(name: string, ...args: readonly unknown[]): Promise<Value> {
    return this.run(rawCommand(name, args) as Command<Value, V>);
  }

  /** With its key prefix, and known to fit the limits of the server. */
  protected ready<T>(command: Command<T, V>): Command<T, V> {
    const ready = prefixed(command, this.call.keyPrefix);
    checkLimits(ready, this.limits);
    return ready;
  }
}
