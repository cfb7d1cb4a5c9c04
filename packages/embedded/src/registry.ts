import { Clock } from './clock.ts';
import { type MemoryAddress, memoryAddress } from './memory-transport.ts';
import type { Service } from './peer.ts';
import { createService, type EmbeddedProtocol } from './protocols.ts';

/** Services by `protocol:name`, for `embedded:name` addresses. */
const services = new Map<string, Service>();

/**
 * What an `embedded:` address connects to. Without a name it is a server of its own, empty, as long-lived as the
 * returned address; with a name it is the one of that name in this process, made when first asked for.
 *
 * @example
 * const redis = createRedis(connectEmbedded('redis'))            // the same as createRedis('embedded:')
 * const shared = createRedis(connectEmbedded('redis', 'jobs'))   // the same as createRedis('embedded:jobs')
 */
export function connectEmbedded(protocol: EmbeddedProtocol, name?: string): MemoryAddress {
  if (name === undefined || name === '') return memoryAddress(createService(protocol, new Clock()));
  const key = `${protocol}:${name}`;
  const known = services.get(key) ?? createService(protocol, new Clock());
  services.set(key, known);
  return memoryAddress(known);
}

/** Gives a service a name for as long as it runs; returns the function that takes the name away. */
export function register(protocol: EmbeddedProtocol, name: string, service: Service): () => void {
  const key = `${protocol}:${name}`;
  services.set(key, service);
  return () => services.delete(key);
}
