import { BatchError, type Command, type Redis } from '@kv/redis';
import type { IRedisTransaction } from 'bullmq';
import { call, options, pairs, type Scripts, scriptOf, toObject } from './calls.ts';
import { knownError } from './errors.ts';

/** Calls that BullMQ collects, and runs together. */
export class Transaction implements IRedisTransaction {
  readonly #redis: Redis;
  readonly #scripts: Scripts;
  readonly #atomic: boolean;
  #members: { readonly command: Command<unknown>; readonly read: (reply: unknown) => unknown }[] = [];

  /** @param atomic whether it runs between MULTI and EXEC */
  constructor(redis: Redis, scripts: Scripts, atomic: boolean) {
    this.#redis = redis;
    this.#scripts = scripts;
    this.#atomic = atomic;
  }

  hgetall(key: string): this {
    return this.#add(call('HGETALL', key), toObject);
  }

  hset(key: string, data: Record<string, string | number>): this {
    return this.#add(call('HSET', key, pairs(data)));
  }

  hscan(key: string, cursor: string | number, { COUNT }: { COUNT?: number } = {}): this {
    return this.#add(call('HSCAN', key, cursor, options({ COUNT })));
  }

  smembers(key: string): this {
    return this.#add(call('SMEMBERS', key));
  }

  sscan(key: string, cursor: string | number, { COUNT }: { COUNT?: number } = {}): this {
    return this.#add(call('SSCAN', key, cursor, options({ COUNT })));
  }

  zrange(key: string, start: number, end: number): this {
    return this.#add(call('ZRANGE', key, start, end));
  }

  lrange(key: string, start: number, end: number): this {
    return this.#add(call('LRANGE', key, start, end));
  }

  llen(key: string): this {
    return this.#add(call('LLEN', key));
  }

  del(...keys: string[]): this {
    return keys.length === 0 ? this : this.#add(call('DEL', keys));
  }

  runCommand(name: string, args: unknown[]): this {
    return this.#add(scriptOf(this.#scripts, name).call(this.#redis, args));
  }

  /** Runs all: error or value of each. */
  async exec(): Promise<[Error | null, unknown][] | null> {
    const members = this.#members;
    this.#members = [];
    if (members.length === 0) return [];
    const results = await this.#run(members.map(({ command }) => command));
    return results.map((result, at) =>
      result instanceof Error ? [result, undefined] : [null, members[at]?.read(result)],
    );
  }

  async #run(commands: readonly Command<unknown>[]): Promise<readonly unknown[]> {
    try {
      return await (this.#atomic ? this.#runAtomic(commands) : this.#redis.sendAll(commands));
    } catch (error) {
      if (error instanceof BatchError) return error.results;
      throw knownError(error);
    }
  }

  #runAtomic(commands: readonly Command<unknown>[]): Promise<unknown[]> {
    const multi = this.#redis.multi();
    for (const command of commands) void multi.send(command);
    return multi.execute();
  }

  #add(command: Command<unknown>, read: (reply: unknown) => unknown = (reply) => reply): this {
    this.#members.push({ command, read });
    return this;
  }
}
