import { clearTimeout, type Request, RequestQueue, setTimeout, type Timer } from '@kv/core';

/** Timers of one router, which end with it. They do not keep the process: the deadlines of calls do. */
export class Pauses {
  readonly #timers = new Set<Timer>();

  /** Calls back after a time, ms, unless it is closed before. */
  after(milliseconds: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, milliseconds);
    timer.unref();
    this.#timers.add(timer);
  }

  /** Holds calls for a time, ms, under their deadlines. `send` is not called when they have ended meanwhile. */
  hold(milliseconds: number, calls: readonly Request[], send: () => void): void {
    const queue = new RequestQueue();
    for (const call of calls) queue.push(call);
    this.after(milliseconds, () => {
      if (queue.drain().length === calls.length) send();
    });
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
