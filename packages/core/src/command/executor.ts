import type { Signal } from '../abort-signal.ts';
import type { AnyCommand } from './command.ts';

/** Which commands are repeated after the connection was lost with the command on its way. */
export type RetryMode =
  /** Reads only (the default). */
  | 'safe'
  /** Also writes whose repetition gives the same state. */
  | 'idempotent'
  /** Everything, up to three times: it may run more than once. After the third loss the outcome is `unknown`. */
  | 'always'
  /** Nothing. */
  | 'never';

/** What can be said per call; a view made by `with()` carries the same. */
export interface SendOptions {
  /** Milliseconds from the call to its end: queue, connect, wire, redirects. 0 = no limit. */
  readonly timeout?: number | undefined;
  readonly signal?: Signal | undefined;
  /** Strings of the reply as `Uint8Array`. */
  readonly bytes?: boolean | undefined;
  readonly retry?: RetryMode | undefined;
  /** Read by the router of a client with several servers; facades give it a name of their own (`readFrom`). */
  readonly route?: string | undefined;
  /** Goes on the connection for bulk, where the client has one, whatever the size of its arguments. */
  readonly bulk?: boolean | undefined;
}

/** How one member of a batch ended. */
export type Settled = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: Error };

/** A batch that is more than its commands, for diagnostics. */
export interface BatchKind {
  readonly mode: 'multi';
  /** How many commands of its caller it has. */
  readonly size: number;
  /** What its caller gets instead of results. */
  errorOf(settled: readonly Settled[]): Error | undefined;
}

/** What can be said of commands that are sent together. */
export interface BatchOptions extends SendOptions {
  /** Contiguous on one connection; sent, canceled, moved and failed only as a whole. */
  readonly unit?: boolean | undefined;
  /** Absent: a pipeline. */
  readonly kind?: BatchKind | undefined;
}

/** One of the servers that an executor sends to. */
export interface ServerOf<E> {
  /** The name that the user gave it, else its address. */
  readonly name: string;
  /** Without user and password. */
  readonly address: string;
  /** Sends to this server only. */
  readonly client: E;
}

/** Sends commands. Implemented by the client, by leases and by single connections. */
export interface Executor {
  /** Which server a command would go to now: equal values mean the same server. Absent: there is one server. */
  placeOf?: ((command: AnyCommand) => unknown) | undefined;
  /** The servers that keys lie on. Absent: there is one. */
  readonly servers?: readonly ServerOf<Executor>[];
  send<T>(command: AnyCommand<T>, options?: SendOptions): Promise<T>;
  /**
   * Sends commands in order, written together. Resolves when all have ended, and never rejects because of a member.
   */
  sendAll(commands: readonly AnyCommand[], options?: BatchOptions): Promise<Settled[]>;
  /**
   * Tells that a batch begins to collect commands, which it sends later. `fail` is called when it must not wait any
   * longer: the deadline has passed, the signal fires, or the executor is closed. Returns what the batch has to call when
   * it is executed. Absent: nothing ends such a batch.
   */
  collect?(name: string, fail: (error: Error) => void, options?: SendOptions): () => void;
}
