import { BatchError, ConflictError, type Redis as KvRedis } from '@kv/redis';
import { type Callback, splitCallback } from './arguments.ts';
import { answer, type Command, type CommandOptions } from './command.ts';
import { type CommandSender, installCommands } from './commander.ts';
import { knownError } from './errors.ts';

/** Value or error of one member. */
export type MemberResult = [error: Error | null, result?: unknown];

/** What sends batches. */
type Sender = Pick<KvRedis, 'sendAll' | 'multi'>;

/** What a pipeline needs of its client. */
export interface PipelineHost {
  readonly commandOptions: Pick<CommandOptions, 'keyPrefix' | 'stringNumbers'>;
  /** Where it is sent when it is executed. @throws when the client takes no calls */
  target(): Sender | Promise<Sender>;
  /** It has been executed: a watch is over. */
  executed(): void;
}

/** Commands that are collected, and sent together by `exec()`: between MULTI and EXEC, or without. */
export class Pipeline implements CommandSender {
  readonly isPipeline = true;
  readonly #host: PipelineHost;
  readonly #atomic: boolean;
  #commands: Command[] = [];

  constructor(host: PipelineHost, atomic: boolean) {
    this.#host = host;
    this.#atomic = atomic;
  }

  get commandOptions(): PipelineHost['commandOptions'] {
    return this.#host.commandOptions;
  }

  /** How many commands wait. */
  get length(): number {
    return this.#commands.length;
  }

  sendCommand(command: Command): this {
    command.promise.catch(() => undefined); // exec() tells
    this.#commands.push(command);
    return this;
  }

  /** Adds commands that are given as lists of name and arguments. */
  addBatch(commands: readonly (readonly unknown[])[]): this {
    const methods = this as unknown as Record<string, (...args: unknown[]) => unknown>;
    for (const [name, ...args] of commands) methods[String(name)]?.(...args);
    return this;
  }

  /** Sends what was collected. `null`: a watched key was changed, and nothing ran. */
  exec(callback?: Callback<MemberResult[] | null>): Promise<MemberResult[] | null> {
    const commands = this.#commands;
    this.#commands = [];
    const results = this.#run(commands).finally(() => this.#host.executed());
    if (typeof callback === 'function') answer(results, callback as Callback);
    return results;
  }

  async #run(commands: readonly Command[]): Promise<MemberResult[] | null> {
    if (commands.length === 0) return [];
    try {
      const found = this.#host.target();
      const target = found instanceof Promise ? await found : found;
      const results = this.#atomic ? await runAtomic(target, commands) : await runPlain(target, commands);
      return results?.map((result, at) => member(commands[at] as Command, result)) ?? null;
    } catch (error) {
      const known = knownError(error);
      for (const command of commands) command.reject(known);
      throw known;
    }
  }
}

installCommands(Pipeline.prototype);

/** A member that cannot be made fails alone; the others are sent. */
async function runPlain(target: Sender, commands: readonly Command[]): Promise<unknown[]> {
  const values = commands.map((command) => valueOrError(command));
  const sent = values.filter((value) => !(value instanceof Error));
  const results = sent.length === 0 ? [] : await resultsOf(target.sendAll(sent as never));
  return values.map((value) => (value instanceof Error ? value : results.shift()));
}

/** Nothing is sent when one of them cannot be made. */
async function runAtomic(target: Sender, commands: readonly Command[]): Promise<unknown[] | null> {
  const multi = target.multi();
  for (const command of commands) void multi.send(command.value() as never).catch(() => undefined);
  try {
    return await resultsOf(multi.execute());
  } catch (error) {
    if (error instanceof ConflictError) return null;
    throw error;
  }
}

async function resultsOf(batch: Promise<readonly unknown[]>): Promise<unknown[]> {
  try {
    return [...(await batch)];
  } catch (error) {
    if (error instanceof BatchError) return [...error.results];
    throw error;
  }
}

function valueOrError(command: Command): unknown {
  try {
    return command.value();
  } catch (error) {
    return error;
  }
}

function member(command: Command, result: unknown): MemberResult {
  if (result instanceof Error) {
    const error = knownError(result);
    command.reject(error);
    return [error];
  }
  command.answered(result);
  return [null, command.shape(result)];
}

/** What stands before the callback of `pipeline()` and `multi()`: commands, or nothing. */
export function initialCommands(given: readonly unknown[]): readonly (readonly unknown[])[] {
  const [commands] = splitCallback(given).args;
  return Array.isArray(commands) ? (commands as readonly (readonly unknown[])[]) : [];
}
