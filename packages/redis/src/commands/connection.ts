/** The connection itself: who speaks, in which database, and whether anybody is there. */
import { type Arg, badArgument, Command, type Data, integer, read, stateful, toArg } from '@kv/core';
import { addData, checkObject, checkOptions, type Int } from './support/arguments.ts';
import { data, ok, structure, structures, text, unexpected } from './support/replies.ts';

const AUTH = stateful('AUTH');
const ECHO = read('ECHO', null);
const HELLO = stateful('HELLO');
const PING = read('PING', null);
const SELECT = stateful('SELECT');

/**
 * Takes another identity for this connection: the user, or with only a password the default user. A shared client
 * authenticates by its options, on every connection it opens.
 *
 * @throws ReplyError `WRONGPASS`
 * @scope lease
 * @since 1.0.0
 * @see https://redis.io/commands/auth/
 */
export function auth<V = string>(password: string): Command<'OK', V>;
export function auth<V = string>(username: string, password: string): Command<'OK', V>;
export function auth<V = string>(usernameOrPassword: string, password?: string): Command<'OK', V>;
export function auth<V = string>(usernameOrPassword: string, password?: string): Command<'OK', V> {
  const args = [toArg(usernameOrPassword, 'username or password')];
  if (password !== undefined) args.push(toArg(password, 'password'));
  return new Command<'OK', V>(AUTH, args, ok);
}

/**
 * The same message back.
 *
 * @since 1.0.0
 * @see https://redis.io/commands/echo/
 */
export function echo<V = string>(message: Data): Command<V, V> {
  return new Command<V, V>(ECHO, [toArg(message, 'message')], data);
}

/** What the server says about itself and this connection. */
export interface ServerHello {
  /** `redis` or `valkey`; others are possible. */
  readonly server: string;
  readonly version: string;
  /** Protocol version from now on: 2 or 3. */
  readonly proto: number;
  /** The connection's id. */
  readonly id: number;
  /** `standalone`, `sentinel` or `cluster`. */
  readonly mode: string;
  /** `master` or `replica`. */
  readonly role: string;
  readonly modules: readonly unknown[];
}

/** Options of {@link hello}. */
export interface HelloOptions {
  readonly auth?: { readonly username: string; readonly password: string } | undefined;
  /** Name of the connection in CLIENT LIST. */
  readonly setname?: string | undefined;
}

const HELLO_OPTIONS = new Set(['auth', 'setname']);

function serverHello(raw: unknown): ServerHello {
  return structure(raw, { modules: structures() });
}

function helloArgs(protover: 2 | 3 | undefined, options: HelloOptions): Arg[] {
  checkOptions(options, HELLO_OPTIONS);
  if (protover === undefined) {
    if (options.auth === undefined && options.setname === undefined) return [];
    throw badArgument('protover', '2 or 3 when there are options', protover);
  }
  const args: Arg[] = [integer(protover, 'protover', 2, 3)];
  if (options.auth !== undefined) {
    checkObject(options.auth, 'options.auth', '{ username, password }');
    args.push('AUTH', toArg(options.auth.username, 'options.auth.username'));
    args.push(toArg(options.auth.password, 'options.auth.password'));
  }
  addData(args, 'SETNAME', options.setname, 'setname');
  return args;
}

/**
 * Agrees on a protocol version, with identity and name in the same step if wanted; without arguments only asks. The client
 * does this by itself on every connection.
 *
 * @throws ReplyError `NOPROTO`, `WRONGPASS`
 * @scope lease
 * @since 6.0.0
 * @see https://redis.io/commands/hello/
 */
export function hello<V = string>(protover?: 2 | 3, options: HelloOptions = {}): Command<ServerHello, V> {
  return new Command<ServerHello, V>(HELLO, helloArgs(protover, options), serverHello);
}

/**
 * Whether the server answers: `PONG`, or the message back.
 *
 * @throws ReplyError `LOADING`, `MASTERDOWN`, `MISCONF` when the server is there but not in order
 * @since 1.0.0
 * @see https://redis.io/commands/ping/
 */
export function ping<V = string>(): Command<'PONG', V>;
export function ping<V = string>(message: Data): Command<V, V>;
export function ping<V = string>(message?: Data): Command<V | 'PONG', V>;
export function ping<V = string>(message?: Data): Command<V | 'PONG', V> {
  if (message === undefined) return new Command<V | 'PONG', V>(PING, [], pong);
  return new Command<V | 'PONG', V>(PING, [toArg(message, 'message')], echoed<V>);
}

/** A RESP2 connection with subscriptions answers `["pong", message]`, with an empty message when there was none. */
function pong(raw: unknown): 'PONG' {
  if (text(Array.isArray(raw) ? raw[0] : raw).toUpperCase() !== 'PONG') throw unexpected('PONG');
  return 'PONG';
}

function echoed<V>(raw: unknown): V {
  return data<V>(Array.isArray(raw) ? raw[1] : raw);
}

/**
 * Goes to another database with this connection. A shared client has one database, given by its options.
 *
 * @throws ReplyError when there is no such database
 * @scope lease
 * @since 1.0.0
 * @see https://redis.io/commands/select/
 */
export function select<V = string>(db: Int): Command<'OK', V> {
  return new Command<'OK', V>(SELECT, [integer(db, 'db', 0)], ok);
}
