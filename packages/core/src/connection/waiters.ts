/** Those who wait for the same thing. */
export class Waiters {
  #waiting: (() => void)[] = [];

  /** How many there are. */
  get length(): number {
    return this.#waiting.length;
  }

  /** Resolves with the next {@link wake}. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** It has happened. */
  wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
