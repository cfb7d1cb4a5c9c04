import { channel } from 'node:diagnostics_channel';

/** Published on `kv:topology` when a client has a new map of its servers. */
export interface TopologyEvent {
  /** Name of the client. */
  readonly client: string;
  /** What made it ask: `first use`, `MOVED`, `connection lost`, `interval`, … */
  readonly cause: string;
  /** The cluster's epoch: it grows with every failover and change of an owner. */
  readonly epoch: number;
  /** How many slots have another owner than before. */
  readonly moved: number;
  /** How many servers the map names. */
  readonly nodes: number;
}

const topologyChannel = channel('kv:topology');

/** Tells the listeners of `kv:topology`, if there are any. */
export function publishTopology(event: TopologyEvent): void {
  if (topologyChannel.hasSubscribers) topologyChannel.publish(event);
}
