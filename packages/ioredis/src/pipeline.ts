import { BatchError, ConflictError, type Redis as KvRedis, TransactionAbortedError } from '@kv/redis';
import { type Callback, splitCallback } from './arguments.ts';
import { answer } from './callbacks.ts';
import { Command, type SharedOptions } from './command.ts';
import { type CommandSender, installCommands } from './commander.ts';
import { knownError } from './errors.ts';
import { installInspection } from './inspection.ts';
import type { Options } from './options.ts';

/** Value or error of one member. */
export type MemberResult = [error: Error | null, result?: unknown];

/** What sends batches. */
type Sender = Pick<KvRedis, 'sendAll' | 'multi'>;

/** What a pipeline needs of its client. */
export interface PipelineHost {
  readonly options: Options;
  readonly commandOptions: SharedOptions;
  /** Where it is sent when it is executed. @param whole it has a transaction @throws when the client takes no calls */
  target(whole: boolean): Sender | Promise<Sender>;
  /** What becomes of a member that failed. Rejects unless it was sent again. */
  refused(command: Command, error: Error): Promise<unknown>;
  /** A transaction has been executed: a watch is over. */
  executed(): void;
}

/** Members that follow each other and are sent alike. */
interface Part {
  /** MULTI in front of them, and EXEC behind them: a transaction in a pipeline. */
  readonly around: readonly [multi: Command, exec: Command] | undefined;
  readonly commands: Command[];
}

/** Commands that are collected, and sent together by `exec()`: between MULTI and EXEC, or without. */
export class Pipeline implements CommandSender {
  readonly isPipeline = true;
  readonly options: Options;
  readonly #host: PipelineHost;
  readonly #atomic: boolean;
  #commands: Command[] = [];
  /** Of the last `exec()`; a further one without new commands gives them again. */
  #results: Promise<MemberResult[] | null> | undefined;
  /** A transaction inside of it has begun. */
  #inner = false;

  constructor(host: PipelineHost, atomic: boolean) {
    this.options = host.options;
    this.#host = host;
    this.#atomic = atomic;
  }

  get commandOptions(): SharedOptions {
    return this.#host.commandOptions;
  }

  /** How many commands wait, MULTI and EXEC included. */
  get length(): number {
    return this.#commands.length + (this.#atomic ? 1 : 0);
  }

  sendCommand(command: Command): this {
    command.promise.catch(() => undefined); // exec() tells
    this.#commands.push(command);
    return this;
  }

  /** Adds commands that are given as lists of name and arguments. */
  addBatch(commands: readonly (readonly unknown[])[]): this {
    const methods = this as unknown as Record<string, (...args: unknown[]) => unknown>;
    for (const [name, ...args] of commands) {
      const method = methods[String(name)];
      if (typeof method !== 'function') throw new TypeError(`${String(name)}: no such command`);
      method.apply(this, args);
    }
    return this;
  }

  /** Begins a transaction inside of the pipeline; the next `exec()` ends it. */
  multi(): this {
    if (this.#atomic || this.#inner) return this;
    this.#inner = true;
    return this.sendCommand(new Command('multi'));
  }

  /** Sends what was collected. `null`: a watched key was changed, and nothing ran. */
  exec(callback?: Callback<MemberResult[] | null>): this | Promise<MemberResult[] | null> {
    if (this.#inner) {
      this.#inner = false;
      return this.sendCommand(new Command('exec', [], {}, callback as Callback | undefined));
    }
    if (this.#commands.length > 0 || this.#results === undefined) this.#results = this.#end(this.#commands);
    const results = this.#results;
    if (typeof callback === 'function') answer(results, callback as Callback);
    return results;
  }

  #end(commands: readonly Command[]): Promise<MemberResult[] | null> {
    this.#commands = [];
    const whole = this.#atomic || commands.some(({ name }) => name === 'exec');
    return this.#run(commands, whole).finally(() => (whole ? this.#host.executed() : undefined));
  }

  async #run(commands: readonly Command[], whole: boolean): Promise<MemberResult[] | null> {
    if (commands.length === 0) return [];
    try {
      const found = this.#host.target(whole);
      const target = found instanceof Promise ? await found : found;
      return await (this.#atomic ? this.#runWhole(target, commands) : this.#runParts(target, commands));
    } catch (error) {
      const known = knownError(error);
      for (const command of commands) command.reject(known);
      if (this.#atomic) throw known;
      return commands.map(() => [known]);
    }
  }

  async #runWhole(target: Sender, commands: readonly Command[]): Promise<MemberResult[] | null> {
    const results = await runAtomic(target, commands);
    return results?.map((result, at) => memberOf(commands[at] as Command, result)) ?? null;
  }

  /** All parts are sent at once. */
  async #runParts(target: Sender, commands: readonly Command[]): Promise<MemberResult[]> {
    const parts = partsOf(commands);
    const results = parts.map((part) => (part.around ? runInner(target, part) : this.#runPlain(target, part.commands)));
    return (await Promise.all(results)).flat();
  }

  async #runPlain(target: Sender, commands: readonly Command[]): Promise<MemberResult[]> {
    const results = await runPlain(target, commands);
    const settled = results.map((result, at) =>
      result instanceof Error ? this.#again(commands[at] as Command, result) : result,
    );
    return (await Promise.all(settled)).map((result, at) => member(commands[at] as Command, result));
  }

  #again(command: Command, error: Error): Promise<unknown> {
    return this.#host.refused(command, error).catch((refusal: Error) => refusal);
  }
}

installCommands(Pipeline.prototype);

function partsOf(commands: readonly Command[]): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const [at, command] of commands.entries()) {
    if (command.name !== 'exec') continue;
    const begin = commands.findLastIndex(({ name }, index) => index < at && name === 'multi');
    if (begin < from) continue;
    if (begin > from) parts.push({ around: undefined, commands: commands.slice(from, begin) });
    parts.push({ around: [commands[begin] as Command, command], commands: commands.slice(begin + 1, at) });
    from = at + 1;
  }
  if (from < commands.length) parts.push({ around: undefined, commands: commands.slice(from) });
  return parts;
}

/** The results of a transaction in a pipeline: OK, QUEUED for each member, and those of EXEC. */
async function runInner(target: Sender, { around, commands }: Part): Promise<MemberResult[]> {
  const [multi, exec] = around as [Command, Command];
  multi.resolve('OK');
  const queued = commands.map((command): MemberResult => [null, command.queued]);
  return [[null, 'OK'], ...queued, await endOf(exec, target, commands)];
}

async function endOf(exec: Command, target: Sender, commands: readonly Command[]): Promise<MemberResult> {
  try {
    const results = await runAtomic(target, commands);
    const values = results?.map((result, at) => settledValue(memberOf(commands[at] as Command, result))) ?? null;
    exec.resolve(values);
    return [null, values];
  } catch (error) {
    const known = knownError(error);
    exec.reject(known);
    return [known];
  }
}

function settledValue([error, value]: MemberResult): unknown {
  return error ?? value;
}

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
    const results = await resultsOf(multi.execute());
    tellQueued(commands);
    return results;
  } catch (error) {
    if (error instanceof TransactionAbortedError) throw tellRefused(error, commands);
    if (!(error instanceof ConflictError)) throw error;
    tellQueued(commands);
    return null;
  }
}

/** Each member is told whether the server has taken it. Returns the error with the name that ioredis has for the refusals. */
function tellRefused(aborted: TransactionAbortedError, commands: readonly Command[]): Error {
  for (const { index, error } of aborted.refused) commands[index]?.reject(error);
  tellQueued(commands);
  return Object.assign(aborted, { previousErrors: aborted.refused.map(({ error }) => error) });
}

/** Also when a watched key was changed: the server has queued them all, and run none. */
function tellQueued(commands: readonly Command[]): void {
  for (const command of commands) command.resolve(command.queued);
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

/** The result of a member of a transaction, which itself has been told `QUEUED`. */
function memberOf(command: Command, result: unknown): MemberResult {
  if (result instanceof Error) return [knownError(result)];
  try {
    return [null, command.shape(result)];
  } catch (error) {
    return [error as Error];
  }
}

function member(command: Command, result: unknown): MemberResult {
  if (result instanceof Error) {
    const error = knownError(result);
    command.reject(error);
    return [error];
  }
  return [null, command.answered(result)];
}

installInspection<Pipeline>(Pipeline.prototype, ({ length, options }) => ({ length, options }));

/** What stands before the callback of `pipeline()` and `multi()`: commands, or nothing. */
export function initialCommands(given: readonly unknown[]): readonly (readonly unknown[])[] {
  const [commands] = splitCallback(given).args;
  return Array.isArray(commands) ? (commands as readonly (readonly unknown[])[]) : [];
}
