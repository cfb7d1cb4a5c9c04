import type { SendOptions } from '../command/executor.ts';
import type { KvError } from '../errors.ts';
import type { Request } from '../request/request.ts';
import type { RequestTracker } from '../request/request-tracker.ts';
import { closedError } from './blocking-calls.ts';
import type { ClientSetup } from './client-setup.ts';
import { callTracker } from './request-trackers.ts';

/** The calls of a client and of all its views: they are taken until it is closed. */
export class Calls {
  readonly tracker: RequestTracker;
  /** Set once the client is being closed. */
  closing: Promise<void> | undefined = undefined;
  readonly #timeout: number;

  constructor(setup: ClientSetup) {
    this.tracker = callTracker(setup);
    this.#timeout = setup.timeout;
  }

  /** Enters a request; one that cannot be taken has failed with what is returned. */
  open(request: Request, { timeout = this.#timeout, signal }: SendOptions): KvError | undefined {
    if (this.closing === undefined) return request.tracker.open(request, timeout, signal);
    const error = closedError(request.command);
    request.fail(error);
    return error;
  }
}
