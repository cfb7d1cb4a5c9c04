import type { KvError } from '../errors.ts';
import type { RequestTracker } from '../request/request-tracker.ts';
import type { CommandStats } from '../request/stats.ts';
import type { ConnectionEvent, Endpoint } from './endpoint.ts';
import type { PoolName } from './endpoint-pools.ts';

/** Where a client is in its life. */
export type ClientState = 'idle' | 'connecting' | 'ready' | 'reconnecting' | 'closing' | 'closed';

/** Told to listeners of `state`. */
export interface StateChange {
  readonly from: ClientState;
  readonly to: ClientState;
  readonly cause?: KvError | undefined;
}

/** Told to listeners of `discoveryFailed`. */
export interface DiscoveryFailure {
  readonly cause: KvError;
}

/** The events of a client, a pool or a raw connection, with what their listeners get. */
export interface ClientEvents {
  /** It is somewhere else in its life. */
  readonly state: (change: StateChange) => void;
  /** An attempt to connect began, succeeded, failed or waits; a connection was lost or closed. */
  readonly connection: (event: ConnectionEvent) => void;
  /**
   * The servers were looked for and not found: no sentinel named a primary, or no server of the cluster gave its map. The
   * client looks for them again, and tells each failure. Clients of servers with fixed addresses never tell it.
   */
  readonly discoveryFailed: (failure: DiscoveryFailure) => void;
}

/** Connections of one pool. */
export interface PoolStats {
  readonly size: number;
  readonly leased: number;
  /** Requests that wait for a connection. */
  readonly waiting: number;
}

/** Connections by pool. */
export type ConnectionStats = Readonly<Record<Exclude<PoolName, 'bulk'>, PoolStats>> & {
  /** For large calls; absent until there was one. */
  readonly bulk?: PoolStats | undefined;
};

/** One of the servers of a client. */
export interface NodeStats {
  /** The server's own id, or the name that the user gave it; absent where a client has one server. */
  readonly name?: string | undefined;
  /** Without user and password. */
  readonly address: string;
  readonly role?: 'primary' | 'replica' | undefined;
  /** Whether it has a connection that works. */
  readonly ready: boolean;
  /** Why the last attempt to connect failed; absent after a success. */
  readonly lastError?: KvError | undefined;
  readonly connections: ConnectionStats;
}

/** A look inside a client. */
export interface ClientStats {
  readonly state: ClientState;
  /** Requests that have not ended. */
  readonly pending: number;
  /** Bytes that wait to be written. */
  readonly queuedBytes: number;
  /** Connections by pool, to all servers together. */
  readonly connections: ConnectionStats;
  /** The same server by server. */
  readonly nodes: readonly NodeStats[];
  readonly commands: Readonly<Record<string, CommandStats>>;
}

/** A look inside a client that is in this state and has these servers. */
export function clientStats(
  state: ClientState,
  { pending, queuedBytes, stats }: RequestTracker,
  endpoints: readonly Endpoint[],
): ClientStats {
  return {
    state,
    pending,
    queuedBytes,
    connections: connectionStats(endpoints),
    nodes: endpoints.map(nodeStats),
    commands: stats.read(),
  };
}

/** Connections to these servers together. */
function connectionStats(endpoints: readonly Endpoint[]): ConnectionStats {
  const pool = (name: PoolName): PoolStats => {
    const total = { size: 0, leased: 0, waiting: 0 };
    for (const endpoint of endpoints) {
      const { size = 0, leasedSize = 0, waiting = 0 } = endpoint.poolInUse(name) ?? {};
      total.size += size;
      total.leased += leasedSize;
      total.waiting += waiting;
    }
    return total;
  };
  const stats = {
    shared: pool('shared'),
    sessions: pool('sessions'),
    blocking: pool('blocking'),
    streams: pool('streams'),
  };
  return endpoints.some((endpoint) => endpoint.poolInUse('bulk')) ? { ...stats, bulk: pool('bulk') } : stats;
}

/** One server with its connections. */
function nodeStats(endpoint: Endpoint): NodeStats {
  const { identity, shared } = endpoint;
  return {
    name: identity.id,
    address: identity.addressText,
    role: identity.role,
    ready: shared.isReady,
    lastError: shared.lastError,
    connections: connectionStats([endpoint]),
  };
}
