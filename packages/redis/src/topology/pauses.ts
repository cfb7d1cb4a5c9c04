import { clearTimeout, type Request, RequestQueue, setTimeout, type Timer } from '@kv/core';

/** So many redirects are followed at once; later ones only after a pause. */
export const FREE_REDIRECTS = 3;

/** Shortest and longest pause between redirects, ms. */
const REDIRECT_PAUSE = { min: 10, max: 250 } as const;

/** The pause before a call is sent on after so many redirects, ms. */
export function pauseAfter(redirects: number): number {
  const { min, max } = REDIRECT_PAUSE;
  return jittered(Math.min(min * 2 ** Math.max(redirects - FREE_REDIRECTS, 0), max));
}

/** Between half and all of it, so that many do not come at once. */
function jittered(milliseconds: number): number {
  return milliseconds * (0.5 + Math.random() / 2);
}

/** Timers of one router, which end with it. They do not keep the process: the deadlines of calls do. */
export class Pauses {
  readonly #timers = new Set<Timer>();
  readonly #held = new Set<RequestQueue>();

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
    this.#held.add(queue);
    this.after(milliseconds, () => {
      this.#held.delete(queue);
      if (queue.drain().length === calls.length) send();
    });
  }

  /** Ends the timers. Returns the calls that were held and have not ended. */
  close(): Request[] {
    for (const timer of this.#timers) clearTimeout(timer);
    return [...this.#held].flatMap((queue) => queue.drain());
  }
}

/** Resolves after a time, ms. It does not keep the process: the deadlines of calls do. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.max(milliseconds, 0)).unref();
  });
}
