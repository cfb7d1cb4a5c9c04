import type { AnyCommand } from '../command/command.ts';
import type { KvError } from '../errors.ts';
import type { Request } from '../request/request.ts';
import { clearTimeout, setTimeout } from '../timers.ts';

/** Pauses within calls. They count as calls under way, which deadlines, signals and the end of the client can end. */
export class Delays {
  readonly #requests = new Set<Request>();

  /** Lets an opened request succeed after some time, ms. */
  add(request: Request, milliseconds: number): void {
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
