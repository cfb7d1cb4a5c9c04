/** What the typed clients, pools, leases and connections of all backends have in common. */

import type { Command, Of, Results } from '../command/command.ts';
import type { ClientEvents, ClientState } from './client-state.ts';
import type { CallOptions, CommonOptions } from './options.ts';
import type { PoolBounds } from './pool-bounds.ts';

/** What a further client or pool is told otherwise; each backend has more. */
export type DuplicateOptions = Omit<CommonOptions, 'bytes'> & Pick<CallOptions, 'keyPrefix'>;

/** How to end something within a time. */
export interface CloseOptions {
  /** How long calls under way may take to end, ms. */
  readonly timeout?: number | undefined;
}

/** What the call options of an object say. */
export interface CallMembers {
  /** Whether user data comes as `Uint8Array`. */
  readonly bytes: boolean;
  /** What is put before every key; `''` = nothing. */
  readonly keyPrefix: string;
}

/** What collects commands, to send them together. */
export interface BatchingMembers {
  /** How many commands wait. */
  readonly length: number;
}

/** What sends typed commands. */
export interface KvExecutor<V> extends CallMembers, AsyncDisposable {
  /** Sends one command value. Rejects with ArgumentError for anything else. */
  send<T>(command: Command<T, V>): Promise<T>;
  /** Sends command values together. @throws BatchError when any of them failed */
  sendAll<const Cs extends readonly Of<V>[]>(commands: Cs): Promise<Results<Cs>>;
  /** Sends a command by its name and gives the reply as it is on the wire. */
  execute(name: string, ...args: readonly unknown[]): Promise<unknown>;
  /** A view with other call options. @throws ArgumentError for an unknown or wrong option */
  with(options: CallOptions): KvExecutor<V>;
}

/** What clients, pools and raw connections tell of themselves. */
export interface Observable {
  /** Where it is in its life. A raw connection is `closed` when it is over, also when it was lost. */
  readonly state: ClientState;
  /**
   * Adds a listener: `state`, `connection` for every attempt to connect and every lost connection, or `discoveryFailed`
   * when sentinels or a cluster do not say where the servers are. A lost connection is a state, never an error that is
   * thrown.
   *
   * @throws ArgumentError for an unknown event
   */
  on<E extends keyof ClientEvents>(event: E, listener: ClientEvents[E]): this;
  /** Removes a listener that {@link on} added. @throws ArgumentError for an unknown event */
  off<E extends keyof ClientEvents>(event: E, listener: ClientEvents[E]): this;
}

/** What clients, pools and raw connections hand over to the engine. */
export interface EngineMembers extends Observable, AsyncDisposable {
  /** Where it sends to, without user and password; of several servers all, with commas between. */
  readonly address: string;
  /** Takes no more calls, lets those under way end for `timeout` ms, then ends all connections. Always resolves. */
  close(options?: CloseOptions): Promise<void>;
}

/** What a client hands over to its engine. */
export interface ClientMembers extends EngineMembers {
  /** Whether producers may go on: less than half of `maxQueueBytes` waits to be written. */
  readonly writable: boolean;
  /** Resolves when {@link writable} is true (again). */
  drained(): Promise<void>;
  /** Connects now instead of with the first command. @throws ConnectionError with the cause when that fails */
  connect(): Promise<void>;
  /**
   * Replaces all connections now, without the wait after failures; what they have is answered before they end. Resolves
   * when the client can send.
   *
   * @throws ConnectionError with the cause when the first attempt fails
   */
  reconnect(): Promise<void>;
}

/** What a pool hands over to its engine. */
export interface PoolMembers extends EngineMembers {
  /** Connections, in whatever state. */
  readonly size: number;
  /** Connections that are ready and not leased. */
  readonly freeSize: number;
  /** How many connections are kept, to each server. */
  readonly minSize: number;
  /** How many connections there may be, to each server. */
  readonly maxSize: number;
  /** Closes the connections that are ready and not leased. */
  clear(): void;
}

/** What a raw connection hands over to its engine and its lease. */
export interface ConnectionMembers extends EngineMembers {
  /** Being closed, closed, or lost. */
  readonly closed: boolean;
}

/** What a lease of a pool or of a client hands over to the lease of the engine. */
export interface LeaseMembers extends AsyncDisposable {
  /** Given back, being closed, or its connection is over. */
  readonly closed: boolean;
  /**
   * Gives the connection back once its commands are answered. Never rejects, and need not be waited for: it does not wait
   * for a server that is late.
   */
  release(): Promise<void>;
}

/** A client that the whole process can share. */
export interface KvClient<V> extends KvExecutor<V>, ClientMembers {
  /**
   * A further client of the same class, with the address, the options and the call options of this one; `options` say
   * what differs. Nothing is shared with it. @throws ArgumentError for a wrong option
   */
  duplicate(options?: DuplicateOptions): this;
  with(options: CallOptions): this;
}

/** One connection for exclusive use. It is not replaced when it is lost. */
export interface KvLease<V> extends KvExecutor<V>, LeaseMembers {}

/** A connection that was opened by itself, and ends with `close()`. */
export interface KvConnection<V> extends KvExecutor<V>, ConnectionMembers {}

/** Connections of bounded number. */
export interface KvPool<V, L extends KvLease<V>> extends KvExecutor<V>, PoolMembers {
  /** Exclusive use of one connection. Waits for a free one, in FIFO order, within the deadline. */
  acquire(options?: CallOptions): Promise<L>;
  /** Gives a lease back. Need not be waited for. */
  release(lease: L): void;
  /**
   * A further pool with the address, the options and the call options of this one; `options` say what differs. Nothing is
   * shared with it.
   */
  duplicate(options?: DuplicateOptions & PoolBounds): Promise<KvPool<V, L>>;
}
