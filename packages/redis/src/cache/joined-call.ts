import { type AnyCommand, type Client, type KvError, Request, type SendOptions, settle, TimeoutError } from '@kv/core';
import { copyOf } from './copy-of.ts';

/** A call that waits for the reply to the same read of another call, with its own deadline and signal. */
export class JoinedCall {
  readonly command: AnyCommand;
  readonly options: SendOptions;
  readonly result: Promise<unknown>;
  readonly #request: Request;
  readonly #timeout: number;

  constructor(client: Client, command: AnyCommand, options: SendOptions) {
    this.command = command;
    this.options = options;
    this.#timeout = options.timeout ?? client.defaults.timeout;
    this.#request = new Request(command, false, 'never', client.tracker);
    this.#request.exclusive = 'sessions'; // it is not sent, and is no command in the statistics
    this.#request.cancel = (error) => this.#request.fail(this.#late(error));
    this.result = this.#request.promise();
    client.tracker.open(this.#request, this.#timeout, options.signal);
  }

  /** Whether its caller has a result, or an error. */
  get settled(): boolean {
    return this.#request.settled;
  }

  /** The time that is left until its deadline, ms; at least 1, 0 = no deadline. */
  get timeLeft(): number {
    const { tracker, startedAt } = this.#request;
    return this.#timeout === 0 ? 0 : Math.max(this.#timeout - (tracker.clock.now() - startedAt), 1);
  }

  /** The reply came. */
  succeed(raw: unknown): void {
    if (!this.settled) settle(this.#request, copyOf(raw));
  }

  /** There will be no reply. */
  fail(error: Error): void {
    this.#request.fail(error);
  }

  #late(error: KvError): KvError {
    if (error.code !== 'TIMEOUT') return error;
    const { name } = this.command.spec;
    const text = `${name} timed out after ${this.#timeout} ms (waited for the same read of another call)`;
    return new TimeoutError(text, { command: name, outcome: 'notSent', attempts: 0 });
  }
}
