import { channel } from 'node:diagnostics_channel';

/** Published on `kv:command` when a command has ended. No argument values. */
export interface CommandEvent {
  readonly client: string;
  readonly command: string;
  readonly backend: string;
  readonly address: string;
  /** How often the command was written; 0 = never. */
  readonly attempt: number;
  readonly durationMs: number;
  readonly error?: Error | undefined;
}

/**
 * Published on the channels of `tracingChannel('kv:command')`, each time the same object. What a command ends with
 * (`attempt`, `redirects`, `database`, `durationMs`, `error`, and the `address` of the server that was asked last) is there
 * on `error`, `asyncStart` and `asyncEnd`.
 */
export interface CommandTrace extends CommandEvent {
  /** How often a server has sent it to another. */
  readonly redirects: number;
  /** The database that its connection has selected, where the server has several. */
  readonly database?: number | undefined;
  /** Of a member of a batch: what {@link BatchTrace} has. */
  readonly batchMode?: BatchTrace['batchMode'] | undefined;
  readonly batchSize?: number | undefined;
}

/** Published on the channels of `tracingChannel('kv:batch')`, each time the same object. */
export interface BatchTrace {
  readonly client: string;
  readonly backend: string;
  /** Of the server; at first, and where the batch goes to several servers, that of the client. */
  readonly address: string;
  /** `multi`: it is a transaction. */
  readonly batchMode: 'pipeline' | 'multi';
  /** How many commands it has. */
  readonly batchSize: number;
  /** Their names, in order. */
  readonly commands: readonly string[];
  readonly durationMs: number;
  /** What a transaction was refused with, or the error of the first command that failed. */
  readonly error?: Error | undefined;
}

/**
 * Published on `kv:connect` when an attempt to connect (with handshake) has ended, and on the channels of
 * `tracingChannel('kv:connect')`, there each time the same object.
 */
export interface ConnectEvent {
  readonly client: string;
  readonly backend: string;
  readonly address: string;
  readonly durationMs: number;
  readonly error?: Error | undefined;
}

/** Published on `kv:state` when a client changes its state. */
export interface StateEvent {
  readonly client: string;
  readonly from: string;
  readonly to: string;
  readonly cause?: Error | undefined;
}

/** The channels of `node:diagnostics_channel`; they cost nothing while there is no subscriber. */
export const commandChannel: DiagnosticsChannel = channel('kv:command');
export const connectChannel: DiagnosticsChannel = channel('kv:connect');
export const stateChannel: DiagnosticsChannel = channel('kv:state');

/** The part of a diagnostics channel that is used here. */
export interface DiagnosticsChannel {
  readonly hasSubscribers: boolean;
  publish(message: unknown): void;
}
