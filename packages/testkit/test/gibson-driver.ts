import { createGibson, type Gibson } from '@kv/gibson';
import { keysOf, type Operation, storedUnder } from '../src/model-plan.ts';
import type { RawAddress } from '../src/raw-client.ts';
import { type Backend, type Backends, impatient } from './proxied-session.ts';

class GibsonBackend implements Backend {
  readonly #gibson: Gibson;

  constructor(port: number, keyPrefix: string) {
    this.#gibson = createGibson(`gibson://127.0.0.1:${port}`, { ...impatient, keyPrefix, maxSize: 4 });
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

/** Clients of a Gibson server. `direct` reads past the faults. */
export function gibsonBackends(target: RawAddress, direct: Gibson): Backends {
  return {
    target,
    open: (port, prefix) => new GibsonBackend(port, prefix),
    inspect: (keys) => Promise.all(keys.map((key) => direct.get(key))),
  };
}
