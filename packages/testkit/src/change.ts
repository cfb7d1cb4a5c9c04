/** Lets one waiter sleep until something changed or its time is up. */
export class Change {
  #wake: () => void = () => {};

  /** Wakes the waiter; no one waiting is fine, since a waiter looks before it sleeps. */
  notify(): void {
    this.#wake();
  }

  /** Resolves at the next `notify`, or at `deadline` (of `performance.now()`) at the latest. */
  async before(deadline: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      // a timer counts from the start of the loop's turn, so on a busy machine it can be early
      const sleep = (): void => {
        const left = deadline - performance.now();
        if (left <= 0) resolve();
        else timer = setTimeout(sleep, left);
      };
      sleep();
    });
    clearTimeout(timer);
  }
}
