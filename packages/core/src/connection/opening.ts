/** One attempt to connect, which ends when its connection is over, whatever it waits for. */
export class Opening {
  #phase = 'connecting';
  readonly #over = new AbortController();

  /** What is being done, such as `looking up the name`. */
  get phase(): string {
    return this.#phase;
  }

  /** Something else is being done now. */
  enter(phase: string): void {
    this.#phase = phase;
  }

  /** Aborted when the connection is over. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** Settles as the attempt does, or rejects with the reason of {@link abort} when that is first. */
  async run(attempt: () => Promise<void>): Promise<void> {
    const { signal } = this.#over;
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    await Promise.race([attempt(), aborted]);
  }

  /** The connection is over. */
  abort(reason: Error): void {
    this.#over.abort(reason);
  }
}
