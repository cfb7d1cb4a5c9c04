import { randomUUID } from 'node:crypto';
import { asOne, type Command, isKvError } from '@kv/core';
import type { Reply } from '@kv/resp-parser';
import { exists, unlink } from '../commands/key.ts';
import { pexpire } from '../commands/key-expiry.ts';
import { eval as evaluate } from '../commands/scripting.ts';
import { get, set } from '../commands/string.ts';
import { incr } from '../commands/string-counter.ts';
import { fenceKey } from './fence-key.ts';

/** What a lock needs of its client. */
export interface LockClient {
  readonly keyPrefix: string;
  send<T>(command: Command<T>): Promise<T>;
  multi(): { send<T>(command: Command<T>): Promise<T>; execute(): Promise<unknown[]> };
  script(source: string, options: { readonly keys: number }): (...keysAndArguments: string[]) => Promise<Reply>;
  transaction(
    keys: string,
    body: (session: { send<T>(command: Command<T>): Promise<T> }) => Promise<readonly Command<unknown>[]>,
  ): Promise<unknown[]>;
}

const IF_MINE = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end ";
const EXTEND = `${IF_MINE}return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;
const REMOVE = `${IF_MINE}return redis.call('UNLINK', KEYS[1])`;

/** A lock as the server keeps it: a key with the id of its holder, which ends by itself, and a counter beside it. */
export class LockRecord {
  readonly key: string;
  readonly #id: string = randomUUID();
  readonly #redis: LockClient;
  readonly #fence: string;

  /** @throws ArgumentError for a key that cannot be locked */
  constructor(redis: LockClient, key: string) {
    this.#redis = redis;
    this.#fence = fenceKey(key, redis.keyPrefix);
    this.key = key;
  }

  /**
   * Takes the lock if it is free: resolves to a number that is higher than those of all holders before, else to
   * `undefined`. When it fails, it may be taken all the same: a reply is missing, or the counter was refused after the key
   * was set. Then it is given back behind that attempt, unless the server refuses this, too.
   */
  async take(ttl: number): Promise<number | undefined> {
    const multi = this.#redis.multi();
    void multi.send(set(this.key, this.#id, { nx: true, px: ttl }));
    void multi.send(incr(this.#fence));
    try {
      const [taken, token] = await asOne(multi.execute());
      return taken === null ? undefined : (token as number);
    } catch (error) {
      if (isKvError(error) && error.outcome !== 'notSent') this.#giveBack();
      throw error;
    }
  }

  /**
   * Sent at once, with the source, so that it runs behind an attempt that is late on the same connection, even when its
   * own reply comes too late. Where nothing was taken it finds nothing.
   */
  #giveBack(): void {
    const remove = this.#redis.send(evaluate(REMOVE, [this.key], [this.#id]));
    remove.catch((error) => this.#withoutScripts(error, unlink(this.key))).catch(() => false);
  }

  /** Starts the time of the lock again. Resolves to whether it is still held by this holder. */
  extend(ttl: number): Promise<boolean> {
    return this.#ifMine(EXTEND, [String(ttl)], pexpire(this.key, ttl));
  }

  /** Gives the lock free. Resolves to whether it was still held by this holder. */
  remove(): Promise<boolean> {
    return this.#ifMine(REMOVE, [], unlink(this.key));
  }

  async #ifMine(source: string, args: readonly string[], command: Command<unknown>): Promise<boolean> {
    try {
      return (await this.#redis.script(source, { keys: 1 })(this.key, this.#id, ...args)) === 1;
    } catch (error) {
      return this.#withoutScripts(error, command);
    }
  }

  /** For servers without scripts, such as a Redis whose EVAL was renamed. Other errors are thrown. */
  async #withoutScripts(error: unknown, command: Command<unknown>): Promise<boolean> {
    if (!hasNoScripts(error)) throw error;
    const done = await this.#redis.transaction(this.key, async (session) => {
      const isMine = (await session.send(get(this.key))) === this.#id;
      return isMine ? [command, exists(this.key)] : [];
    });
    return done.length > 0;
  }
}

function hasNoScripts(error: unknown): boolean {
  return isKvError(error) && error.code === 'REPLY' && /unknown command/i.test(error.message);
}
