import {
  type Adds,
  type Arg,
  ArgumentError,
  type BatchingMembers,
  BatchMembers,
  batchingMembers,
  type CallMembers,
  type CallOptions,
  Command,
  callMembers,
  checkCommand,
  checkCommands,
  type Executor,
  joinArgs,
  keyPositions,
  type Of,
  type Results,
  type Spec,
  setHidden,
  toArg,
  unwrap,
  withArgs,
} from '@kv/core';
import { MemoCommands } from './generated/memo-commands.ts';
import * as specs from './specs.ts';

const SPECS: ReadonlyMap<string, Spec> = new Map(Object.entries(specs) as [string, Spec][]);
const Sending: typeof MemoCommands & Adds<CallMembers> = callMembers(MemoCommands);
const Collecting: typeof MemoCommands & Adds<BatchingMembers> = batchingMembers(MemoCommands);

/** What client, pool, lease and connection have in common. */
export abstract class MemoExecutor<V, E extends Executor> extends Sending<V> {
  declare protected readonly executor: E;
  protected readonly call: CallOptions;

  constructor(executor: E, call: CallOptions) {
    super();
    setHidden(this, 'executor', executor);
    this.call = call;
  }

  protected run<T>(command: Command<T, V>): Promise<T> {
    return this.executor.send(prefixed(command, this.keyPrefix), this.call);
  }

  async send<T>(command: Command<T, V>): Promise<T> {
    checkCommand(command, 'command');
    return this.run(command);
  }

  async sendAll<const Cs extends readonly Of<V>[]>(commands: Cs): Promise<Results<Cs>> {
    checkCommands(commands, 'commands');
    const list = (commands as unknown as readonly Command<unknown, V>[]).map((one) => prefixed(one, this.keyPrefix));
    return unwrap(await this.executor.sendAll(list, { ...this.call, unit: true })) as Results<Cs>;
  }

  async execute(name: string, ...args: readonly (string | number | Uint8Array)[]): Promise<unknown> {
    const spec = SPECS.get(name);
    if (spec === undefined) throw new ArgumentError(`${name}: unknown command`);
    const words = args.map((arg, i) =>
      name === 'SET' && i === 2 ? toArg(arg, 'value') : specs.wordArg(arg, 'argument'),
    );
    return this.run(new Command<unknown, V>(spec, words, (raw) => raw));
  }

  pipeline(): MemoPipeline<V> {
    return new MemoPipeline<V>(this.executor, this.call);
  }
}

/** Commands that are sent together when `execute()` is called. */
export class MemoPipeline<V = string> extends Collecting<V> {
  declare protected readonly members: BatchMembers<V, CallOptions>;

  constructor(executor: Executor, call: CallOptions) {
    super();
    setHidden(this, 'members', new BatchMembers('pipeline', executor, call));
  }

  protected run<T>(command: Command<T, V>): Promise<T> {
    return this.members.add(prefixed(command, this.members.options.keyPrefix ?? ''));
  }

  execute(): Promise<unknown[]> {
    return this.members.execute({ ...this.members.options, unit: true });
  }
}

/** The same command with the prefix before its key, and without it where keys come back. */
function prefixed<T, V>(command: Command<T, V>, keyPrefix: string): Command<T, V> {
  if (keyPrefix === '') return command;
  const prefix = specs.wordArg(keyPrefix, 'keyPrefix');
  const args = [...command.args];
  for (const at of keyPositions(command.spec.keys, args)) args[at] = joinArgs(prefix, args[at] as Arg);
  if (command.spec.name !== 'KEYS') return withArgs(command, args);
  return withArgs(command, args, (raw, self) => command.reply(without(raw as Arg[], keyPrefix), self));
}

function without(keys: readonly Arg[], prefix: string): readonly Arg[] {
  return keys.map((key) => key.slice(typeof key === 'string' ? prefix.length : Buffer.byteLength(prefix)));
}
