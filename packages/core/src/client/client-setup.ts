import type { AnyCommand } from '../command/command.ts';
import type { Connection } from '../connection/connection.ts';
import type { LivenessOptions } from '../connection/liveness.ts';
import type { Protocol } from '../connection/protocol.ts';
import { ArgumentError } from '../errors.ts';
import type { Backoff } from '../pool/backoff.ts';
import type { MakePool } from '../pool/keyed-pool.ts';
import type { Defaults } from '../pool/lease.ts';
import type { Address } from '../transport/transport.ts';
import type { Endpoint } from './endpoint.ts';
import type { PoolName } from './endpoint-pools.ts';

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
