/** One attempt to connect, which ends when its connection is over, whatever it waits for. */
export class Opening {
  #phase = 'connecting';
  /** While the attempt lasts: kept for longer, it would take more memory than the connection. */
  #over: AbortController | undefined;

  /** What is being done, such as `looking up the name`. */
  get phase(): string {
    return this.#phase;
  }

  /** Something else is being done now. */
  enter(phase: string): void {
    this.#phase = phase;
  }

  /**
   * Settles as the attempt does, or rejects with the reason of {@link abort} when that is first. To be called once.
   *
   * @param attempt its signal is aborted when the connection is over
   */
  async run(attempt: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const over = new AbortController();
    const { signal } = over;
    this.#over = over;
    try {
      await Promise.race([attempt(signal), aborted(signal)]);
    } finally {
      this.#over = undefined;
    }
  }

  /** The connection is over. */
  abort(reason: Error): void {
    this.#over?.abort(reason);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
