/** The server as a whole: databases, saving, reports, stopping. */
import { type Arg, ArgumentError, Command, idempotent, integer, read, toArg, write } from '@kv/core';
import {
  type AtMostOne,
  addAny,
  addInteger,
  addSwitch,
  checkOptions,
  chosen,
  type Int,
  type Many,
} from './support/arguments.ts';
import { asIs, integerOf, ok, parts, text, whole } from './support/replies.ts';

const BGREWRITEAOF = idempotent('BGREWRITEAOF', null);
const BGSAVE = idempotent('BGSAVE', null);
const DBSIZE = read('DBSIZE', null);
const DEBUG = write('DEBUG', null);
const FLUSHALL = idempotent('FLUSHALL', null);
const FLUSHDB = idempotent('FLUSHDB', null);
const INFO = read('INFO', null);
const LASTSAVE = read('LASTSAVE', null);
const LOLWUT = read('LOLWUT', null);
const SAVE = idempotent('SAVE', null);
const SHUTDOWN = write('SHUTDOWN', null);
const SWAPDB = write('SWAPDB', null);
const TIME = read('TIME', null);

/**
 * Begins to rewrite the append-only file in the background. Answers with a sentence.
 *
 * @throws ReplyError when one is being written
 * @since 1.0.0
 * @see https://redis.io/commands/bgrewriteaof/
 */
export function bgrewriteaof<V = string>(): Command<string, V> {
  return new Command<string, V>(BGREWRITEAOF, [], text);
}

/** Options of {@link bgsave}; at most one. */
export type BgsaveOptions = AtMostOne<{
  /** If the append-only file is being written, save after that. Since 3.2.2. */
  schedule: boolean;
  /** Stop the save that runs or is scheduled. Valkey 8.1. */
  cancel: boolean;
}>;

const BGSAVE_OPTIONS = new Set(['schedule', 'cancel']);

function bgsaveArgs(options: BgsaveOptions): Arg[] {
  checkOptions(options, BGSAVE_OPTIONS);
  chosen(options, ['schedule', 'cancel']);
  const args: Arg[] = [];
  addSwitch(args, 'SCHEDULE', options.schedule, 'schedule');
  addSwitch(args, 'CANCEL', options.cancel, 'cancel');
  return args;
}

/**
 * Begins to save a snapshot in the background. Answers with a sentence; {@link lastsave} tells when it is done.
 *
 * @throws ReplyError when a save or a rewrite runs
 * @since 1.0.0
 * @see https://redis.io/commands/bgsave/
 */
export function bgsave<V = string>(options: BgsaveOptions = {}): Command<string, V> {
  return new Command<string, V>(BGSAVE, bgsaveArgs(options), text);
}

/**
 * How many keys the database has.
 *
 * @since 1.0.0
 * @see https://redis.io/commands/dbsize/
 */
export function dbsize<V = string>(): Command<number, V> {
  return new Command<number, V>(DBSIZE, [], whole);
}

/**
 * For developers and tests of the server; what it answers depends on the subcommand and the version, and comes as the wire
 * value.
 *
 * @throws ReplyError when the server does not allow DEBUG
 * @since 1.0.0
 * @see https://redis.io/commands/debug/
 */
export function debug<V = string>(subcommand: string, ...args: Many[]): Command<unknown, V> {
  return new Command<unknown, V>(DEBUG, addAny([toArg(subcommand, 'subcommand')], args, 'args'), asIs);
}

/** How keys are deleted; at most one, else the server's setting `lazyfree-lazy-user-flush` decides. */
export type FlushOptions = AtMostOne<{
  /** Memory is freed in the background. Since 4.0. */
  async: boolean;
  /** Memory is freed before the answer. Since 6.2. */
  sync: boolean;
}>;

const FLUSH_OPTIONS = new Set(['async', 'sync']);

function flushArgs(options: FlushOptions): Arg[] {
  checkOptions(options, FLUSH_OPTIONS);
  chosen(options, ['async', 'sync']);
  const args: Arg[] = [];
  addSwitch(args, 'ASYNC', options.async, 'async');
  addSwitch(args, 'SYNC', options.sync, 'sync');
  return args;
}

/**
 * Deletes all keys of all databases.
 *
 * @since 1.0.0
 * @see https://redis.io/commands/flushall/
 */
export function flushall<V = string>(options: FlushOptions = {}): Command<'OK', V> {
  return new Command<'OK', V>(FLUSHALL, flushArgs(options), ok);
}

/**
 * Deletes all keys of the database.
 *
 * @since 1.0.0
 * @see https://redis.io/commands/flushdb/
 */
export function flushdb<V = string>(options: FlushOptions = {}): Command<'OK', V> {
  return new Command<'OK', V>(FLUSHDB, flushArgs(options), ok);
}

/**
 * A report, `name:value` lines under `# Section` lines: all sections, or those named (`server`, `memory`, `replication`,
 * `everything`, …; several since 7.0).
 *
 * @since 1.0.0
 * @see https://redis.io/commands/info/
 */
export function info<V = string>(...sections: Many[]): Command<string, V> {
  return new Command<string, V>(INFO, addAny([], sections, 'sections'), text);
}

/**
 * When the last snapshot was saved, as unix time in seconds.
 *
 * @since 1.0.0
 * @see https://redis.io/commands/lastsave/
 */
export function lastsave<V = string>(): Command<number, V> {
  return new Command<number, V>(LASTSAVE, [], whole);
}

/** Options of {@link lolwut}. */
export interface LolwutOptions {
  /** Which version of the drawing. */
  readonly version?: Int | undefined;
}

const LOLWUT_OPTIONS = new Set(['version']);

/**
 * A drawing, and the version of the server.
 *
 * @since 5.0.0
 * @see https://redis.io/commands/lolwut/
 */
export function lolwut<V = string>(options: LolwutOptions = {}): Command<string, V> {
  checkOptions(options, LOLWUT_OPTIONS);
  const args: Arg[] = [];
  addInteger(args, 'VERSION', options.version, 'version', 0);
  return new Command<string, V>(LOLWUT, args, text);
}

/**
 * Saves a snapshot; the server answers no other client meanwhile. Use {@link bgsave}.
 *
 * @throws ReplyError when a save runs, or the file cannot be written
 * @since 1.0.0
 * @see https://redis.io/commands/save/
 */
export function save<V = string>(): Command<'OK', V> {
  return new Command<'OK', V>(SAVE, [], ok);
}

/** Options of {@link shutdown}; `save` and `nosave` exclude each other, `abort` stands alone. */
export type ShutdownOptions =
  | (AtMostOne<{
      /** Save a snapshot even if the server is not set to. */
      save: boolean;
      /** Do not save. */
      nosave: boolean;
    }> & {
      /** Do not wait for replicas. Since 7.0. */
      readonly now?: boolean | undefined;
      /** Stop even if saving fails. Since 7.0. */
      readonly force?: boolean | undefined;
      readonly abort?: false | undefined;
    })
  | {
      /** Stay after all. Since 7.0. */
      readonly abort: true;
      readonly save?: false | undefined;
      readonly nosave?: false | undefined;
      readonly now?: false | undefined;
      readonly force?: false | undefined;
    };

const SHUTDOWN_OPTIONS = new Set(['save', 'nosave', 'now', 'force', 'abort']);

function shutdownArgs(options: ShutdownOptions): Arg[] {
  checkOptions(options, SHUTDOWN_OPTIONS);
  chosen(options, ['save', 'nosave']);
  const args: Arg[] = [];
  addSwitch(args, 'SAVE', options.save, 'save');
  addSwitch(args, 'NOSAVE', options.nosave, 'nosave');
  addSwitch(args, 'NOW', options.now, 'now');
  addSwitch(args, 'FORCE', options.force, 'force');
  const others = args.length;
  if (addSwitch(args, 'ABORT', options.abort, 'abort') && others > 0) {
    throw new ArgumentError('options.abort: cannot be combined with other options');
  }
  return args;
}

/**
 * Stops the server. A server that stops does not answer: the call then rejects with a connection error whose outcome is
 * `unknown`, and the client tries to connect again until it is closed. It resolves only for `abort`.
 *
 * @throws ReplyError when saving fails, or there is nothing to abort
 * @since 1.0.0
 * @see https://redis.io/commands/shutdown/
 */
export function shutdown<V = string>(options: ShutdownOptions = {}): Command<'OK', V> {
  return new Command<'OK', V>(SHUTDOWN, shutdownArgs(options), ok);
}

/**
 * Exchanges two databases; connections see the other data at once.
 *
 * @since 4.0.0
 * @see https://redis.io/commands/swapdb/
 */
export function swapdb<V = string>(db1: Int, db2: Int): Command<'OK', V> {
  return new Command<'OK', V>(SWAPDB, [integer(db1, 'db1', 0), integer(db2, 'db2', 0)], ok);
}

/** What {@link time} resolves to. */
export interface ServerTime {
  /** Unix time in seconds. */
  readonly seconds: number;
  /** Microseconds within the second. */
  readonly microseconds: number;
}

function serverTime(raw: unknown): ServerTime {
  const [seconds, microseconds] = parts(raw, 2);
  return { seconds: integerOf(seconds), microseconds: integerOf(microseconds) };
}

/**
 * The clock of the server.
 *
 * @since 2.6.0
 * @see https://redis.io/commands/time/
 */
export function time<V = string>(): Command<ServerTime, V> {
  return new Command<ServerTime, V>(TIME, [], serverTime);
}
