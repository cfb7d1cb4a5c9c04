import type { Signal } from '../abort-signal.ts';
import type { AnyCommand } from '../command/command.ts';
import { Command, spec } from '../command/command.ts';
import type { KvError } from '../errors.ts';
import { TimeoutError } from '../errors.ts';
import { LazySet } from '../lazy-collections.ts';
import { Batch, Request } from './request.ts';
import type { RequestTracker } from './request-tracker.ts';

/** The batches that collect commands and were not executed yet. Deadline and signal end them as they end requests. */
export class OpenBatches {
  readonly #tracker: RequestTracker;
  readonly #open = new LazySet<Request>();

  /** @param tracker one without a limit of bytes: the commands count when they are sent */
  constructor(tracker: RequestTracker) {
    this.#tracker = tracker;
  }

  /**
   * Adds a batch that begins to collect. Returns a function for the caller to call when the batch is executed.
   *
   * @param timeout ms; 0 = no limit
   * @param fail called at most once, when the batch must not wait any longer
   */
  add(name: string, fail: (error: Error) => void, timeout: number, signal: Signal | undefined): () => void {
    const request = new Request(new Command(spec(name, 0), [], () => undefined), false, 'never', this.#tracker);
    const batch = new Batch(1, ([end]) => {
      if (end?.ok === false) fail(end.error);
    });
    request.joins(batch, 0);
    if (this.#tracker.open(request, timeout, signal) === undefined) this.#watch(request, timeout);
    return () => {
      if (!request.settled) request.succeed(undefined);
    };
  }

  /** Ends all batches, because they cannot be executed any more. */
  fail(error: (label: AnyCommand) => KvError): void {
    for (const request of [...this.#open]) request.fail(error(request.command));
  }

  #watch(request: Request, timeout: number): void {
    this.#open.add(request);
    request.ended = () => this.#open.delete(request);
    request.cancel = (error) => request.fail(error.code === 'TIMEOUT' ? notExecuted(request, timeout) : error);
  }
}

function notExecuted({ command }: Request, timeout: number): TimeoutError {
  const { name } = command.spec;
  return new TimeoutError(`${name}: execute() was not called in time (${timeout} ms)`, { command: name });
}
