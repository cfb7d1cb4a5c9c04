/** Replication: roles, hand-over, and waiting for copies. */
import { type Arg, ArgumentError, Command, Flag, integer, read, spec, toArg, write } from '@kv/core';
import { addInteger, addSwitch, checkObject, checkOptions, type Int } from './support/arguments.ts';
import { integerOf, list, parts, text, texts, unexpected, whole } from './support/replies.ts';

const FAILOVER = write('FAILOVER', null);
const REPLICAOF = write('REPLICAOF', null);
const ROLE = read('ROLE', null);
const SLAVEOF = write('SLAVEOF', null);
const WAIT = spec('WAIT', Flag.blocking | Flag.stateful);
const WAITAOF = spec('WAITAOF', Flag.blocking | Flag.stateful);

/** Options of {@link failover}: start one, or `abort`. */
export type FailoverOptions =
  | {
      /** The replica that takes over; without it the one that is ahead. */
      readonly to?: { readonly host: string; readonly port: Int } | undefined;
      /** After `timeout` hand over even if `to` is behind. Needs both. */
      readonly force?: boolean | undefined;
      /** How long to wait for the replica, in milliseconds. */
      readonly timeout?: Int | undefined;
      readonly abort?: undefined;
    }
  | { readonly abort: true; readonly to?: undefined; readonly force?: undefined; readonly timeout?: undefined };

const FAILOVER_OPTIONS = new Set(['to', 'force', 'timeout', 'abort']);

function failoverArgs(options: FailoverOptions): Arg[] {
  checkOptions(options, FAILOVER_OPTIONS);
  const { to, force, timeout, abort } = options;
  const args: Arg[] = [];
  if (addSwitch(args, 'ABORT', abort, 'abort')) {
    if (to === undefined && !force && timeout === undefined) return args;
    throw new ArgumentError('options.abort: cannot be combined with other options');
  }
  if (force && (to === undefined || timeout === undefined)) {
    throw new ArgumentError('options.force: only together with to and timeout');
  }
  if (to !== undefined) checkObject(to, 'options.to', '{ host, port }');
  if (to !== undefined)
    args.push('TO', toArg(to.host, 'options.to.host'), integer(to.port, 'options.to.port', 1, 65535));
  addSwitch(args, 'FORCE', force, 'force');
  addInteger(args, 'TIMEOUT', timeout, 'timeout', 1);
  return args;
}

/**
 * Begins to hand the role of the master over to a replica, or stops that. Answers before it is done; see {@link role}.
 *
 * @throws ReplyError when there is no such replica, or nothing to abort
 * @since 6.2.0
 * @see https://redis.io/commands/failover/
 */
export function failover<V = string>(options: FailoverOptions = {}): Command<'OK', V> {
  return new Command<'OK', V>(FAILOVER, failoverArgs(options), okText);
}

/** The text may say more than OK (`OK Already connected to specified master`). */
function okText(_raw: unknown): 'OK' {
  return 'OK';
}

/** Whom to copy; `'no one'` makes the server a master. */
export type ReplicationSource = { readonly host: string; readonly port: Int } | 'no one';

function sourceArgs(source: ReplicationSource): Arg[] {
  if (source === 'no one') return ['NO', 'ONE'];
  checkObject(source, 'source', "{ host, port } or 'no one'");
  return [toArg(source.host, 'source.host'), integer(source.port, 'source.port', 1, 65535)];
}

/**
 * Makes the server a replica of another one, whose data replace its own, or a master.
 *
 * @example await redis.replicaof('no one')
 * @since 5.0.0
 * @see https://redis.io/commands/replicaof/
 */
export function replicaof<V = string>(source: ReplicationSource): Command<'OK', V> {
  return new Command<'OK', V>(REPLICAOF, sourceArgs(source), okText);
}

/** A replica, as its master sees it. */
export interface RoleReplica {
  readonly host: string;
  readonly port: number;
  /** How far it has acknowledged. */
  readonly offset: number;
}

/** What {@link role} resolves to, in the server's own words. */
export type Role =
  | { readonly role: 'master'; readonly offset: number; readonly replicas: RoleReplica[] }
  | {
      readonly role: 'slave';
      /** The master. */
      readonly host: string;
      readonly port: number;
      /** `connect`, `connecting`, `sync` or `connected`. */
      readonly state: string;
      /** -1 before the first synchronization. */
      readonly offset: number;
    }
  | { readonly role: 'sentinel'; readonly masters: string[] };

function replicaOf(raw: unknown): RoleReplica {
  const [host, port, offset] = parts(raw, 3);
  return { host: text(host), port: integerOf(port), offset: integerOf(offset) };
}

function roleOf(raw: unknown): Role {
  const [name, ...rest] = parts(raw, 2);
  const role = text(name);
  if (role === 'master') return { role, offset: whole(rest[0]), replicas: list(rest[1]).map(replicaOf) };
  if (role === 'sentinel') return { role, masters: texts(rest[0]) };
  if (role !== 'slave') throw unexpected('a role');
  const [host, port, state, offset] = rest;
  return { role: 'slave', host: text(host), port: whole(port), state: text(state), offset: whole(offset) };
}

/**
 * Whether the server is a master (with its replicas), a replica (with its master) or a sentinel.
 *
 * @since 2.8.12
 * @see https://redis.io/commands/role/
 */
export function role<V = string>(): Command<Role, V> {
  return new Command<Role, V>(ROLE, [], roleOf);
}

/**
 * The old name of {@link replicaof}.
 *
 * @deprecated use {@link replicaof}
 * @since 1.0.0
 * @see https://redis.io/commands/slaveof/
 */
export function slaveof<V = string>(source: ReplicationSource): Command<'OK', V> {
  return new Command<'OK', V>(SLAVEOF, sourceArgs(source), okText);
}

/**
 * Waits until so many replicas have what this connection wrote, or for so many milliseconds (0 = no limit). It is about one
 * connection, therefore only on a session.
 *
 * @returns how many replicas have it, which may be less than asked for
 * @scope lease
 * @since 3.0.0
 * @see https://redis.io/commands/wait/
 */
export function wait<V = string>(numreplicas: Int, milliseconds: Int): Command<number, V> {
  const args = [integer(numreplicas, 'numreplicas', 0), integer(milliseconds, 'milliseconds', 0)];
  return new Command<number, V>(WAIT, args, whole, WAIT.flags, Number(milliseconds));
}

/** What {@link waitaof} resolves to. */
export interface WaitAofResult {
  /** 1 when the server itself has it on disk. */
  readonly local: number;
  /** Replicas that have it on disk. */
  readonly replicas: number;
}

function onDisk(raw: unknown): WaitAofResult {
  const [local, replicas] = parts(raw, 2);
  return { local: whole(local), replicas: whole(replicas) };
}

/**
 * Waits until what this connection wrote is on the disk of the server (`numlocal` 1) and of so many replicas, or for so
 * many milliseconds (0 = no limit). Only on a session.
 *
 * @throws ReplyError with `numlocal` 1 when the server has no append-only file
 * @scope lease
 * @since 7.2.0
 * @see https://redis.io/commands/waitaof/
 */
export function waitaof<V = string>(numlocal: 0 | 1, numreplicas: Int, milliseconds: Int): Command<WaitAofResult, V> {
  const args = [integer(numlocal, 'numlocal', 0, 1), integer(numreplicas, 'numreplicas', 0)];
  args.push(integer(milliseconds, 'milliseconds', 0));
  return new Command<WaitAofResult, V>(WAITAOF, args, onDisk, WAITAOF.flags, Number(milliseconds));
}
