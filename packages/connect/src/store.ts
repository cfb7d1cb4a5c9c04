// oxlint-disable typescript/no-misused-promises -- express-session ignores what its stores return; people may await it
import process from 'node:process';
import type { KeyValue } from '@kv/core';
import { type SessionData, Store } from 'express-session';

/** How sessions become text; `JSON` fits. */
export interface SessionSerializer {
  /** A session as text. */
  stringify(session: SessionData): string;
  /** A session from its text. */
  parse(text: string): SessionData;
}

/** Options of {@link KvStore}. */
export interface KvStoreOptions {
  /**
   * Milliseconds that a session lives whose cookie has no end, or a function that says it for every session. A session to
   * which the function gives 0 or less is removed.
   *
   * @default a day, or the longest time that the server keeps if that is less
   */
  readonly ttl?: number | ((session: SessionData) => number) | undefined;
  /**
   * Whether a request prolongs its session (`touch`).
   *
   * @default true
   */
  readonly touch?: boolean | undefined;
  /**
   * How sessions become text.
   *
   * @default JSON
   */
  readonly serializer?: SessionSerializer | undefined;
}

/** Takes the error of a call, or what it gave. */
export type SessionCallback<T> = (error: unknown, result?: T) => void;

const DAY = 86_400_000;

/**
 * Session store of express-session on any server of the family. Every method gives a promise, and takes a callback as
 * well. Give the `KeyValue` a prefix: `clear`, `all`, `ids` and `length` mean everything below it.
 *
 * @example
 * import { createRedis, keyValue } from '@kv/redis'
 *
 * const redis = createRedis('redis://localhost')
 * const store = new KvStore(keyValue(redis, { prefix: 'sess:' })) // session({ store, secret, resave: false })
 */
export class KvStore extends Store {
  readonly #kv: KeyValue;
  readonly #ttl: number | ((session: SessionData) => number);
  readonly #touch: boolean;
  readonly #serializer: SessionSerializer;

  constructor(kv: KeyValue, options: KvStoreOptions = {}) {
    super();
    this.#kv = kv;
    this.#ttl = options.ttl ?? Math.min(DAY, kv.capabilities.maxTtl);
    this.#touch = options.touch ?? true;
    this.#serializer = options.serializer ?? JSON;
  }

  /** The session, `null` when there is none. */
  override get(sid: string, callback?: SessionCallback<SessionData | null>): Promise<SessionData | null> {
    return answer(this.#get(sid), callback);
  }

  /** Keeps a session until the end of its cookie, or for the `ttl` of the options. */
  override set(sid: string, session: SessionData, callback?: SessionCallback<void>): Promise<void> {
    return answer(this.#set(sid, session), callback);
  }

  /** Prolongs a session. */
  override touch(sid: string, session: SessionData, callback?: SessionCallback<void>): Promise<void> {
    return answer(this.#prolong(sid, session), callback);
  }

  /** Removes a session. */
  override destroy(sid: string, callback?: SessionCallback<void>): Promise<void> {
    return answer(ended(this.#kv.del(sid)), callback);
  }

  /** Removes all sessions. */
  override clear(callback?: SessionCallback<void>): Promise<void> {
    return answer(ended(this.#kv.clear('')), callback);
  }

  /** How many sessions there are. It walks through all of them. */
  override length(callback?: SessionCallback<number>): Promise<number> {
    return answer(
      this.#ids().then((ids) => ids.length),
      callback,
    );
  }

  /** The ids of all sessions. */
  ids(callback?: SessionCallback<string[]>): Promise<string[]> {
    return answer(this.#ids(), callback);
  }

  /** All sessions, each with its `id`. */
  override all(
    callback?: SessionCallback<(SessionData & { id: string })[]>,
  ): Promise<(SessionData & { id: string })[]> {
    return answer(this.#all(), callback);
  }

  async #get(sid: string): Promise<SessionData | null> {
    const text = await this.#kv.get(sid);
    return text === null ? null : this.#parse(text);
  }

  async #set(sid: string, session: SessionData): Promise<void> {
    await this.#kv.set(sid, this.#serializer.stringify(session), this.#endOf(session));
  }

  async #prolong(sid: string, session: SessionData): Promise<void> {
    if (!this.#touch) return;
    const { ttl, expiresAt } = this.#endOf(session);
    await (ttl === undefined ? this.#kv.expireAt(sid, expiresAt) : this.#kv.expire(sid, ttl));
  }

  /** A session whose cookie or time has ended is removed. */
  #endOf(session: SessionData): { ttl: number; expiresAt?: never } | { ttl?: never; expiresAt: number } {
    if (typeof this.#ttl === 'function') return endIn(this.#ttl(session));
    const { expires } = session.cookie ?? {};
    return expires ? { expiresAt: new Date(expires).getTime() } : { ttl: this.#ttl };
  }

  /** Each once: Redis may list a key twice. */
  async #ids(): Promise<string[]> {
    const ids = new Set<string>();
    for await (const id of this.#kv.keys()) ids.add(id);
    return [...ids];
  }

  async #all(): Promise<(SessionData & { id: string })[]> {
    const sessions = new Map<string, SessionData & { id: string }>();
    for await (const [id, text] of this.#kv.entries()) sessions.set(id, { ...this.#parse(text), id });
    return [...sessions.values()];
  }

  /** The error of `JSON.parse` quotes the data, which belongs into no log; a serializer of users says what it likes. */
  #parse(text: string): SessionData {
    try {
      return this.#serializer.parse(text);
    } catch (error) {
      const message = 'session: the serializer cannot read a stored value; give sessions a prefix of their own';
      throw new Error(message, this.#serializer === JSON ? {} : { cause: error });
    }
  }
}

/** An end now is that of a session without time left. */
function endIn(ttl: number): { ttl: number; expiresAt?: never } | { ttl?: never; expiresAt: number } {
  if (typeof ttl !== 'number') throw new TypeError(`ttl: expected milliseconds from the function, got ${typeof ttl}`);
  return ttl > 0 || Number.isNaN(ttl) ? { ttl } : { expiresAt: 0 };
}

async function ended(call: Promise<unknown>): Promise<void> {
  await call;
}

/**
 * Gives the result to the callback as well. What the callback throws is not taken for a failure of the call, and a failure
 * that it is told is no unhandled rejection.
 */
function answer<T>(call: Promise<T>, callback: SessionCallback<T> | undefined): Promise<T> {
  if (callback === undefined) return call;
  call.then(
    (result) => process.nextTick(callback, null, result),
    (error: unknown) => process.nextTick(callback, error),
  );
  return call;
}
