/** One command as an object, with a promise for its reply. */
import { Flag } from '@kv/core';
import { inResp2, Command as KvCommand, command as kvCommand } from '@kv/redis';
import { type ArgumentTransformer, argumentTransformers, type Callback, wireArguments } from './arguments.ts';
import { answer } from './callbacks.ts';
import { knownError } from './errors.ts';
import { withPrefix } from './key-prefix.ts';
import { newerCommand } from './newer-commands.ts';
import { type ReplyTransformer, replyTransformers, shaped } from './replies.ts';

/** Options of a {@link Command}. */
export interface CommandOptions {
  /** `utf8` for text; anything else, or nothing, for `Buffer`. */
  readonly replyEncoding?: string | null | undefined;
  readonly keyPrefix?: string | Uint8Array | undefined;
  /** Integers as text. */
  readonly stringNumbers?: boolean | undefined;
  /** `resp3`: maps as objects, doubles as numbers. Default: the shapes of RESP2. */
  readonly replyMapping?: 'legacy' | 'resp3' | undefined;
  /** The client has one connection: commands may change it. */
  readonly single?: boolean | undefined;
  /** Makes the value that is sent, where that is more than name and arguments (a script). */
  readonly make?: ((args: readonly (string | Uint8Array)[]) => KvCommand<unknown>) | undefined;
}

/** What a client says for all its commands. */
export type SharedOptions = Pick<CommandOptions, 'keyPrefix' | 'stringNumbers' | 'replyMapping' | 'single'>;

/** Groups of commands that ioredis has by name. */
const FLAGS = {
  ENTER_SUBSCRIBER_MODE: ['subscribe', 'psubscribe', 'ssubscribe'],
  EXIT_SUBSCRIBER_MODE: ['unsubscribe', 'punsubscribe', 'sunsubscribe'],
  VALID_IN_MONITOR_MODE: ['monitor', 'auth'],
  WILL_DISCONNECT: ['quit'],
} as const;

/** What changes, or asks for, the connection that it is sent on: meant for all that follows, where there is only one. */
const OF_ONE: ReadonlySet<string> = new Set([
  ...['CLIENT CACHING', 'CLIENT CAPA', 'CLIENT NO-EVICT', 'CLIENT NO-TOUCH', 'CLIENT SETINFO', 'CLIENT TRACKING'],
  ...['HELLO', 'READONLY', 'READWRITE', 'WAIT', 'WAITAOF'],
]);

/**
 * One command with a promise for its reply.
 *
 * @example
 * import { Command } from '@kv/ioredis'
 * const got = new Command('get', ['key'], { replyEncoding: 'utf8' }) // redis.sendCommand(got) sends it
 * got.promise.then(console.log)
 */
export class Command {
  static readonly FLAGS: typeof FLAGS = FLAGS;
  readonly name: string;
  /** As they are sent, without the key prefix. */
  readonly args: (string | Uint8Array)[];
  readonly promise: Promise<unknown>;
  declare resolve: (reply: unknown) => void;
  declare reject: (error: Error) => void;
  readonly #options: CommandOptions;
  /** Why its arguments cannot be sent. */
  readonly #wrong: Error | undefined;

  /** Arguments that cannot be made into text fail when it is sent, as others do. */
  constructor(name: string, args: readonly unknown[] = [], options: CommandOptions = {}, callback?: Callback) {
    this.name = name.toLowerCase();
    try {
      this.args = wireArguments(this.name, args);
    } catch (error) {
      this.args = [];
      this.#wrong = knownError(error);
    }
    this.#options = options;
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    if (callback !== undefined) answer(this.promise, callback);
  }

  /** Sets what changes the arguments of all later commands of a name. */
  static setArgumentTransformer(name: string, transformer: ArgumentTransformer): void {
    argumentTransformers.set(name.toLowerCase(), transformer);
  }

  /** Sets what changes the replies to all commands of a name. */
  static setReplyTransformer(name: string, transformer: ReplyTransformer): void {
    replyTransformers.set(name.toLowerCase(), transformer);
  }

  /** Whether a command belongs to a group. */
  static checkFlag(flag: keyof typeof FLAGS, name: string): boolean {
    return (FLAGS[flag] as readonly string[]).includes(name);
  }

  /** @throws what was thrown when its arguments were made into text */
  check(): void {
    if (this.#wrong !== undefined) throw this.#wrong;
  }

  /** What is sent. @throws ArgumentError when text has a lone surrogate, and as {@link check} does */
  value(): KvCommand<unknown> {
    this.check();
    const { make, keyPrefix = '', replyEncoding, replyMapping, single } = this.#options;
    const made = make?.(this.args) ?? newerCommand(this.name, this.args) ?? kvCommand(this.name, ...this.args);
    const { spec, args, reply, flags, blockMs, bytes } = replyMapping === 'resp3' ? made : inResp2(made);
    const wanted = bytes || replyEncoding !== 'utf8';
    const full = keyPrefix.length === 0 ? args : withPrefix(made, keyPrefix);
    const allowed = single === true && OF_ONE.has(spec.name) ? flags & ~Flag.stateful : flags;
    return new KvCommand<unknown>(spec, full, reply, allowed, blockMs, wanted);
  }

  /** What the server says to a command between MULTI and EXEC. */
  get queued(): string | Buffer {
    return this.#options.replyEncoding === 'utf8' ? 'QUEUED' : Buffer.from('QUEUED');
  }

  /** The reply settles the promise; what it is settled with. */
  answered(raw: unknown): unknown {
    try {
      const reply = this.shape(raw);
      this.resolve(reply);
      return reply;
    } catch (error) {
      this.reject(error as Error);
      return error;
    }
  }

  /** A reply in the shape in which the caller wants it. */
  shape(raw: unknown): unknown {
    const { replyEncoding, stringNumbers = false } = this.#options;
    return shaped(this.name, raw, { buffers: replyEncoding !== 'utf8', stringNumbers });
  }
}
