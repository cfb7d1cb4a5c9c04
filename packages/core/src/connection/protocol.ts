import type { AnyCommand } from '../command/command.ts';
import type { Executor } from '../command/executor.ts';
import { isKvError, type KvError } from '../errors.ts';
import type { Redirect } from '../request/redirect.ts';
import type { RequestLimits } from '../request/request-limits.ts';

/**
 * Where an encoder puts a command. Text is appended to `text`; `bytes` closes the text run and adds raw bytes.
 * Parsers declare the same shape themselves, so that they depend on nothing.
 */
export interface Output {
  text: string;
  bytes(bytes: Uint8Array): void;
  /** Encodes large text for `bytes`, into memory that is reused once it was written. */
  encode?(text: string): readonly Uint8Array[];
}

/** How much may be unanswered on one connection. */
export interface Window {
  /** Commands in flight at most; `Infinity` = no limit. */
  readonly commands: number;
  /** Bytes in flight at most (a larger command goes alone). */
  readonly bytes?: number | undefined;
  /** `sliding`: refill as replies arrive. `empty`: refill only when all are answered, as one write. */
  readonly refill: 'sliding' | 'empty';
  /**
   * The server sends each reply by itself, so that a busy connection gains from pauses between reads.
   *
   * @default false
   */
  readonly unbatchedReplies?: boolean | undefined;
}

/** What a wire may tell the connection, and the only thing it may ask. */
export interface ReplySink {
  /** The oldest unanswered command and how its strings are wanted; `undefined` when nothing is outstanding. */
  head(): { readonly command: AnyCommand; readonly bytes: boolean } | undefined;
  /** The reply of the oldest unanswered command. */
  reply(raw: unknown): void;
  /** The oldest unanswered command was refused. `redirect`: it did not run, and this says where it may. */
  fail(error: Error, redirect?: Redirect): void;
  /**
   * The server is well, but cannot do on this connection what it is there for (it became a replica, it loads its
   * data): called
   * right before each {@link fail} with a refusal that says so, whose command did not run and may run on another
   * connection. The connection
   * gets nothing new, and is replaced.
   */
  drain(error: KvError): void;
  /** Something that answers nothing: a message, an invalidation, a frame of a stream. */
  push(raw: unknown): void;
}

/** The protocol's half of one connection: decoding and conversation. Lives and dies with it. */
export interface Wire {
  /**
   * Bytes from the server, valid during the call only. Throws when they are not the protocol's, and a ConnectionError
   * when they are, but leave it in doubt what state the connection is in.
   */
  decode(bytes: Uint8Array): void;
  /** Where the next bytes may be read to, so that they need not be copied; `undefined`: anywhere. */
  room?(): Uint8Array | undefined;
  /** So many bytes were read into {@link room}. Throws as {@link decode} does. */
  filled?(length: number): void;
  /** What is said before user commands. A rejection closes the connection. */
  handshake(send: Executor['send']): Promise<void>;
  /** Whether commands have changed the state of the connection, so that it must be cleaned before somebody else uses it. */
  readonly dirty: boolean;
  /** The selected database, for diagnostics. Absent: the server has only one. */
  readonly db?: number | undefined;
  /** Brings a used connection back to its state after the handshake. Absent: it cannot be cleaned, only replaced. */
  clean?(send: Executor['send']): Promise<void>;
  /**
   * Asks the server, on another connection, to end what this one is blocked in. Resolves with whether the server
   * had something to end.
   */
  cancel?(sendOnControl: Executor['send']): Promise<boolean>;
  /**
   * Asks the server, on another connection, whether it still serves this one. Asked when this connection is silent
   * and has a pending
   * reply that may take its time (a blocking command, an endless stream), so that no probe can be sent on it. Absent:
   * that the server answers a PING on another connection is enough.
   */
  isAlive?(sendOnControl: Executor['send']): Promise<boolean>;
}

/** Everything core has to know about a backend. */
export interface Protocol {
  /** For diagnostics: `redis`, `ssdb`, `gibson`. */
  readonly name: string;
  readonly window: Window;
  /** Longer requests are refused before anything of them is sent. Absent: no limit is known. */
  readonly requestLimits?: RequestLimits | undefined;
  /** The liveness probe. */
  readonly ping: AnyCommand;
  /**
   * Appends a command to `out`, right before it is written. If it throws, that command alone is refused, and nothing of it
   * is sent.
   */
  encode(command: AnyCommand, out: Output): void;
  /** The protocol's half of a new connection. */
  open(sink: ReplySink): Wire;
}

/**
 * Resolves when the server has answered, also with a refusal: then it serves the connection. For handshakes of
 * protocols
 * that have no handshake.
 */
export async function answered(sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!isKvError(error) || error.code !== 'REPLY') throw error;
  }
}
