/** Servers inside the process that speak Redis, SSDB and Gibson. */
export type { GibsonLimits } from './gibson/limits.ts';
export type { Endpoint } from './listen.ts';
export type { MemoryAddress, MemoryTransport, MemoryTransportEvents } from './memory-transport.ts';
export type { EmbeddedProtocol } from './protocols.ts';
export type { RedisSettings } from './redis/server.ts';
export type { ClusterSettings, EmbeddedCluster, EmbeddedNode } from './redis/start-cluster.ts';
export { connectEmbedded } from './registry.ts';
export type { SsdbSettings } from './ssdb/server.ts';
export {
  type Embedded,
  type EmbeddedAddress,
  type EmbeddedClusterServer,
  type EmbeddedOptions,
  type EmbeddedServer,
  startEmbedded,
} from './start.ts';
