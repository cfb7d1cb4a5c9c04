interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

const NO_WAITERS: readonly Waiter[] = [];

/** Those who wait until a pool has its first connections. */
export class StartWaiters {
  #waiters: readonly Waiter[] = NO_WAITERS;

  /** Resolves with {@link ready}, rejects with {@link failed}, whichever comes next. */
  add(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters = [...this.#waiters, { resolve, reject }];
    });
  }

  /** The pool has as many connections as it keeps. */
  ready(): void {
    for (const { resolve } of this.#take()) resolve();
  }

  /** An attempt to connect failed, or the pool was closed. */
  failed(error: Error): void {
    for (const { reject } of this.#take()) reject(error);
  }

  #take(): readonly Waiter[] {
    const waiters = this.#waiters;
    this.#waiters = NO_WAITERS;
    return waiters;
  }
}
