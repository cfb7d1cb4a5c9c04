/** The server itself: health, sizes, replication, access rules. https://ssdb.io/docs/ */
import {
  type AnyCommand,
  type Arg,
  ArgumentError,
  badArgument,
  Command,
  checkOptions,
  type Data,
  Flag,
  idempotent,
  integer,
  read,
  spec,
  stateful,
  toArg,
  write,
} from '@kv/core';
import { type Int, int64, limit as limitArg } from './support/arguments.ts';
import {
  boolean,
  count,
  info as infoReply,
  type KeyRange,
  keyRange,
  nothing,
  type ServerInfo,
  streamEnd,
  text,
  texts,
} from './support/replies.ts';

const SLAVEOF_OPTIONS: ReadonlySet<string> = new Set(['auth', 'lastSeq', 'lastKey']);
const DUMP_OPTIONS: ReadonlySet<string> = new Set(['start', 'end', 'limit']);
const SYNC_OPTIONS: ReadonlySet<string> = new Set(['lastSeq', 'lastKey', 'mirror']);

const ADD_ALLOW_IP = idempotent('add_allow_ip', null);
const ADD_DENY_IP = idempotent('add_deny_ip', null);
const AUTH = stateful('auth');
const CLEAR_BINLOG = idempotent('clear_binlog', null);
const COMPACT = idempotent('compact', null);
const DBSIZE = read('dbsize', null);
const DEL_ALLOW_IP = idempotent('del_allow_ip', null);
const DEL_DENY_IP = idempotent('del_deny_ip', null);
const DUMP = spec('dump', Flag.stream);
const FLUSHDB = idempotent('flushdb', null);
const GET_KEY_RANGE = read('get_key_range', null);
const GET_KV_RANGE = read('get_kv_range', null);
const IGNORE_KEY_RANGE = stateful('ignore_key_range');
const INFO = read('info', null);
const LIST_ALLOW_IP = read('list_allow_ip', null);
const LIST_DENY_IP = read('list_deny_ip', null);
const PING = read('ping', null);
const SET_KV_RANGE = idempotent('set_kv_range', null);
const SLAVEOF = write('slaveof', null);
const SYNC140 = spec('sync140', Flag.stream);
const VERSION = read('version', null);

/** A command that changes its connection, and so is no method of shared clients. */
export type LeaseCommand<T, V = string> = Command<T, V>;

/** Which sections {@link info} tells beside the basic ones. */
export type InfoSection = 'cmd' | 'leveldb' | 'range';

/** Options of {@link slaveof}. */
export interface SlaveofOptions {
  /** Password of the master. */
  readonly auth?: string | undefined;
  /** Sequence number after which to go on; default: a full copy. */
  readonly lastSeq?: Int | undefined;
  /** Key after which a copy that was broken off goes on. */
  readonly lastKey?: Data | undefined;
}

/** Options of {@link dump}. Bounds are the storage's own keys: a letter for the type, then the name (`k` + key for plain keys). */
export interface DumpOptions {
  /** Not included; default: from the first one. */
  readonly start?: Data | undefined;
  /** Included; default: to the last one. */
  readonly end?: Data | undefined;
  /** How many entries at most; default -1 = all. */
  readonly limit?: Int | undefined;
}

/** Options of {@link sync140}. */
export interface SyncOptions {
  /** Sequence number after which to begin; default: a full copy first. */
  readonly lastSeq?: Int | undefined;
  /** Storage key after which a copy that was broken off goes on. */
  readonly lastKey?: Data | undefined;
  /** Follow as a mirror: entries that came to the server from another mirror are left out. */
  readonly mirror?: boolean | undefined;
}

const INFO_SECTIONS: readonly string[] = ['cmd', 'leveldb', 'range'];

/** A trip to the server and back. */
export function ping<V = string>(): Command<void, V> {
  return new Command<void, V>(PING, [], nothing);
}

/**
 * The version of the server.
 *
 * @returns for example `1.9.8`
 */
export function version<V = string>(): Command<string, V> {
  return new Command<string, V>(VERSION, [], text);
}

/**
 * Says the password on this connection. A client does it by itself on every connect (option `password`), so this is
 * only for single connections.
 *
 * @returns always `true`; also when the server has no password
 * @throws ReplyError `error` when the password is wrong (the connection stays open)
 */
export function auth<V = string>(password: string): LeaseCommand<boolean, V> {
  return new Command<boolean, V>(AUTH, [toArg(password, 'password')], boolean);
}

/**
 * How much is stored on disk, roughly.
 *
 * @returns bytes, not keys; 0 as long as everything is still in memory
 */
export function dbsize<V = string>(): Command<number, V> {
  return new Command<number, V>(DBSIZE, [], count);
}

/**
 * What the server tells about itself.
 *
 * @param section `cmd` adds calls and times per command, `leveldb` the storage, `range` the stored ranges; default: the last two
 * @example (await ssdb.info()).values.get('links')
 */
export function info<V = string>(section?: InfoSection): Command<ServerInfo, V> {
  if (section === undefined) return new Command<ServerInfo, V>(INFO, [], infoReply);
  if (!INFO_SECTIONS.includes(section)) throw badArgument('section', "'cmd', 'leveldb' or 'range'", section);
  return new Command<ServerInfo, V>(INFO, [section], infoReply);
}

/**
 * Compacts the storage and answers when that is finished: it can take minutes, so give it a `timeout` of its own.
 *
 * @example await ssdb.with({ timeout: 0 }).compact()
 */
export function compact<V = string>(): Command<void, V> {
  return new Command<void, V>(COMPACT, [], nothing);
}

/**
 * Deletes everything. The server's list of expiry times survives: a key that is created again can vanish at the old
 * time. There is no way to delete one type only.
 *
 * @throws ReplyError `error` while a replica or a `sync140` stream is connected
 */
export function flushdb<V = string>(): Command<void, V> {
  return new Command<void, V>(FLUSHDB, [], nothing);
}

/** Deletes the log that replicas follow. */
export function clearBinlog<V = string>(): Command<void, V> {
  return new Command<void, V>(CLEAR_BINLOG, [], nothing);
}

/**
 * Makes the server follow a master. There is no command that ends it.
 *
 * @param id a name for this link, not empty
 * @param host name or address of the master, not empty
 * @param port 1 to 65535; always sent, because a server that gets only two arguments crashes
 * @example await ssdb.slaveof('main', '10.0.0.7', 8888, { auth: password })
 */
export function slaveof<V = string>(
  id: string,
  host: string,
  port: Int,
  options: SlaveofOptions = {},
): Command<void, V> {
  checkOptions(options, SLAVEOF_OPTIONS);
  const args = [notEmpty(id, 'id'), notEmpty(host, 'host'), integer(port, 'port', 1, 65_535)];
  const { auth: password, lastSeq, lastKey } = options;
  if (password !== undefined || lastSeq !== undefined || lastKey !== undefined)
    args.push(toArg(password ?? '', 'options.auth'));
  if (lastSeq !== undefined || lastKey !== undefined) args.push(int64(lastSeq ?? 0, 'options.lastSeq', 0));
  if (lastKey !== undefined) args.push(toArg(lastKey, 'options.lastKey'));
  return new Command<void, V>(SLAVEOF, args, nothing);
}

function notEmpty(value: Data, name: string): Arg {
  const arg = toArg(value, name);
  if (arg.length === 0) throw new ArgumentError(`${name}: must not be empty`);
  return arg;
}

/**
 * Streams what is stored, entry by entry, as the storage keeps it. It ends the connection it runs on, so it needs one
 * of its own: use the client's `dump()`, which is an async iterable.
 */
export function dump(options: DumpOptions = {}): AnyCommand<void> {
  checkOptions(options, DUMP_OPTIONS);
  const { start = '', end = '', limit = -1 } = options;
  const args = [toArg(start, 'options.start'), toArg(end, 'options.end'), limitArg(limit, 'options.limit')];
  return new Command<void>(DUMP, args, streamEnd);
}

/**
 * Streams every change, as a replica gets it, without end. It takes over the connection it runs on, so it needs one of
 * its own: use the client's `sync140()`, which is an async iterable.
 */
export function sync140(options: SyncOptions = {}): AnyCommand<void> {
  checkOptions(options, SYNC_OPTIONS);
  const { lastSeq, lastKey, mirror = false } = options;
  const args: Arg[] = [];
  if (lastSeq !== undefined || lastKey !== undefined || mirror) args.push(int64(lastSeq ?? 0, 'options.lastSeq', 0));
  if (lastKey !== undefined || mirror) args.push(toArg(lastKey ?? '', 'options.lastKey'));
  if (mirror) args.push('mirror');
  return new Command<void>(SYNC140, args, streamEnd);
}

/** Prefixes of addresses that may connect. */
export function listAllowIp<V = string>(): Command<string[], V> {
  return new Command<string[], V>(LIST_ALLOW_IP, [], texts);
}

/** Prefixes of addresses that may not connect; `all` when only those of {@link listAllowIp} may. */
export function listDenyIp<V = string>(): Command<string[], V> {
  return new Command<string[], V>(LIST_DENY_IP, [], texts);
}

/**
 * Lets addresses in that begin with `rule`; from then on all others are kept out. Not saved over a restart.
 *
 * @param rule for example `10.1.`, or `all`
 * @throws ReplyError `noauth` unless the client is on the server's own machine
 */
export function addAllowIp<V = string>(rule: string): Command<void, V> {
  return new Command<void, V>(ADD_ALLOW_IP, [notEmpty(rule, 'rule')], nothing);
}

/**
 * Takes back {@link addAllowIp}.
 *
 * @param rule exactly as it was added
 * @throws ReplyError `noauth` unless the client is on the server's own machine
 */
export function delAllowIp<V = string>(rule: string): Command<void, V> {
  return new Command<void, V>(DEL_ALLOW_IP, [notEmpty(rule, 'rule')], nothing);
}

/**
 * Keeps addresses out that begin with `rule`. Not saved over a restart.
 *
 * @param rule for example `10.1.`, or `all`
 * @throws ReplyError `noauth` unless the client is on the server's own machine
 */
export function addDenyIp<V = string>(rule: string): Command<void, V> {
  return new Command<void, V>(ADD_DENY_IP, [notEmpty(rule, 'rule')], nothing);
}

/**
 * Takes back {@link addDenyIp}.
 *
 * @param rule exactly as it was added
 * @throws ReplyError `noauth` unless the client is on the server's own machine
 */
export function delDenyIp<V = string>(rule: string): Command<void, V> {
  return new Command<void, V>(DEL_DENY_IP, [notEmpty(rule, 'rule')], nothing);
}

/** The range of keys that is stored. */
export function getKeyRange<V = string>(): Command<KeyRange, V> {
  return new Command<KeyRange, V>(GET_KEY_RANGE, [], keyRange);
}

/** The range of plain keys that the server takes, as {@link setKvRange} left it. */
export function getKvRange<V = string>(): Command<KeyRange, V> {
  return new Command<KeyRange, V>(GET_KV_RANGE, [], keyRange);
}

/**
 * Sets which plain keys the server takes; for others commands on a single key are refused with `out_of_range`. Survives a
 * restart, and works on a read-only server too.
 *
 * @param start not included; `''` = open
 * @param end included; `''` = open
 */
export function setKvRange<V = string>(start: Data, end: Data): Command<void, V> {
  return new Command<void, V>(SET_KV_RANGE, [toArg(start, 'start'), toArg(end, 'end')], nothing);
}

/** Lifts the range of {@link setKvRange} for this connection. Only for single connections. */
export function ignoreKeyRange<V = string>(): LeaseCommand<void, V> {
  return new Command<void, V>(IGNORE_KEY_RANGE, [], nothing);
}
