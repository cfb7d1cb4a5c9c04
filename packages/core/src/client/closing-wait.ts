import { LONGEST_TIMER } from '../request/timer-limits.ts';
import { clearTimeout, monotonicNow, setTimeout, type Timer } from '../timers.ts';

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
