import type { AnyCommand, Arg } from '../command/command.ts';
import { ArgumentError } from '../errors.ts';

/** What a server takes at most. Beyond it, it closes the connection without an answer. */
export interface RequestLimits {
  /** Bytes of one argument. */
  readonly argument?: number | undefined;
  /** Bytes of the whole request. */
  readonly request?: number | undefined;
  /**
   * How many bytes the protocol puts around the name, or an argument, of so many bytes.
   *
   * @default none
   */
  readonly framing?: ((bytes: number) => number) | undefined;
}

/** What a request may grow to on the wire: text takes 3 bytes per UTF-16 unit at most, and the framing is counted. */
const MOST_GROWTH = 4;

const NONE = Number.POSITIVE_INFINITY;

function noFraming(): number {
  return 0;
}

/** Refuses what a server does not take, before anything of it is sent. */
export class RequestLimiter {
  readonly #argument: number;
  readonly #request: number;
  readonly #framing: (bytes: number) => number;
  /** What is not longer than this, in characters and bytes, need not be measured. */
  readonly #harmless: number;

  constructor({ argument = NONE, request = NONE, framing = noFraming }: RequestLimits = {}) {
    this.#argument = argument;
    this.#request = request;
    this.#framing = framing;
    this.#harmless = Math.min(argument, request) / MOST_GROWTH;
  }

  /** Whether arguments of this length together are short enough in any case. */
  isHarmless(size: number): boolean {
    return size <= this.#harmless;
  }

  /** @param size the length of the arguments together, or more */
  refusal(command: AnyCommand, size: number): ArgumentError | undefined {
    return this.isHarmless(size) ? undefined : this.#measure(command);
  }

  #measure({ spec: { name }, args }: AnyCommand): ArgumentError | undefined {
    let total = name.length + this.#framing(name.length);
    for (const arg of args) {
      const bytes = byteLength(arg);
      if (bytes > this.#argument) return tooLong(name, 'an argument', bytes, this.#argument);
      total += bytes + this.#framing(bytes);
    }
    return total > this.#request ? tooLong(name, 'the request', total, this.#request) : undefined;
  }
}

/** Refuses nothing. */
export const NO_LIMITS: RequestLimiter = new RequestLimiter();

const limiters = new WeakMap<RequestLimits, RequestLimiter>();

/** What enforces these limits: one for all clients of a protocol. */
export function limiterOf(limits: RequestLimits): RequestLimiter {
  const known = limiters.get(limits) ?? new RequestLimiter(limits);
  limiters.set(limits, known);
  return known;
}

function byteLength(arg: Arg): number {
  return typeof arg === 'string' ? Buffer.byteLength(arg) : arg.length;
}

function tooLong(command: string, what: string, bytes: number, limit: number): ArgumentError {
  return new ArgumentError(`${command}: ${what} is longer than the server takes (${bytes} bytes, limit ${limit})`, {
    command,
  });
}
