import { createGibson, type Gibson, type GibsonAddress } from '@kv/gibson';
import type * as commands from '@kv/gibson/commands';
import { keysOf, type Operation, storedUnder } from '../src/model-plan.ts';
import type { RawAddress } from '../src/raw-client.ts';
import { type Backend, type Backends, type Impatience, impatient } from './proxied-session.ts';

export type GibsonCommands = typeof commands;

/** How a client is made, and what it is called with. */
export interface GibsonVariation {
  readonly maxQueueBytes?: number | undefined;
  /** Deadline and liveness, where {@link impatient} is too short. */
  readonly times?: Partial<Impatience> | undefined;
  /** Another copy of the package, which makes all commands; default: typed methods. */
  readonly values?: GibsonCommands | undefined;
}

class GibsonBackend implements Backend {
  readonly #gibson: Gibson;
  readonly #values: GibsonVariation['values'];

  constructor(address: GibsonAddress, keyPrefix: string, variation: GibsonVariation) {
    const { maxQueueBytes, times, values } = variation;
    this.#gibson = createGibson(address, { ...impatient, ...times, keyPrefix, maxSize: 4, maxQueueBytes });
    this.#values = values;
  }

  async call(operation: Operation, timeout?: number): Promise<string | number | bigint | null> {
    const gibson = timeout === undefined ? this.#gibson : this.#gibson.with({ timeout });
    const values = this.#values;
    const [key = ''] = keysOf(operation);
    switch (operation.kind) {
      case 'read':
        return values === undefined ? gibson.get(key) : gibson.send(values.get<string>(key));
      case 'increment':
        return values === undefined ? gibson.inc(key) : gibson.send(values.inc(key));
      case 'slow': // without a deadline: its neighbors have theirs
        return gibson.with({ timeout: 0 }).inc(key);
      case 'write': {
        const value = storedUnder(key, operation.size);
        return values === undefined ? gibson.set(key, value) : gibson.send(values.set(key, value));
      }
      default:
        return null;
    }
  }

  close(): Promise<void> {
    return this.#gibson.close();
  }
}

/** How the clients of a driver differ. */
export interface GibsonBackendOptions {
  /** What the client of a plan's variant has of its own. */
  readonly vary?: (variant: number) => GibsonVariation;
  /** Where the client finds a port; default: on 127.0.0.1. */
  readonly addressOf?: (port: number) => GibsonAddress;
}

/** Clients of a Gibson server, or of several. `direct` reads past the faults. */
export function gibsonBackends(
  target: RawAddress,
  direct: Gibson,
  { vary = () => ({}), addressOf = (port) => `gibson://127.0.0.1:${port}` }: GibsonBackendOptions = {},
): Backends {
  return {
    target,
    open: (port, prefix, variant) => new GibsonBackend(addressOf(port), prefix, vary(variant)),
    inspect: (keys) => Promise.all(keys.map((key) => direct.get(key))),
  };
}
