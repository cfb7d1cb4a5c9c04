/**
 * The members that hand over to the engine or the lease behind an object: the classes of all backends have them alike, and
 * get them from here.
 */
import type { BatchMembers } from '../command/batch-members.ts';
import type { Lease } from '../pool/lease.ts';
import type { ClientEvents, ClientState } from './client-state.ts';
import type { Engine } from './engine.ts';
import type {
  BatchingMembers,
  CallMembers,
  ClientMembers,
  CloseOptions,
  ConnectionMembers,
  EngineMembers,
  LeaseMembers,
  PoolMembers,
} from './facades.ts';
import { isConnectionClosed } from './opened-client.ts';
import type { CallOptions } from './options.ts';

/**
 * A class, of which only the members of its objects are known. `typeof Base & Adds<M>` is the class `Base`, type parameters
 * included, whose objects also have the members `M`.
 */
// biome-ignore lint/suspicious/noExplicitAny: TypeScript adds the members of one class to another only with these parameters
export type Adds<M = object> = abstract new (...args: any[]) => M; // oxlint-disable-line typescript/no-explicit-any

/** A class with {@link CallMembers}. Its objects must have the call options of their view as `call`. */
export function callMembers<B extends Adds>(Base: B): B & Adds<CallMembers> {
  abstract class Members extends Base implements CallMembers {
    declare readonly call: CallOptions;

    get bytes(): boolean {
      return this.call.bytes === true;
    }

    get keyPrefix(): string {
      return this.call.keyPrefix ?? '';
    }
  }
  return Members;
}

/**
 * A class with {@link BatchingMembers}, for one of generated commands: a command with wrong arguments counts as a member
 * of the batch. Its objects must have what they collected as `members`, set with {@link setHidden}.
 */
export function batchingMembers<B extends Adds>(Base: B): B & Adds<BatchingMembers> {
  abstract class Members extends Base implements BatchingMembers {
    declare readonly members: BatchMembers<unknown>;

    get length(): number {
      return this.members.length;
    }

    /** In place of `CommandRunner.refuse`: the batch counts it. */
    refuse(error: unknown): Promise<never> {
      return this.members.refuse(error as Error);
    }
  }
  return Members;
}

/** Where the objects of a class have their engine: it is their executor, unless that is a lease. */
type EngineField = 'executor' | 'client';

function engineMembers<B extends Adds>(Base: B, engine: EngineField): B & Adds<EngineMembers & { executor: Engine }> {
  abstract class Members extends Base implements EngineMembers {
    declare readonly executor: Engine;
    declare readonly client: Engine;

    get address(): string {
      return this[engine].setup.addressText;
    }

    get state(): ClientState {
      return this[engine].state;
    }

    on<E extends keyof ClientEvents>(event: E, listener: ClientEvents[E]): this {
      this[engine].on(event, listener);
      return this;
    }

    off<E extends keyof ClientEvents>(event: E, listener: ClientEvents[E]): this {
      this[engine].off(event, listener);
      return this;
    }

    close(options?: CloseOptions): Promise<void> {
      return this[engine].close(options);
    }

    [Symbol.asyncDispose](): Promise<void> {
      return this.close();
    }
  }
  return Members;
}

/**
 * A class with {@link ClientMembers}. Its objects must have the engine as `executor`. Type
 * parameters of the class stay: `class Mine<V = string> extends clientMembers(Commands)<V>`.
 */
export function clientMembers<B extends Adds>(Base: B): B & Adds<ClientMembers> {
  abstract class Members extends engineMembers(Base, 'executor') implements ClientMembers {
    get writable(): boolean {
      return this.executor.writable;
    }

    drained(): Promise<void> {
      return this.executor.drained();
    }

    connect(): Promise<void> {
      return this.executor.connect();
    }

    reconnect(): Promise<void> {
      return this.executor.reconnect();
    }
  }
  return Members;
}

/** A class with {@link PoolMembers}. Its objects must have the engine as `executor`. */
export function poolMembers<B extends Adds>(Base: B): B & Adds<PoolMembers> {
  abstract class Members extends engineMembers(Base, 'executor') implements PoolMembers {
    get size(): number {
      return this.executor.endpoints.reduce((sum, { shared }) => sum + shared.size, 0);
    }

    get freeSize(): number {
      return this.executor.endpoints.reduce((sum, { shared }) => sum + shared.freeSize, 0);
    }

    get minSize(): number {
      return this.executor.setup.pools.shared.minSize;
    }

    get maxSize(): number {
      return this.executor.setup.pools.shared.maxSize;
    }

    clear(): void {
      for (const { shared } of this.executor.endpoints) shared.clear();
    }
  }
  return Members;
}

/**
 * A class with {@link ConnectionMembers}. Its objects must have the lease of their only connection as `executor` and the
 * engine as `client`, as `openSingle()` gives them.
 */
export function connectionMembers<B extends Adds>(Base: B): B & Adds<ConnectionMembers> {
  abstract class Members extends engineMembers(Base, 'client') implements ConnectionMembers {
    get closed(): boolean {
      const { client, executor } = this as unknown as { readonly client: Engine; readonly executor: Lease };
      return isConnectionClosed({ client, lease: executor });
    }
  }
  return Members;
}

/** A class with {@link LeaseMembers}. Its objects must have a lease as `executor`. */
export function leaseMembers<B extends Adds>(Base: B): B & Adds<LeaseMembers> {
  abstract class Members extends Base implements LeaseMembers {
    declare readonly executor: Pick<Lease, 'closed' | 'release'>;

    get closed(): boolean {
      return this.executor.closed;
    }

    release(): Promise<void> {
      return this.executor.release();
    }

    [Symbol.asyncDispose](): Promise<void> {
      return this.release();
    }
  }
  return Members;
}
