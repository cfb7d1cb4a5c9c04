import { ClosedError } from '../errors.ts';
import type { OpenBatches } from '../request/open-batches.ts';
import type { RequestTracker } from '../request/request-tracker.ts';
import { LONGEST_TIMER } from '../request/timer-limits.ts';
import { clearTimeout, monotonicNow, setTimeout, type Timer } from '../timers.ts';
import { type BlockingCalls, closedError } from './blocking-calls.ts';
import type { Delays } from './delays.ts';
import type { Router } from './router.ts';

/** What closing a client ends. */
export interface ClosingHost {
  readonly tracker: RequestTracker;
  /** Of the library's own calls. */
  readonly internals: RequestTracker;
  readonly batches: OpenBatches;
  router(): Router;
  /** What the client and its views have under way. */
  calls(): readonly { readonly blocking: BlockingCalls | undefined; readonly delays: Delays | undefined }[];
  become(to: 'closing' | 'closed'): void;
}

/** How long `close` waits for what is under way: the shortest of the times that its calls have given counts. */
export class ClosingWait {
  #due = Number.POSITIVE_INFINITY;
  #timer: Timer | undefined;
  #stop: () => void = () => undefined;

  /** Lets the wait end after so many ms, if it would take longer. */
  limit(timeout: number): void {
    const due = monotonicNow() + timeout;
    if (due >= this.#due) return;
    this.#due = due;
    clearTimeout(this.#timer);
    if (timeout <= 0) this.#stop();
    else this.#timer = setTimeout(() => this.#stop(), Math.min(timeout, LONGEST_TIMER));
  }

  /** Waits until this is done, or the time is over. */
  async until(done: Promise<unknown>): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      this.#stop = resolve;
    });
    await Promise.race([done, stopped]);
  }

  /** There is nothing more to wait for. */
  end(): void {
    clearTimeout(this.#timer);
    this.#due = Number.NEGATIVE_INFINITY;
  }
}

/** Lets what is under way end, as long as `wait` allows, then ends everything. */
export async function closeClient(host: ClosingHost, wait: ClosingWait, timeout: number): Promise<void> {
  const { tracker, internals, batches } = host;
  host.become('closing');
  batches.fail(closedError);
  const error = new ClosedError('The client was closed');
  for (const { delays } of host.calls()) delays?.endAll(closedError);
  for (const endpoint of host.router().endpoints) {
    endpoint.poolInUse('blocking')?.dismiss(error);
    endpoint.streams.close(error);
  }
  await (timeout > 0 ? callsEnded(host, wait) : undefined); // the client is known to be closing before its servers go
  wait.end();
  const router = host.router();
  router.close?.(error);
  for (const endpoint of router.endpoints) endpoint.close(error);
  tracker.stop();
  internals.stop();
  host.become('closed');
}

/** Waits for what is under way; blocking commands would not end by themselves. */
async function callsEnded(host: ClosingHost, wait: ClosingWait): Promise<void> {
  for (const { blocking } of host.calls()) blocking?.cancelAll(closedError);
  for (const endpoint of host.router().endpoints) endpoint.cancelBlocking(closedError);
  await wait.until(host.tracker.idle());
}
