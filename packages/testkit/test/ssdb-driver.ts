import type * as source from '@kv/ssdb';
import { createSsdb, type Ssdb, type SsdbAddress } from '@kv/ssdb';
import { keysOf, type Operation, storedUnder } from '../src/model-plan.ts';
import type { RawAddress } from '../src/raw-client.ts';
import { type Backend, type Backends, type Impatience, impatient } from './proxied-session.ts';

export type SsdbModule = typeof source;

/** How a client is made, and what it is called with. */
export interface SsdbVariation {
  readonly maxQueueBytes?: number | undefined;
  /** How many connections the client has; default: its own. */
  readonly connections?: number | undefined;
  /** Deadline and liveness, where {@link impatient} is too short. */
  readonly times?: Partial<Impatience> | undefined;
  /** Another copy of the package, which makes all commands; default: typed methods. */
  readonly values?: SsdbModule | undefined;
}

class SsdbBackend implements Backend {
  readonly #ssdb: Ssdb;
  readonly #values: SsdbVariation['values'];

  constructor(address: SsdbAddress, keyPrefix: string, variation: SsdbVariation) {
    const { maxQueueBytes, times, values, connections } = variation;
    this.#ssdb = createSsdb(address, { ...impatient, ...times, keyPrefix, maxQueueBytes, connections });
    this.#values = values;
  }

  async call(operation: Operation, timeout?: number): Promise<string | number | bigint | null> {
    const ssdb = timeout === undefined ? this.#ssdb : this.#ssdb.with({ timeout });
    const keys = keysOf(operation);
    const [first = ''] = keys;
    switch (operation.kind) {
      case 'read':
        return this.#read(ssdb, first);
      case 'increment':
        return this.#count(ssdb, first);
      case 'slow': // without a deadline: its neighbors have theirs
        return this.#count(ssdb.with({ timeout: 0 }), first);
      case 'write':
        return this.#write(ssdb, first, storedUnder(first, operation.size));
      case 'transaction': // one command that stores all or none
        return String(await ssdb.multiSet(new Map(keys.map((key) => [key, storedUnder(key, operation.size)]))));
      default:
        return null;
    }
  }

  close(): Promise<void> {
    return this.#ssdb.close();
  }

  async #read(ssdb: Ssdb, key: string): Promise<string | null> {
    if (this.#values === undefined) return ssdb.get(key);
    const { status, body } = await ssdb.send(this.#values.command('get', key));
    return status === 'ok' ? String(body[0]) : null;
  }

  async #count(ssdb: Ssdb, key: string): Promise<number | bigint> {
    if (this.#values === undefined) return ssdb.incr(key);
    const { body } = await ssdb.send(this.#values.command('incr', key, 1));
    return Number(body[0]);
  }

  async #write(ssdb: Ssdb, key: string, value: string): Promise<string> {
    if (this.#values === undefined) return String(await ssdb.set(key, value));
    const { status } = await ssdb.send(this.#values.command('set', key, value));
    return status;
  }
}

/** How the clients of a driver differ. */
export interface SsdbBackendOptions {
  /** What the client of a plan's variant has of its own. */
  readonly vary?: (variant: number) => SsdbVariation;
  /** Where the client finds a port; default: on 127.0.0.1. */
  readonly addressOf?: (port: number) => SsdbAddress;
}

/** Clients of an SSDB server, or of several. `direct` reads past the faults. */
export function ssdbBackends(
  target: RawAddress,
  direct: Ssdb,
  { vary = () => ({}), addressOf = (port) => `ssdb://127.0.0.1:${port}` }: SsdbBackendOptions = {},
): Backends {
  return {
    target,
    open: (port, prefix, variant) => new SsdbBackend(addressOf(port), prefix, vary(variant)),
    inspect: async (keys) => {
      const found = await direct.multiGet(...keys);
      return keys.map((key) => found.get(key) ?? null);
    },
  };
}
