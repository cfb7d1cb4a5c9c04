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

/** What sends typed commands. */
export interface KvExecutor<V> extends AsyncDisposable {
  /** Whether user data comes as `Uint8Array`. */
  readonly bytes: boolean;
  /** What is put before every key; `''` = nothing. */
  readonly keyPrefix: string;
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
  /** Where it is in its life. A raw connection is `closed` when it is lost. */
  readonly state: ClientState;
  /** Adds a listener. @throws ArgumentError for an unknown event */
  on<E extends keyof ClientEvents>(event: E, listener: ClientEvents[E]): this;
  /** Removes a listener. @throws ArgumentError for an unknown event */
  off<E extends keyof ClientEvents>(event: E, listener: ClientEvents[E]): this;
}

/** A client that the whole process can share. */
export interface KvClient<V> extends KvExecutor<V>, Observable {
  /** Where it sends to, without user and password. */
  readonly address: string;
  /** Whether producers may go on: less than half of `maxQueueBytes` waits to be written. */
  readonly writable: boolean;
  /** Resolves when {@link writable} is true (again). */
  drained(): Promise<void>;
  /** Connects now instead of with the first command. */
  connect(): Promise<void>;
  /** Replaces all connections now: what they have is answered. Resolves when the client can send. */
  reconnect(): Promise<void>;
  /**
   * A further client of the same class, with the address, the options and the call options of this one; `options` say
   * what differs. Nothing is shared with it. @throws ArgumentError for a wrong option
   */
  duplicate(options?: DuplicateOptions): this;
  /** Takes no more calls, lets those under way end, then ends all connections. Always resolves. */
  close(options?: CloseOptions): Promise<void>;
  with(options: CallOptions): this;
}

/** One connection for exclusive use. It is not replaced when it is lost. */
export interface KvLease<V> extends KvExecutor<V> {
  /** Given back, being closed, or its connection is over. */
  readonly closed: boolean;
  /** Gives the connection back. Never rejects, and need not be waited for. */
  release(): Promise<void>;
}

/** A connection that was opened by itself, and ends with `close()`. */
export interface KvConnection<V> extends KvExecutor<V>, Observable {
  /** Where it is connected to, without user and password. */
  readonly address: string;
  /** Being closed, or over. */
  readonly closed: boolean;
  /** Lets commands under way end, then ends the connection. Always resolves. */
  close(options?: CloseOptions): Promise<void>;
}

/** Connections of bounded number. */
export interface KvPool<V, L extends KvLease<V>> extends KvExecutor<V>, Observable {
  /** Where it sends to, without user and password. */
  readonly address: string;
  /** Connections, in whatever state. */
  readonly size: number;
  /** Connections that are ready and not leased. */
  readonly freeSize: number;
  /** Connections that are kept open. */
  readonly minSize: number;
  /** The most connections that are open at a time. */
  readonly maxSize: number;
  /** Exclusive use of one connection. Waits for a free one, in FIFO order, within the deadline. */
  acquire(options?: CallOptions): Promise<L>;
  /** Gives a lease back. Need not be waited for. */
  release(lease: L): void;
  /** Closes the connections that are ready and not leased. */
  clear(): void;
  /**
   * A further pool with the address, the options and the call options of this one; `options` say what differs. Nothing is
   * shared with it.
   */
  duplicate(options?: DuplicateOptions & PoolBounds): Promise<KvPool<V, L>>;
  /** Lets commands under way end, then ends all connections. Always resolves. */
  close(options?: CloseOptions): Promise<void>;
}
