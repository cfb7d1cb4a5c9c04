import { createSsdb, type Ssdb, type SsdbAddress } from '@kv/ssdb';
import { keysOf, type Operation, storedUnder } from '../src/model-plan.ts';
import type { RawAddress } from '../src/raw-client.ts';
import { type Backend, type Backends, impatient } from './proxied-session.ts';

class SsdbBackend implements Backend {
  readonly #ssdb: Ssdb;

  constructor(address: SsdbAddress, keyPrefix: string) {
    this.#ssdb = createSsdb(address, { ...impatient, keyPrefix });
  }

  async call(operation: Operation, timeout?: number): Promise<string | number | bigint | null> {
    const ssdb = timeout === undefined ? this.#ssdb : this.#ssdb.with({ timeout });
    const keys = keysOf(operation);
    const [first = ''] = keys;
    switch (operation.kind) {
      case 'read':
        return ssdb.get(first);
      case 'increment':
        return ssdb.incr(first);
      case 'write':
        return String(await ssdb.set(first, storedUnder(first, operation.size)));
      case 'transaction': // one command that stores all or none
        return String(await ssdb.multiSet(new Map(keys.map((key) => [key, storedUnder(key, operation.size)]))));
      default:
        return null;
    }
  }

  close(): Promise<void> {
    return this.#ssdb.close();
  }
}

/** Clients of an SSDB server, or of several: `addressOf` a port. `direct` reads past the faults. */
export function ssdbBackends(
  target: RawAddress,
  direct: Ssdb,
  addressOf: (port: number) => SsdbAddress = (port) => `ssdb://127.0.0.1:${port}`,
): Backends {
  return {
    target,
    open: (port, prefix) => new SsdbBackend(addressOf(port), prefix),
    inspect: async (keys) => {
      const found = await direct.multiGet(...keys);
      return keys.map((key) => found.get(key) ?? null);
    },
  };
}
