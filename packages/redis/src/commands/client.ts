/** CLIENT: the connections of the server, and settings of the own one. */
import { type Arg, ArgumentError, Command, idempotent, integer, read, stateful, toArg, write } from '@kv/core';
import {
  type AtMostOne,
  addData,
  addInteger,
  addMany,
  checkOptions,
  chosen,
  type Int,
  isSet,
  keyword,
  type Many,
  many,
  onOff,
} from './support/arguments.ts';
import { boolean, ok, text, textOrNull, texts, whole } from './support/replies.ts';

const CLIENT_CAPA = stateful('CLIENT CAPA');
const CLIENT_GETNAME = read('CLIENT GETNAME', null);
const CLIENT_HELP = read('CLIENT HELP', null);
const CLIENT_ID = read('CLIENT ID', null);
const CLIENT_INFO = read('CLIENT INFO', null);
const CLIENT_KILL = write('CLIENT KILL', null);
const CLIENT_LIST = read('CLIENT LIST', null);
const CLIENT_NO_EVICT = stateful('CLIENT NO-EVICT');
const CLIENT_NO_TOUCH = stateful('CLIENT NO-TOUCH');
const CLIENT_PAUSE = write('CLIENT PAUSE', null);
const CLIENT_SETINFO = stateful('CLIENT SETINFO');
const CLIENT_SETNAME = stateful('CLIENT SETNAME');
const CLIENT_UNBLOCK = write('CLIENT UNBLOCK', null);
const CLIENT_UNPAUSE = idempotent('CLIENT UNPAUSE', null);

/**
 * Tells what this client understands (`redirect`). Valkey only.
 *
 * @scope lease
 * @since 8.0.0
 * @see https://valkey.io/commands/client-capa/
 */
export function clientCapa<V = string>(...capabilities: Many[]): Command<'OK', V> {
  return new Command<'OK', V>(CLIENT_CAPA, many(capabilities, 'capabilities'), ok);
}

/**
 * The name of the connection, or `null`. On a shared client that is whichever connection the command took.
 *
 * @since 2.6.9
 * @see https://redis.io/commands/client-getname/
 */
export function clientGetname<V = string>(): Command<string | null, V> {
  return new Command<string | null, V>(CLIENT_GETNAME, [], nameOrNull);
}

/** Without a name the server answers null, or in some versions an empty string. */
function nameOrNull(raw: unknown): string | null {
  return textOrNull(raw) || null;
}

/**
 * The server's own help text on CLIENT, line by line.
 *
 * @since 5.0.0
 * @see https://redis.io/commands/client-help/
 */
export function clientHelp<V = string>(): Command<string[], V> {
  return new Command<string[], V>(CLIENT_HELP, [], texts);
}

/**
 * The id of the connection; never used again while the server runs. On a shared client that is whichever connection the command took.
 *
 * @since 5.0.0
 * @see https://redis.io/commands/client-id/
 */
export function clientId<V = string>(): Command<number, V> {
  return new Command<number, V>(CLIENT_ID, [], whole);
}

/**
 * One line about the connection: `id=3 addr=… name=… db=0 …`. On a shared client that is whichever connection the command took.
 *
 * @since 6.2.0
 * @see https://redis.io/commands/client-info/
 */
export function clientInfo<V = string>(): Command<string, V> {
  return new Command<string, V>(CLIENT_INFO, [], text);
}

/** Kinds of connections. `primary` is Valkey's word for `master`. */
export type ClientType = 'normal' | 'master' | 'primary' | 'replica' | 'pubsub';

const TYPES: readonly ClientType[] = ['normal', 'master', 'primary', 'replica', 'pubsub'];

/** Which connections {@link clientKill} closes: those that meet all that is given. */
export interface ClientKillFilter {
  readonly id?: Int | undefined;
  readonly type?: ClientType | undefined;
  readonly user?: string | undefined;
  /** `ip:port` of the client. */
  readonly addr?: string | undefined;
  /** `ip:port` on the server's side. Since 6.2. */
  readonly laddr?: string | undefined;
  /**
   * Spare the connection that asks.
   *
   * @default true
   */
  readonly skipme?: boolean | undefined;
  /** At least so many seconds old. Since 7.4. */
  readonly maxage?: Int | undefined;
}

const KILL_OPTIONS = new Set(['id', 'type', 'user', 'addr', 'laddr', 'skipme', 'maxage']);

function killArgs(filter: ClientKillFilter): Arg[] {
  checkOptions(filter, KILL_OPTIONS);
  const args: Arg[] = [];
  addInteger(args, 'ID', filter.id, 'id', 0);
  if (filter.type !== undefined) args.push('TYPE', keyword(filter.type, TYPES, 'options.type'));
  addData(args, 'USER', filter.user, 'user');
  addData(args, 'ADDR', filter.addr, 'addr');
  addData(args, 'LADDR', filter.laddr, 'laddr');
  addInteger(args, 'MAXAGE', filter.maxage, 'maxage', 0);
  if (args.length === 0)
    throw new ArgumentError('filter: expected at least one of id, type, user, addr, laddr, maxage');
  if (filter.skipme !== undefined) args.push('SKIPME', filter.skipme ? 'YES' : 'NO');
  return args;
}

/**
 * Closes connections. What they had under way ends with a connection error on their side.
 *
 * @example await redis.clientKill({ user: 'guest' })
 * @returns how many were closed
 * @throws ArgumentError when the filter is empty
 * @since 2.4.0
 * @see https://redis.io/commands/client-kill/
 */
export function clientKill<V = string>(filter: ClientKillFilter): Command<number, V> {
  return new Command<number, V>(CLIENT_KILL, killArgs(filter), whole);
}

/** Which connections {@link clientList} shows; at most one. */
export type ClientListFilter = AtMostOne<{
  /** Since 5.0. */
  type: ClientType;
  /** Since 6.2. */
  id: Int | readonly Int[];
}>;

const LIST_OPTIONS = new Set(['type', 'id']);

function listArgs(filter: ClientListFilter): Arg[] {
  checkOptions(filter, LIST_OPTIONS);
  chosen(filter, ['type', 'id']);
  if (isSet(filter.type)) return ['TYPE', keyword(filter.type as ClientType, TYPES, 'options.type')];
  const args: Arg[] = [];
  if (isSet(filter.id)) addMany(args, [filter.id as Int | readonly Int[]], 'options.id');
  return args.length > 0 ? ['ID', ...args] : args;
}

/**
 * The connections of the server, one line each, as in {@link clientInfo}.
 *
 * @since 2.4.0
 * @see https://redis.io/commands/client-list/
 */
export function clientList<V = string>(filter: ClientListFilter = {}): Command<string, V> {
  return new Command<string, V>(CLIENT_LIST, listArgs(filter), text);
}

/**
 * Whether this connection is spared when the server closes clients to save memory.
 *
 * @scope lease
 * @since 7.0.0
 * @see https://redis.io/commands/client-no-evict/
 */
export function clientNoEvict<V = string>(on: boolean): Command<'OK', V> {
  return new Command<'OK', V>(CLIENT_NO_EVICT, [onOff(on)], ok);
}

/**
 * Whether commands of this connection leave the keys' use (LRU, LFU) as it is.
 *
 * @scope lease
 * @since 7.2.0
 * @see https://redis.io/commands/client-no-touch/
 */
export function clientNoTouch<V = string>(on: boolean): Command<'OK', V> {
  return new Command<'OK', V>(CLIENT_NO_TOUCH, [onOff(on)], ok);
}

/** What {@link clientPause} holds back: writes (since 6.2), or everything. */
export type PauseMode = 'write' | 'all';

const PAUSE_MODES: readonly PauseMode[] = ['write', 'all'];

/**
 * Holds back the commands of all clients for so many milliseconds. Commands that wait meanwhile may reach their own
 * deadline.
 *
 * @since 3.0.0
 * @see https://redis.io/commands/client-pause/
 */
export function clientPause<V = string>(milliseconds: Int, mode?: PauseMode): Command<'OK', V> {
  const args = [integer(milliseconds, 'milliseconds', 0)];
  if (mode !== undefined) args.push(keyword(mode, PAUSE_MODES, 'mode'));
  return new Command<'OK', V>(CLIENT_PAUSE, args, ok);
}

/** What {@link clientSetinfo} tells. */
export type ClientAttribute = 'lib-name' | 'lib-ver';

const ATTRIBUTES: readonly ClientAttribute[] = ['lib-name', 'lib-ver'];

/**
 * Tells the server which library this connection belongs to. The client does this by itself.
 *
 * @scope lease
 * @since 7.2.0
 * @see https://redis.io/commands/client-setinfo/
 */
export function clientSetinfo<V = string>(attribute: ClientAttribute, value: string): Command<'OK', V> {
  return new Command<'OK', V>(CLIENT_SETINFO, [keyword(attribute, ATTRIBUTES, 'attribute'), toArg(value, 'value')], ok);
}

/**
 * Names this connection, as CLIENT LIST shows it; an empty name takes it back. For all connections of a client use its options.
 *
 * @scope lease
 * @since 2.6.9
 * @see https://redis.io/commands/client-setname/
 */
export function clientSetname<V = string>(name: string): Command<'OK', V> {
  return new Command<'OK', V>(CLIENT_SETNAME, [toArg(name, 'name')], ok);
}

/**
 * Ends the blocking command of another connection, as if its time had passed (`timeout`, the default) or with an error
 * `UNBLOCKED` (`error`). The client does this by itself when a blocking call is aborted.
 *
 * @returns whether that connection was blocked
 * @since 5.0.0
 * @see https://redis.io/commands/client-unblock/
 */
export function clientUnblock<V = string>(id: Int, how?: 'timeout' | 'error'): Command<boolean, V> {
  const args = [integer(id, 'id', 0)];
  if (how !== undefined) args.push(keyword(how, ['timeout', 'error'], 'how'));
  return new Command<boolean, V>(CLIENT_UNBLOCK, args, boolean);
}

/**
 * Ends {@link clientPause}.
 *
 * @since 6.2.0
 * @see https://redis.io/commands/client-unpause/
 */
export function clientUnpause<V = string>(): Command<'OK', V> {
  return new Command<'OK', V>(CLIENT_UNPAUSE, [], ok);
}
