/** When no server of a cluster can be reached: what is told, how long is waited, and when the client gives up. */
import type { ConnectionEvent } from '@kv/redis';

/** Asked after each round in which all servers have failed: ms until the next one, or no number to give up. */
export type ClusterRetryStrategy = (times: number, reason?: Error) => unknown;

/** Who has the servers. */
export interface UnreachableHost {
  /** How many servers there are to try. */
  servers(): number;
  readonly strategy: ClusterRetryStrategy | null;
  /** A round is over. @param delayMs until the next one; absent: there is none */
  roundFailed(reason: Error, delayMs: number | undefined): void;
}

/** What ioredis says when no server of a cluster answers. */
export const NONE_AVAILABLE = 'None of startup nodes is available';

/** Follows attempts to connect to the servers of a cluster. */
export class Unreachable {
  readonly #host: UnreachableHost;
  readonly #failed = new Set<string>();
  #rounds = 0;
  #delayMs: number | undefined;

  constructor(host: UnreachableHost) {
    this.#host = host;
  }

  /** How many rounds in a row have failed. */
  get rounds(): number {
    return this.#rounds;
  }

  /** Ms until a server is tried again, which has failed this often. */
  backoff(failures: number): number {
    return this.#delayMs ?? Math.min(failures * 50, 2000);
  }

  /** Takes what the client tells of its connections. */
  heard({ event, address, cause }: ConnectionEvent): void {
    if (event === 'ready') this.#reached();
    if (event !== 'failed') return;
    this.#failed.add(address);
    if (this.#failed.size < this.#host.servers()) return;
    this.#failed.clear();
    this.#roundFailed(new Error(NONE_AVAILABLE, { cause }));
  }

  #reached(): void {
    this.#failed.clear();
    this.#rounds = 0;
    this.#delayMs = undefined;
  }

  #roundFailed(reason: Error): void {
    this.#rounds++;
    const delay = this.#host.strategy?.(this.#rounds, reason);
    this.#delayMs = typeof delay === 'number' ? delay : undefined;
    this.#host.roundFailed(reason, this.#delayMs);
  }
}
