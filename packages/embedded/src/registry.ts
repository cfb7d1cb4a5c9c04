import { Clock } from './clock.ts';
import { type MemoryAddress, memoryAddress, refusingAddress } from './memory-transport.ts';
import { createService, type EmbeddedProtocol } from './protocols.ts';

/** The servers that have names. */
interface Servers {
  /** Addresses by `protocol:name`, for `embedded:name`. */
  readonly addresses: Map<string, MemoryAddress>;
  /** How many got a name from {@link startedName}. */
  started: number;
}

/** One for all copies of this module in the process: a client of the ESM copy and one of the CommonJS copy share servers. */
function sharedByCopies(): Servers {
  const shared = globalThis as Record<symbol, unknown>;
  const key = Symbol.for('@kv/embedded/1'); // the number names the shape of what is shared: another shape gets another one
  shared[key] ??= { addresses: new Map(), started: 0 } satisfies Servers;
  return shared[key] as Servers;
}

const servers = sharedByCopies();

/** Names that `startedName` gives: a server that is not there any more is gone, not a new one. */
const STARTED = /^started-[0-9]+$/;

/**
 * What an `embedded:` address connects to. Without a name it is a server of its own, empty, as long-lived as the
 * returned address; with a name it is the one of that name in this process, made when first asked for. The url of a
 * started server is refused (`ECONNREFUSED`) once that server is closed.
 *
 * @example
 * const redis = createRedis(connectEmbedded('redis'))            // the same as createRedis('embedded:')
 * const shared = createRedis(connectEmbedded('redis', 'jobs'))   // the same as createRedis('embedded:jobs')
 */
export function connectEmbedded(protocol: EmbeddedProtocol, name?: string): MemoryAddress {
  if (name === undefined || name === '') return memoryAddress(createService(protocol, new Clock()));
  const known = servers.addresses.get(`${protocol}:${name}`);
  if (known !== undefined) return known;
  if (STARTED.test(name)) return refusingAddress;
  const address = memoryAddress(createService(protocol, new Clock()));
  register(protocol, name, address);
  return address;
}

/** A name for a server that has none. */
export function startedName(): string {
  servers.started += 1;
  return `started-${servers.started}`;
}

/** Gives an address a name; returns the function that takes the name away. */
export function register(protocol: EmbeddedProtocol, name: string, address: MemoryAddress): () => void {
  const key = `${protocol}:${name}`;
  servers.addresses.set(key, address);
  return () => servers.addresses.delete(key);
}
