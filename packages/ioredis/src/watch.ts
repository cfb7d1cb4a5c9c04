import type { Redis as KvRedis, RedisSession } from '@kv/redis';

/** The connection that watches keys, from WATCH to EXEC, DISCARD or UNWATCH. */
export class Watch {
  #session: Promise<RedisSession> | undefined;

  /** The connection, while keys are watched. */
  get session(): Promise<RedisSession> | undefined {
    return this.#session;
  }

  /** Watches keys, with their prefix. */
  async add(kv: KvRedis, keys: readonly (string | Uint8Array)[]): Promise<'OK'> {
    this.#session ??= kv.session();
    return (await this.#session).watch([...keys] as string[]);
  }

  /** All commands go to the client again. */
  end(): void {
    const session = this.#session;
    this.#session = undefined;
    void session?.then(
      (one) => one.release(),
      () => undefined,
    );
  }
}
