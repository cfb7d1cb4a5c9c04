import { type FaultProxy, faultProxy } from '../src/fault-proxy.ts';
import type { Faults } from '../src/faults.ts';
import type { Ending } from '../src/model-entry.ts';
import type { Operation } from '../src/model-plan.ts';
import type { ModelDriver, ModelSession } from '../src/model-run.ts';
import type { RawAddress } from '../src/raw-client.ts';

/** What a driver must know of a backend: a client through the proxy, and the server's own data past it. */
export interface Backend {
  /**
   * Makes the call with keys that begin with the session's prefix; returns what a read or increment gave. `timeout`: in
   * place of the client's own.
   */
  call(operation: Operation, timeout?: number): Promise<string | number | bigint | null>;
  close(): Promise<void>;
}

/** How to reach a backend. */
export interface Backends {
  /** The real server. */
  readonly target: RawAddress;
  /** A client of what listens on `port` of 127.0.0.1. */
  open(port: number, prefix: string): Backend;
  /** Reads keys past the faults. */
  inspect(keys: readonly string[]): Promise<(string | null)[]>;
}

/** Options for clients under test: short enough that silence costs little. */
export const impatient = {
  timeout: 150,
  connectTimeout: 400,
  backoff: { min: 1, max: 20 },
  liveness: { idle: 1000, grace: 100 },
} as const;

/** What happens to the open connections of a proxy by the names below. */
export const disturbances: readonly string[] = ['cut', 'end', 'half-open', 'stall', 'resume'];

/** Drives a client through a fault proxy of its own. */
export class ProxiedSession implements ModelSession {
  readonly #proxy: FaultProxy;
  readonly #backend: Backend;
  readonly #backends: Backends;
  readonly #prefix: string;

  constructor(proxy: FaultProxy, backends: Backends, prefix: string) {
    this.#proxy = proxy;
    this.#backend = backends.open(proxy.port, prefix);
    this.#backends = backends;
    this.#prefix = prefix;
  }

  get connections(): number {
    return this.#proxy.total;
  }

  async run(operation: Operation, patience?: number): Promise<Ending> {
    try {
      return { how: 'done', value: await this.#backend.call(operation, patience) };
    } catch (error) {
      const { outcome } = error as { outcome?: string };
      if (outcome === 'notSent' || outcome === 'refused' || outcome === 'unknown') return { how: outcome };
      throw error;
    }
  }

  disturb(what: string): void {
    if (what === 'cut') this.#proxy.cut();
    else if (what === 'end') this.#proxy.cut('end');
    else if (what === 'half-open') this.#proxy.halfOpen();
    else if (what === 'stall') this.#proxy.stall();
    else this.#proxy.resume();
  }

  heal(): void {
    this.#proxy.faults = {};
    this.#proxy.cut();
  }

  async inspect(keys: readonly string[]): Promise<(string | null)[]> {
    const stored: (string | null)[] = [];
    for (let i = 0; i < keys.length; i += 1000) {
      stored.push(...(await this.#backends.inspect(keys.slice(i, i + 1000).map((key) => this.#prefix + key))));
    }
    return stored;
  }

  close(): Promise<void> {
    return this.#backend.close();
  }

  dispose(): Promise<void> {
    return this.#proxy.close();
  }
}

let sessions = 0;

/** A driver for {@link checkModel}: each session has its own proxy, client and prefix. */
export function proxiedDriver(backends: Backends): ModelDriver {
  return {
    open: async (connections: readonly Faults[]) => {
      const faults = (_random: unknown, index: number): Faults => connections[index] ?? {};
      return new ProxiedSession(await faultProxy(backends.target, { faults }), backends, `m${sessions++}:`);
    },
  };
}
