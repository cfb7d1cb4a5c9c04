import type { AnyCommand } from '../command/command.ts';
import type { Executor } from '../command/executor.ts';
import type { Connection, ConnectionSetup } from '../connection/connection.ts';
import type { LivenessOptions } from '../connection/liveness.ts';
import type { Protocol } from '../connection/protocol.ts';
import { ArgumentError } from '../errors.ts';
import type { Backoff } from '../pool/backoff.ts';
import type { MakePool } from '../pool/keyed-pool.ts';
import type { Defaults } from '../pool/lease.ts';
import type { RequestTracker } from '../request/request-tracker.ts';
import { sliced } from '../transport/sliced-transport.ts';
import { connectSocket } from '../transport/socket-transport.ts';
import type { Address, Connect } from '../transport/transport.ts';
import type { Endpoint, EndpointIdentity } from './endpoint.ts';
import type { PoolName, PoolSetups } from './endpoint-pools.ts';

/** Bounds of one pool. */
export interface PoolSize {
  readonly minSize: number;
  readonly maxSize: number;
  /** See {@link PoolOptions.growThreshold}. */
  readonly growThreshold?: number | undefined;
  /** See {@link PoolSetup.makePool}. */
  readonly makePool?: MakePool | undefined;
  /** See {@link PoolSetup.ordered}. Of shared connections only. */
  readonly ordered?: boolean | undefined;
  /** See {@link PoolSetup.bulkAbove}. Of shared connections only. */
  readonly bulkAbove?: number | undefined;
}

/** Everything a client is made from; facades fill it from users' options. */
export interface ClientSetup {
  readonly protocol: Protocol;
  readonly address: Address;
  /** For diagnostics and messages; no user, no password. */
  readonly addressText: string;
  /** Name in diagnostics. */
  readonly name: string;
  readonly timeout: number;
  readonly connectTimeout: number;
  readonly retry: Defaults['retry'];
  readonly maxQueueBytes: number;
  readonly backoff: Backoff;
  readonly liveness: LivenessOptions;
  /** See `stackTraces` of the options. */
  readonly stackTraces?: boolean | undefined;
  readonly pools: Readonly<Record<'shared' | 'blocking' | 'streams', PoolSize>> & {
    /** `shared`: sessions are acquired from the shared pool. */
    readonly sessions: PoolSize | 'shared';
  };
  /** Runs at the end of the handshake of shared connections and those for bulk, before commands of users. */
  readonly onReady?: ((connection: Connection, endpoint: Endpoint, pool: PoolName) => Promise<void>) | undefined;
  /** Takes what shared connections send without being asked. */
  readonly push?: ((raw: unknown, connection: Connection, endpoint: Endpoint) => void) | undefined;
  /** Says what to use instead of a command that a shared client cannot send. */
  readonly alternative?: ((command: AnyCommand) => string) | undefined;
}

/** How to reach the same server on another connection: on the shared ones, or on one that is made for it. */
export interface ControlSenders {
  readonly shared: Executor['send'];
  readonly extra: Executor['send'];
}

/** The pools of one endpoint as its client wants them. */
export function poolSetups(
  setup: ClientSetup,
  internals: RequestTracker,
  control: ControlSenders,
  endpoint: () => Endpoint,
  { address, addressText, role, confirm, protocol = setup.protocol }: EndpointIdentity,
): PoolSetups {
  const { liveness, connectTimeout, backoff, pools, onReady, push } = setup;
  const connect = confirm === undefined ? connectSocket : confirmed(confirm);
  const connection = (name: PoolName, isShared: boolean): ConnectionSetup => ({
    protocol,
    address,
    addressText,
    connect: name === 'bulk' ? sliced(connect) : connect,
    internals,
    liveness,
    sendOnControl: name === 'shared' ? control.extra : control.shared,
    onReady: isShared && onReady ? (opened) => onReady(opened, endpoint(), name) : undefined,
    push: isShared && push ? (raw, from) => push(raw, from, endpoint()) : undefined,
  });
  const sizeOf = (name: PoolName): PoolSize => {
    if (name === 'bulk') return BULK;
    const size = pools[name];
    return size === 'shared' ? pools.shared : size;
  };
  return {
    sharesSessions: pools.sessions === 'shared',
    sizeOf,
    of(name) {
      const { minSize, maxSize, growThreshold = Number.POSITIVE_INFINITY, makePool, ordered, bulkAbove } = sizeOf(name);
      const isShared = name === 'shared' || name === 'bulk';
      const retriesLogin = isShared && role === 'replica';
      return {
        pool: { minSize, maxSize, growThreshold, connectTimeout, backoff, retriesLogin },
        connection: connection(name, isShared),
        makePool,
        ordered,
        bulkAbove,
      };
    },
  };
}

/** One connection: more would only share the same event loop and the same thread of the server. */
const BULK: PoolSize = { minSize: 0, maxSize: 1 };

/** Connects only to a server that is confirmed right before. */
function confirmed(confirm: () => Promise<void>): Connect {
  return async (address, on, signal) => {
    await confirm();
    return connectSocket(address, on, signal);
  };
}

/** What to use instead of a command that cannot be sent. */
export function alternativeTo(command: AnyCommand, { alternative }: Pick<ClientSetup, 'alternative'>): string {
  return alternative?.(command) ?? 'it needs a connection of its own';
}

/** The error of a command that cannot be sent on a shared connection. */
export function misplaced(command: AnyCommand, setup: Pick<ClientSetup, 'alternative'>): ArgumentError {
  const { name } = command.spec;
  return new ArgumentError(`${name}: not allowed on a shared connection; ${alternativeTo(command, setup)}`, {
    command: name,
  });
}
