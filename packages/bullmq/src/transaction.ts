import { BatchError, type Command, type Multi, type Pipeline } from '@kv/redis';
import type { IRedisTransaction } from 'bullmq';
import { COMMANDS, installCommands } from './commands.ts';
import { throwKnown } from './errors.ts';
import { type Scripts, scriptOf } from './scripts.ts';

/** The methods that are not in the class come from the table of commands. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- its methods are installed below
export interface Transaction extends IRedisTransaction {}

/** Calls that BullMQ collects, and runs together. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: its methods are installed below
export class Transaction {
  readonly #batch: Multi | Pipeline;
  readonly #scripts: Scripts;

  /** @param batch collects them, and runs them between MULTI and EXEC or without */
  constructor(batch: Multi | Pipeline, scripts: Scripts) {
    this.#batch = batch;
    this.#scripts = scripts;
  }

  /** Adds a command. */
  send(command: Command<unknown>): this {
    void this.#batch.send(command); // exec() gives its result
    return this;
  }

  del(...keys: string[]): this {
    return keys.length === 0 ? this : this.send(COMMANDS.del(...keys));
  }

  runCommand(name: string, args: unknown[]): this {
    return this.send(scriptOf(this.#scripts, name).command(args));
  }

  /** Runs all: error or value of each. */
  async exec(): Promise<[Error | null, unknown][]> {
    const results = await this.#batch
      .execute()
      .catch((error: unknown) => (error instanceof BatchError ? error.results : throwKnown(error)));
    return results.map((result) => (result instanceof Error ? [result, undefined] : [null, result]));
  }
}

installCommands(Transaction.prototype);
