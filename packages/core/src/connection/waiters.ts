/** Those who wait for the same thing. */
export class Waiters {
  /** Made for the first one: most connections are never waited for. */
  #waiting: (() => void)[] | undefined;

  /** How many there are. */
  get length(): number {
    return this.#waiting?.length ?? 0;
  }

  /** Resolves with the next {@link wake}. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting ??= [];
      this.#waiting.push(resolve);
    });
  }

  /** It has happened. */
  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    for (const resolve of waiting ?? []) resolve();
  }
}
