import type { ConnectionEvent, Redis as KvRedis } from '@kv/redis';

/** Whether a connection for channels can be opened, as far as is known. */
export class Reachability {
  #failed = false;
  readonly #waiting = new Set<() => void>();

  /** Takes what is known from the events of a client, from now on. */
  follow(client: KvRedis): void {
    this.#failed = false;
    client.on('connection', (event) => this.#heard(event));
    client.on('discoveryFailed', () => this.#wake());
  }

  /** Resolves with a promise, or when an attempt to connect fails: at once when the last one did. */
  async unlessFailing(wait: Promise<void>): Promise<void> {
    if (this.#failed) return;
    await new Promise<void>((resolve) => {
      this.#waiting.add(resolve);
      void wait.then(() => {
        this.#waiting.delete(resolve);
        resolve();
      });
    });
  }

  #heard({ event, pool }: ConnectionEvent): void {
    if (pool !== 'streams') return;
    if (event === 'ready') this.#failed = false;
    if (event !== 'failed') return;
    this.#failed = true;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
