import type { Clock } from '../clock.ts';
import type { Database } from './database.ts';
import type { Expiry } from './expiry.ts';
import type { IpFilter } from './ip-filter.ts';

/** Status, then body. */
export type Reply = readonly string[];

/** Where the packets of a stream go. */
export interface StreamTarget {
  /** What was asked for: all there is. */
  readonly send: (packet: Reply) => void;
  /** What comes later: a connection that does not take it is closed. */
  readonly tell: (packet: Reply) => void;
}

/** Keys that single-key commands accept: above `start`, up to `end`; empty means no bound. */
export interface KeyRange {
  readonly start: string;
  readonly end: string;
}

/** What all connections of a server share. */
export interface SharedState {
  readonly db: Database;
  readonly expiry: Expiry;
  readonly clock: Clock;
  readonly filter: IpFilter;
  readonly passwords: readonly string[];
  /** How often each command ran. */
  readonly calls: Map<string, number>;
  readonly server: ServerState;
}

/** What commands change about the server itself. */
export interface ServerState {
  kvRange: KeyRange;
  /** The server that this one was told to follow. */
  master: { readonly id: string; readonly host: string; readonly port: string } | undefined;
  links: number;
}

/** What a command works on. */
export interface Context extends SharedState {
  authenticated: boolean;
  ignoresKeyRange: boolean;
  /** Sends further packets after the reply, until the connection closes. */
  stream(start: (target: StreamTarget) => (() => void) | undefined): void;
}

/** One command of the server. */
export interface Command {
  /** Fewer arguments are refused before `run`. */
  readonly min: number;
  /** Refused on a read-only server. */
  readonly write: boolean;
  /** The first argument is checked against the server's key range. */
  readonly ranged?: boolean;
  run(context: Context, args: readonly string[]): Reply;
}

type Run = (context: Context, ...args: string[]) => Reply;

/** More arguments than any command has names for. All that a request may hold would not fit on the stack. */
const NAMED = 8;

/** A command that reads; `run` gets the arguments one by one. */
export function reads(min: number, run: Run): Command {
  return { min, write: false, run: (context, args) => run(context, ...args.slice(0, NAMED)) };
}

/** A command that writes; `run` gets the arguments one by one. */
export function writes(min: number, run: Run): Command {
  return { min, write: true, run: (context, args) => run(context, ...args.slice(0, NAMED)) };
}

/** A command that reads and takes any number of arguments, as a list. */
export function readsMany(min: number, run: Command['run']): Command {
  return { min, write: false, run };
}

/** The same for one that writes. */
export function writesMany(min: number, run: Command['run']): Command {
  return { min, write: true, run };
}

/** Its first argument is a kv key that the server's key range applies to. */
export function ranged(command: Command): Command {
  return { ...command, ranged: true };
}

/** The reply of a success. */
export function ok(...body: (string | number | bigint)[]): Reply {
  return ['ok', ...body.map(String)];
}

/** The same for lists, which may be too long to be arguments. */
export function okList(body: Iterable<string>): Reply {
  return ['ok', ...body];
}

export const NOT_FOUND: Reply = ['not_found'];
export const CLIENT_ERROR: Reply = ['client_error'];
export const WRONG_COUNT: Reply = ['client_error', 'wrong number of arguments'];
export const NOT_AN_INTEGER: Reply = ['error', 'value is not an integer or out of range'];

/** Found or not. */
export function found(value: string | bigint | number | undefined): Reply {
  return value === undefined ? NOT_FOUND : ok(value);
}

/** `1` or `0`. */
export function flag(value: boolean): Reply {
  return ok(Number(value));
}
