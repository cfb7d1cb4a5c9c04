/** A timer that is later than this, ms, says that the machine is too busy to judge by time. */
const CALM = 15;

const TICK = 5;

/** However busy the machine is, so many times the calm time is enough. */
const PATIENCE = 20;

/**
 * Counts the time in which the event loop turned in time.
 *
 * A round trip takes about ten turns of it, since client, proxy and server are one process. On a machine that is busy with
 * other things that is longer than what the client was told to wait for a connection or a probe, again and
 * again, and says nothing about the client. So only calm time counts against it.
 */
export class CalmClock implements Disposable {
  readonly #timer: NodeJS.Timeout;
  #last = performance.now();
  #calm = 0;
  /** When the machine was busy, and for how long, ms. */
  readonly #busy: { readonly until: number; readonly ms: number }[] = [];

  constructor() {
    this.#timer = setInterval(() => this.#tick(), TICK);
    this.#timer.unref();
  }

  /** Calm milliseconds until now. */
  now(): number {
    return this.#calm;
  }

  /** Whether `limit` calm milliseconds, or far more of any kind, have passed since then. */
  isOver(limit: number, calm: number, began: number): boolean {
    return this.#calm - calm > limit || performance.now() - began > limit * PATIENCE;
  }

  /** The longest time in which the machine was busy with other things since a time of `performance.now()`, ms. */
  longestStall(since: number): number {
    const from = this.#busy.findLastIndex(({ until }) => until < since) + 1;
    return this.#busy.slice(from).reduce((longest, { ms }) => Math.max(longest, ms), 0);
  }

  /** False when the limit is over first, see {@link isOver}. A function says what the limit is by now. */
  async settles(promise: Promise<unknown>, limit: number | (() => number)): Promise<boolean> {
    const by = typeof limit === 'number' ? (): number => limit : limit;
    const [calm, began] = [this.#calm, performance.now()];
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      const look = (): void => {
        if (this.isOver(by(), calm, began)) resolve(false);
        else timer = setTimeout(look, by() - (this.#calm - calm) + TICK);
      };
      timer = setTimeout(look, by());
    });
    const settled = await Promise.race([promise.then(() => true), late]);
    clearTimeout(timer);
    return settled;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const now = performance.now();
    if (now - this.#last < TICK + CALM) this.#calm += now - this.#last;
    else this.#busy.push({ until: now, ms: now - this.#last });
    this.#last = now;
  }
}
