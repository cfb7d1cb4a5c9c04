import type { AnyCommand } from '../command/command.ts';
import type { Executor, SendOptions, ServerOf } from '../command/executor.ts';
import type { Defaults, Lease } from '../pool/lease.ts';
import type { ExclusivePool } from '../request/request.ts';
import type { ClientSetup } from './client-setup.ts';
import type { ClientEvents, ClientState, ClientStats } from './client-state.ts';
import type { Endpoint } from './endpoint.ts';
import type { FrameStream } from './frame-stream.ts';

/**
 * What a facade needs of the client behind it. {@link Client} is the one that exists; something that wraps it (to count,
 * to cache, to trace) can stand in its place. Classes of users take an engine, too.
 */
export interface Engine extends Executor {
  /** What it was made with. */
  readonly setup: ClientSetup;
  /** What every call needs that its own options leave out. */
  readonly defaults: Defaults;
  /** What a typed facade keeps with it, for all its views and all copies of the facade's module. */
  readonly extension: object;
  /** Whether the code that finds servers is loaded. */
  readonly isRouted: boolean;
  /** Where it is in its life. */
  readonly state: ClientState;
  /** Whether producers may go on: less than half of `maxQueueBytes` waits to be written. */
  readonly writable: boolean;
  /** The endpoints in use. */
  readonly endpoints: readonly Endpoint[];
  /** The servers that keys lie on, each with an engine for it alone. */
  readonly servers: readonly ServerOf<Engine>[];
  /** A view that sends everything to one of the servers. Closing it closes the client. */
  only(endpoint: Endpoint): Engine;
  /** Keeps the process alive between `hold` and `unhold`, while something other than a request is awaited. */
  readonly tracker: { hold(): void; unhold(): void };
  /** Sends a command of the library's own, also while the client closes; it is in no statistics. */
  sendInternal<T>(command: AnyCommand<T>, options?: SendOptions): Promise<T>;
  /** Exclusive use of a connection. Waits for a free one, in FIFO order, within the deadline. */
  acquire(options?: SendOptions, pool?: ExclusivePool, label?: AnyCommand): Promise<Lease>;
  /** Like {@link acquire} for the library's own use: a full queue does not refuse it. */
  acquireInternal(options: SendOptions, pool: ExclusivePool, endpoint?: Endpoint): Promise<Lease>;
  /** Waits within a call that consists of several: its deadline, its signal and {@link close} end the wait. */
  delay(milliseconds: number, options: SendOptions, label: AnyCommand, cause?: unknown): Promise<void>;
  /** Starts a command that answers with frames, on a dedicated connection. */
  stream(command: AnyCommand, options?: SendOptions): Promise<FrameStream>;
  /** Loads the code that finds servers. Undefined: it is loaded. */
  routed(): Promise<unknown> | undefined;
  /** Opens the shared connections now. Rejects with the cause when that fails. */
  connect(): Promise<void>;
  /** Resolves when {@link writable} is true, or the client is closed. */
  drained(): Promise<void>;
  /** Takes no more calls, lets those under way end for `timeout` ms, then ends all connections. Always resolves. */
  close(options?: { readonly timeout?: number | undefined }): Promise<void>;
  /** Replaces all connections now. Resolves when the shared ones are ready. */
  reconnect(): Promise<void>;
  /** Adds a listener. @throws ArgumentError for an unknown event */
  on<E extends keyof ClientEvents>(event: E, listener: ClientEvents[E]): unknown;
  /** Removes a listener. @throws ArgumentError for an unknown event */
  off<E extends keyof ClientEvents>(event: E, listener: ClientEvents[E]): unknown;
  /** Counts, latencies and connections since the client was made. */
  stats(): ClientStats;
}
