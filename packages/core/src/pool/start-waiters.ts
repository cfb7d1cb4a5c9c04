/** Those who wait until a pool has its first connections. */
export class StartWaiters {
  #waiters: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];

  /** Resolves with {@link ready}, rejects with {@link failed}, whichever comes next. */
  add(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
  }

  /** The pool has as many connections as it keeps. */
  ready(): void {
    for (const { resolve } of this.#waiters.splice(0)) resolve();
  }

  /** An attempt to connect failed, or the pool was closed. */
  failed(error: Error): void {
    for (const { reject } of this.#waiters.splice(0)) reject(error);
  }
}
