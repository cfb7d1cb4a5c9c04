import { type AnyCommand, type Arg, Command, type Executor, type SendOptions } from '@kv/core';
import { text } from '../commands/support/replies.ts';
import type { Fetch } from './fetch.ts';
import { NONE } from './index-chains.ts';
import type { Reads } from './reads.ts';

/** One MGET under way: the values that are there, those that others wait for already, and those to ask for. */
interface Split {
  readonly values: unknown[];
  readonly waits: Promise<unknown>[];
  readonly missing: Arg[];
  readonly positions: number[];
  readonly fetches: (Fetch | undefined)[];
}

/** MGET through what is kept: each key has an entry, and only what is missing is asked for. */
export class MgetReads {
  readonly #reads: Reads;

  constructor(reads: Reads) {
    this.#reads = reads;
  }

  send<T>(executor: Executor, command: AnyCommand<T>, options: SendOptions, ttl: number): Promise<T> {
    const bytes = command.bytes || options.bytes === true;
    const { args } = command;
    if (args.length === 0 || options.signal?.aborted === true) return executor.send(command, options);
    const split: Split = { values: new Array(args.length), waits: [], missing: [], positions: [], fetches: [] };
    for (let i = 0; i < args.length; i++) this.#find(split, i, command, bytes, options, ttl);
    if (split.missing.length > 0) split.waits.push(this.#askMissing(executor, split, command, options));
    if (split.waits.length > 0) return Promise.all(split.waits).then(() => command.reply(split.values, command));
    return Promise.resolve(command.reply(split.values, command));
  }

  #find(split: Split, at: number, command: AnyCommand, bytes: boolean, options: SendOptions, ttl: number): void {
    const arg = command.args[at] as Arg;
    const key = typeof arg === 'string' ? arg : text(arg);
    const args = typeof arg === 'string' ? null : [arg];
    const index = this.#reads.lookUp(key, 'MGET', args, bytes, ttl);
    if (index >= 0) return this.#answer(split, at, index, command, options);
    const begins = index === NONE && this.#reads.admits(key);
    const fetch = begins ? this.#reads.begin(arg, key, 'MGET', args, bytes) : undefined;
    split.missing.push(fetch?.args?.[0] ?? arg);
    split.positions.push(at);
    split.fetches.push(fetch);
  }

  #answer(split: Split, at: number, index: number, command: AnyCommand, options: SendOptions): void {
    const fetch = this.#reads.context.entries.fetchAt(index);
    if (fetch !== undefined && fetch.source === undefined) this.#join(split, at, fetch, command, options);
    else split.values[at] = this.#reads.hit(index, fetch);
  }

  #join(split: Split, at: number, fetch: Fetch, { spec, args, flags }: AnyCommand, options: SendOptions): void {
    const one = new Command(spec, [fetch.args?.[0] ?? (args[at] as Arg)], (raw) => raw, flags, 0, fetch.bytes);
    const wait = this.#reads.join(fetch, one, options).then((value) => {
      split.values[at] = value;
    });
    split.waits.push(wait);
  }

  async #askMissing(executor: Executor, split: Split, command: AnyCommand, options: SendOptions): Promise<void> {
    const { spec, bytes, reply, flags } = command;
    const missing = new Command(spec, split.missing, reply, flags, 0, bytes);
    const values = (await this.#reads.sendMget(executor, split.fetches, missing, options)) as unknown[];
    for (const [i, at] of split.positions.entries()) split.values[at] = values[i];
  }
}
