import type { Redis as KvRedis, RedisSession } from '@kv/redis';

/** Where calls go: the client, or the connection that watches keys. */
export type Target = KvRedis | RedisSession;

/** The connection that watches keys, from WATCH to EXEC, DISCARD or UNWATCH. */
export class Watch {
  #session: Promise<RedisSession> | undefined;
  /** The WATCH that was sent last. */
  #watching: Promise<'OK'> | undefined;

  /** The connection, while keys are watched. */
  get session(): Promise<RedisSession> | undefined {
    return this.#session;
  }

  /** Watches keys, with their prefix. */
  add(kv: KvRedis, keys: readonly (string | Uint8Array)[]): Promise<'OK'> {
    const opened = this.#session ?? kv.session(keys[0] === undefined ? {} : { key: keys[0] });
    this.#session = opened;
    this.#watching = this.#send(opened, keys);
    return this.#watching;
  }

  async #send(opened: Promise<RedisSession>, keys: readonly (string | Uint8Array)[]): Promise<'OK'> {
    let session: RedisSession | undefined;
    try {
      session = await opened;
      return await session.watch([...keys] as string[]);
    } catch (error) {
      if (session?.closed !== false && this.#session === opened) this.end(); // later commands need not fail
      throw error;
    }
  }

  /**
   * Where a call goes that is no transaction: behind WATCH on its connection. It goes to the client when that connection
   * is lost, of which EXEC tells, and in a cluster, because its keys may be those of another server.
   */
  async targetOf(kv: KvRedis, isCluster: boolean): Promise<Target> {
    const session = isCluster ? this.#watching?.then(() => undefined) : this.#session;
    const open = await session?.catch(() => undefined);
    return open?.closed === false ? open : kv;
  }

  /** All commands go to the client again. */
  end(): void {
    const session = this.#session;
    this.#session = undefined;
    this.#watching = undefined;
    void session?.then(
      (one) => one.release(),
      () => undefined,
    );
  }
}
