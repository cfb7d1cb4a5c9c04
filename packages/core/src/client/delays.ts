import type { AnyCommand } from '../command/command.ts';
import type { SendOptions } from '../command/executor.ts';
import type { KvError } from '../errors.ts';
import { LazySet } from '../lazy-collections.ts';
import { Request } from '../request/request.ts';
import { clearTimeout, setTimeout } from '../timers.ts';
import type { Calls } from './calls.ts';

/** Pauses within calls. They count as calls under way, which deadlines, signals and the end of the client can end. */
export class Delays {
  readonly #requests = new LazySet<Request>();
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /** Waits so many ms. Deadline, signal and the end of the client end the wait. */
  wait(milliseconds: number, options: SendOptions, label: AnyCommand, cause: unknown): Promise<void> {
    const request = new Request(label, false, 'never', this.#calls.tracker);
    request.exclusive = 'sessions'; // it is no command in the statistics
    if (cause instanceof Error) request.cause = cause;
    const promise = request.promise<void>();
    if (this.#calls.open(request, options) === undefined) this.#add(request, milliseconds);
    return promise;
  }

  #add(request: Request, milliseconds: number): void {
    const timer = setTimeout(() => request.succeed(undefined), milliseconds);
    this.#requests.add(request);
    request.ended = () => {
      clearTimeout(timer);
      this.#requests.delete(request);
    };
  }

  /** Ends all of them now. */
  endAll(error: (command: AnyCommand) => KvError): void {
    for (const request of [...this.#requests]) request.fail(error(request.command));
  }
}
