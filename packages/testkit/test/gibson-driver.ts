import { createGibson, type Gibson } from '@kv/gibson';
import { keysOf, type Operation, storedUnder } from '../src/model-plan.ts';
import type { RawAddress } from '../src/raw-client.ts';
import { type Backend, type Backends, impatient } from './proxied-session.ts';

class GibsonBackend implements Backend {
  readonly #gibson: Gibson;

  constructor(port: number, keyPrefix: string) {
    this.#gibson = createGibson(`gibson://127.0.0.1:${port}`, { ...impatient, keyPrefix, maxSize: 4 });
  }

  async call(operation: Operation): Promise<string | number | bigint | null> {
    const [key = ''] = keysOf(operation);
    switch (operation.kind) {
      case 'read':
        return this.#gibson.get(key);
      case 'increment':
        return this.#gibson.inc(key);
      case 'write':
        return this.#gibson.set(key, storedUnder(key, operation.size));
      default:
        return null;
    }
  }

  close(): Promise<void> {
    return this.#gibson.close();
  }
}

/** Clients of a Gibson server. `direct` reads past the faults. */
export function gibsonBackends(target: RawAddress, direct: Gibson): Backends {
  return {
    target,
    open: (port, prefix) => new GibsonBackend(port, prefix),
    inspect: (keys) => Promise.all(keys.map((key) => direct.get(key))),
  };
}
