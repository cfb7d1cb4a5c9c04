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

/** Published on `kv:connect` when an attempt to connect (with handshake) has ended. */
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
