import { channel } from 'node:diagnostics_channel';

/** Published on `kv:topology` when a client has a new map of its servers, or sentinels name others. */
export interface TopologyEvent {
  /** Name of the client. */
  readonly client: string;
  /** What made it ask: `first use`, `MOVED`, `connection lost`, `interval`, … */
  readonly cause: string;
  /** The epoch of the cluster, or of the sentinels: it grows with every failover and change of an owner. */
  readonly epoch: number;
  /** How many slots have another owner than before. With sentinels 1 when the primary is another one, else 0. */
  readonly moved: number;
  /** How many servers are named. */
  readonly nodes: number;
}

const topologyChannel = channel('kv:topology');

/** Tells the listeners of `kv:topology`, if there are any. */
export function publishTopology(event: TopologyEvent): void {
  if (topologyChannel.hasSubscribers) topologyChannel.publish(event);
}
