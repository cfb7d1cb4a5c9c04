import {
  type Adds,
  type CallMembers,
  type Command,
  callMembers,
  checkCommand,
  checkCommands,
  type Data,
  type Executor,
  type Of,
  type Results,
  setHidden,
  unwrap,
} from '@kv/core';
import type { Reply } from '@kv/resp-parser';
import { Multi } from '../batch/multi.ts';
import { Pipeline } from '../batch/pipeline.ts';
import { scanAll } from '../batch/scan.ts';
import { makeScript, type Script, type ScriptOptions, withSources } from '../batch/scripts.ts';
import type { HashEntry } from '../commands/hash-scan.ts';
import type { KeyScanOptions } from '../commands/key.ts';
import type { ScanOptions } from '../commands/support/arguments.ts';
import type { Scored } from '../commands/support/replies.ts';
import { RedisBlockingCommands } from '../generated/redis-commands.ts';
import { commandByName } from '../protocol/command-table.ts';
import { prefixed } from '../protocol/key-prefix.ts';
import { inResp2 } from '../protocol/resp2-replies.ts';
import type { RawCallOptions } from './call-options.ts';

const Base: typeof RedisBlockingCommands & Adds<CallMembers> = /* @__PURE__ */ callMembers(RedisBlockingCommands);

/** What client, session, connection and pool have in common: typed commands and the ways to send several. */
export abstract class TypedExecutor<V> extends Base<V> {
  declare protected readonly executor: Executor;
  protected readonly call: RawCallOptions;

  constructor(executor: Executor, call: RawCallOptions) {
    super();
    setHidden(this, 'executor', executor);
    this.call = call;
  }

  protected run<T>(command: Command<T, V>): Promise<T> {
    return this.executor.send(prefixed(command, this.call.keyPrefix), this.call);
  }

  /** Sends one command value. @example redis.send(get('a')) */
  send<T>(command: Command<T, V>): Promise<T> {
    try {
      checkCommand(command, 'command');
      return this.run(command);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  /**
   * Sends command values together and gives their results as a tuple.
   *
   * @throws BatchError when any of them failed; its `results` has value or error per position
   * @example const [, a] = await redis.sendAll([set('a', '1'), get('a')])
   */
  async sendAll<const Cs extends readonly Of<V>[]>(commands: Cs): Promise<Results<Cs>> {
    checkCommands(commands, 'commands');
    const list = (commands as unknown as readonly Command<unknown, V>[]).map((c) => prefixed(c, this.call.keyPrefix));
    return unwrap(await this.executor.sendAll(withSources(list, this.executor), this.call)) as Results<Cs>;
  }

  /**
   * Sends a command by its name and gives the reply as it is on the wire, or with `with({ replies: 'resp2' })` as RESP2
   * would have it.
   *
   * @throws ArgumentError for what cannot be sent on this connection; the message says what to use instead
   * @example await redis.execute('OBJECT FREQ', 'key')
   */
  async execute(name: string, ...args: readonly unknown[]): Promise<Reply> {
    const command = commandByName(name, args);
    return this.run((this.call.replies === 'resp2' ? inResp2(command) : command) as Command<Reply, V>);
  }

  /**
   * All keys, in no order; a key may come twice.
   *
   * @example for await (const key of redis.scanIterator({ match: 'user:*' })) console.log(key)
   */
  scanIterator(options: KeyScanOptions = {}): AsyncGenerator<V, void, undefined> {
    return scanAll(
      (cursor) => this.scan(cursor, options),
      (page) => page.keys,
    );
  }

  /** All fields of a hash with their values. */
  hscanIterator(key: Data, options: ScanOptions = {}): AsyncGenerator<HashEntry<V>, void, undefined> {
    return scanAll(
      (cursor) => this.hscan(key, cursor, options),
      (page) => page.entries,
    );
  }

  /** All members of a set. */
  sscanIterator(key: Data, options: ScanOptions = {}): AsyncGenerator<V, void, undefined> {
    return scanAll(
      (cursor) => this.sscan(key, cursor, options),
      (page) => page.members,
    );
  }

  /** All members of a sorted set with their scores, in no order. */
  zscanIterator(key: Data, options: ScanOptions = {}): AsyncGenerator<Scored<V>, void, undefined> {
    return scanAll(
      (cursor) => this.zscan(key, cursor, options),
      (page) => page.members,
    );
  }

  /**
   * A Lua script to call: it travels as its hash, and as its source where the server does not know it. `R` is the type of
   * its replies, which is not checked.
   *
   * @throws ArgumentError for a wrong source or number of keys
   * @example
   * const add = redis.script<number>('return redis.call("INCRBY", KEYS[1], ARGV[1])', { keys: 1 })
   * await add('counter', 5)
   */
  script<R extends Reply = Reply>(source: string, options: ScriptOptions): Script<R> {
    return makeScript<V>(source, options, (command) => this.run(command)) as Script<R>;
  }

  /** Collects commands; `execute()` sends them in one go. */
  pipeline(): Pipeline<V> {
    return new Pipeline<V>(this.executor, this.call);
  }

  /** Collects commands; `execute()` runs them between MULTI and EXEC. */
  multi(): Multi<V> {
    return new Multi<V>(this.executor, this.call);
  }
}
