import { createGibson, type Gibson, type GibsonAddress } from '@kv/gibson';
import { keysOf, type Operation, storedUnder } from '../src/model-plan.ts';
import type { RawAddress } from '../src/raw-client.ts';
import { type Backend, type Backends, impatient } from './proxied-session.ts';

class GibsonBackend implements Backend {
  readonly #gibson: Gibson;

  constructor(address: GibsonAddress, keyPrefix: string) {
    this.#gibson = createGibson(address, { ...impatient, keyPrefix, maxSize: 4 });
  }

  async call(operation: Operation, timeout?: number): Promise<string | number | bigint | null> {
    const gibson = timeout === undefined ? this.#gibson : this.#gibson.with({ timeout });
    const [key = ''] = keysOf(operation);
    switch (operation.kind) {
      case 'read':
        return gibson.get(key);
      case 'increment':
        return gibson.inc(key);
      case 'write':
        return gibson.set(key, storedUnder(key, operation.size));
      default:
        return null;
    }
  }

  close(): Promise<void> {
    return this.#gibson.close();
  }
}

/** Clients of a Gibson server, or of several: `addressOf` a port. `direct` reads past the faults. */
export function gibsonBackends(
  target: RawAddress,
  direct: Gibson,
  addressOf: (port: number) => GibsonAddress = (port) => `gibson://127.0.0.1:${port}`,
): Backends {
  return {
    target,
    open: (port, prefix) => new GibsonBackend(addressOf(port), prefix),
    inspect: (keys) => Promise.all(keys.map((key) => direct.get(key))),
  };
}
