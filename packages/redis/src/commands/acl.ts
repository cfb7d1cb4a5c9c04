/** ACL: users and what they may do. */
import { Command, Flag, idempotent, integer, read, toArg, write } from '@kv/core';
import { headAndAny, type Int, type Many, many } from './support/arguments.ts';
import { double, ok, structure, structures, text, texts, whole } from './support/replies.ts';

const ACL_CAT = read('ACL CAT', null);
const ACL_DELUSER = idempotent('ACL DELUSER', null);
const ACL_DRYRUN = read('ACL DRYRUN', null);
const ACL_GENPASS = read('ACL GENPASS', null);
const ACL_GETUSER = read('ACL GETUSER', null);
const ACL_HELP = read('ACL HELP', null);
const ACL_LIST = read('ACL LIST', null);
const ACL_LOAD = write('ACL LOAD', null);
const ACL_LOG = write('ACL LOG', null);
const ACL_SAVE = write('ACL SAVE', null);
const ACL_SETUSER = write('ACL SETUSER', null);
const ACL_USERS = read('ACL USERS', null);
const ACL_WHOAMI = read('ACL WHOAMI', null);

/**
 * All categories of commands, or the commands of one category.
 *
 * @since 6.0.0
 * @see https://redis.io/commands/acl-cat/
 */
export function aclCat<V = string>(category?: string): Command<string[], V> {
  return new Command<string[], V>(ACL_CAT, category === undefined ? [] : [toArg(category, 'category')], texts);
}

/**
 * Deletes users and closes their connections.
 *
 * @returns how many of them existed
 * @throws ReplyError for the user `default`
 * @since 6.0.0
 * @see https://redis.io/commands/acl-deluser/
 */
export function aclDeluser<V = string>(...usernames: Many[]): Command<number, V> {
  return new Command<number, V>(ACL_DELUSER, many(usernames, 'usernames'), whole);
}

/**
 * Whether a user might run a command, without running it: `OK`, or the reason why not.
 *
 * @throws ReplyError when there is no such user or command
 * @since 7.0.0
 * @see https://redis.io/commands/acl-dryrun/
 */
export function aclDryrun<V = string>(username: string, command: string, ...args: Many[]): Command<string, V> {
  const all = headAndAny(toArg(username, 'username'), [toArg(command, 'command'), ...args], 'args');
  return new Command<string, V>(ACL_DRYRUN, all, text);
}

/**
 * A random password of so many bits (default 256), as hexadecimal text.
 *
 * @since 6.0.0
 * @see https://redis.io/commands/acl-genpass/
 */
export function aclGenpass<V = string>(bits?: Int): Command<string, V> {
  return new Command<string, V>(ACL_GENPASS, bits === undefined ? [] : [integer(bits, 'bits', 1, 4096)], text);
}

/** A set of rules in addition to the user's own. */
export interface AclSelector {
  readonly commands: string;
  readonly keys: string;
  readonly channels: string;
}

/** What {@link aclGetuser} resolves to. */
export interface AclUser extends AclSelector {
  readonly flags: string[];
  /** SHA-256 of the passwords. */
  readonly passwords: string[];
  readonly selectors: AclSelector[];
}

function user(raw: unknown): AclUser | null {
  if (raw === null) return null;
  return structure<AclUser>(raw, { flags: texts, passwords: texts, keys: rule, channels: rule, selectors });
}

const selectors = structures<AclSelector>();

/** Patterns are one text since 7.0, a list before. */
function rule(raw: unknown): string {
  return Array.isArray(raw) ? texts(raw).join(' ') : text(raw);
}

/**
 * What a user may do, or `null` when there is no such user.
 *
 * @throws ReplyError `NOPERM` when the own user may not
 * @since 6.0.0
 * @see https://redis.io/commands/acl-getuser/
 */
export function aclGetuser<V = string>(username: string): Command<AclUser | null, V> {
  return new Command<AclUser | null, V>(ACL_GETUSER, [toArg(username, 'username')], user);
}

/**
 * The server's own help text on ACL, line by line.
 *
 * @since 6.0.0
 * @see https://redis.io/commands/acl-help/
 */
export function aclHelp<V = string>(): Command<string[], V> {
  return new Command<string[], V>(ACL_HELP, [], texts);
}

/**
 * All users with their rules, in the form of an ACL file.
 *
 * @throws ReplyError `NOPERM` when the own user may not
 * @since 6.0.0
 * @see https://redis.io/commands/acl-list/
 */
export function aclList<V = string>(): Command<string[], V> {
  return new Command<string[], V>(ACL_LIST, [], texts);
}

/**
 * Reads the ACL file again, all or nothing.
 *
 * @throws ReplyError when there is no ACL file, or it has errors
 * @since 6.0.0
 * @see https://redis.io/commands/acl-load/
 */
export function aclLoad<V = string>(): Command<'OK', V> {
  return new Command<'OK', V>(ACL_LOAD, [], ok);
}

/** One refusal. Newer servers add fields. */
export interface AclLogEntry {
  /** How often it happened within a minute. */
  readonly count: number;
  /** `auth`, `command`, `key` or `channel`. */
  readonly reason: string;
  readonly context: string;
  /** The command, key or channel that was refused. */
  readonly object: string;
  readonly username: string;
  readonly ageSeconds: number;
  /** As {@link clientInfo} has it. */
  readonly clientInfo: string;
  /** Since 7.2. */
  readonly entryId?: number;
  /** Unix time in milliseconds. Since 7.2. */
  readonly timestampCreated?: number;
  /** Unix time in milliseconds. Since 7.2. */
  readonly timestampLastUpdated?: number;
}

const logEntries = structures<AclLogEntry>({ ageSeconds: double });

/**
 * The latest refusals, newest first (at most 10, or `count`); `reset` forgets them.
 *
 * @throws ReplyError `NOPERM` when the own user may not
 * @since 6.0.0
 * @see https://redis.io/commands/acl-log/
 */
export function aclLog<V = string>(count?: Int): Command<AclLogEntry[], V>;
export function aclLog<V = string>(count: 'reset'): Command<'OK', V>;
export function aclLog<V = string>(count?: Int | 'reset'): Command<AclLogEntry[] | 'OK', V>;
export function aclLog<V = string>(count?: Int | 'reset'): Command<AclLogEntry[] | 'OK', V> {
  if (count === 'reset') return new Command<AclLogEntry[] | 'OK', V>(ACL_LOG, ['RESET'], ok);
  const args = count === undefined ? [] : [integer(count, 'count', 0)];
  return new Command<AclLogEntry[] | 'OK', V>(ACL_LOG, args, logEntries, Flag.read);
}

/**
 * Writes the users to the ACL file.
 *
 * @throws ReplyError when there is no ACL file, or it cannot be written
 * @since 6.0.0
 * @see https://redis.io/commands/acl-save/
 */
export function aclSave<V = string>(): Command<'OK', V> {
  return new Command<'OK', V>(ACL_SAVE, [], ok);
}

/**
 * Makes a user, or changes one: rules are added to those it has, in the order given (`on`, `>password`, `~key:*`, `+@read`,
 * `reset`, …).
 *
 * @example await redis.aclSetuser('app', 'on', '>secret', '~app:*', '+@all', '-@dangerous')
 * @throws ReplyError when a rule is wrong; then none is taken
 * @since 6.0.0
 * @see https://redis.io/commands/acl-setuser/
 */
export function aclSetuser<V = string>(username: string, ...rules: Many[]): Command<'OK', V> {
  return new Command<'OK', V>(ACL_SETUSER, headAndAny(toArg(username, 'username'), rules, 'rules'), ok);
}

/**
 * The names of all users.
 *
 * @throws ReplyError `NOPERM` when the own user may not
 * @since 6.0.0
 * @see https://redis.io/commands/acl-users/
 */
export function aclUsers<V = string>(): Command<string[], V> {
  return new Command<string[], V>(ACL_USERS, [], texts);
}

/**
 * The name of the own user.
 *
 * @since 6.0.0
 * @see https://redis.io/commands/acl-whoami/
 */
export function aclWhoami<V = string>(): Command<string, V> {
  return new Command<string, V>(ACL_WHOAMI, [], text);
}
