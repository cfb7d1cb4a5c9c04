import { monotonicNow, nextTick } from '../timers.ts';

/**
 * Milliseconds since an arbitrary start, as whole numbers, read at most once per turn of the event loop (and every
 * 256 reads in a long turn): a command costs no system call.
 */
export class Clock {
  #now = 0;
  #fresh = false;
  #reads = 0;
  readonly #expire = (): void => {
    this.#fresh = false;
  };

  now(): number {
    if (this.#fresh && (++this.#reads & 255) !== 0) return this.#now;
    if (!this.#fresh) nextTick(this.#expire);
    this.#fresh = true;
    this.#now = Math.round(monotonicNow());
    return this.#now;
  }
}
