/** COMMAND: what the server knows about its commands. */
import { type Arg, Command, type Data, read, toArg } from '@kv/core';
import { type AtMostOne, addAny, addData, checkOptions, chosen, headAndAny, type Many } from './support/arguments.ts';
import {
  dataList,
  eachField,
  list,
  parts,
  plain,
  structure,
  structures,
  text,
  texts,
  whole,
} from './support/replies.ts';

const COMMAND = read('COMMAND', null);
const COMMAND_COUNT = read('COMMAND COUNT', null);
const COMMAND_DOCS = read('COMMAND DOCS', null);
const COMMAND_GETKEYS = read('COMMAND GETKEYS', null);
const COMMAND_GETKEYSANDFLAGS = read('COMMAND GETKEYSANDFLAGS', null);
const COMMAND_HELP = read('COMMAND HELP', null);
const COMMAND_INFO = read('COMMAND INFO', null);
const COMMAND_LIST = read('COMMAND LIST', null);

/** Where a command has keys, as the server describes it. */
export interface CommandKeySpec {
  /** What the command does with these keys (`RW`, `access`, …). */
  readonly flags: string[];
  readonly notes?: string;
  readonly beginSearch: { readonly type: string; readonly spec: Readonly<Record<string, unknown>> };
  readonly findKeys: { readonly type: string; readonly spec: Readonly<Record<string, unknown>> };
}

/** One command, as the server describes it. */
export interface CommandInfo {
  readonly name: string;
  /** Number of words with the name; negative: at least. */
  readonly arity: number;
  readonly flags: string[];
  /** Position of the first key, counted from the name; 0 = none. */
  readonly firstKey: number;
  readonly lastKey: number;
  readonly step: number;
  readonly categories: string[];
  /** Since 7.0. */
  readonly tips: string[];
  /** Since 7.0. */
  readonly keySpecs: CommandKeySpec[];
  /** Since 7.0. */
  readonly subcommands: CommandInfo[];
}

function search(raw: unknown): unknown {
  return structure(raw, { spec: (item: unknown) => structure(item) });
}

const keySpecs = structures<CommandKeySpec>({ flags: texts, beginSearch: search, findKeys: search });

function describe(raw: unknown): CommandInfo {
  const [name, arity, flags, firstKey, lastKey, step, categories = [], tips = [], specs = [], subcommands = []] = parts(
    raw,
    6,
  );
  return {
    name: text(name),
    arity: whole(arity),
    flags: texts(flags),
    firstKey: whole(firstKey),
    lastKey: whole(lastKey),
    step: whole(step),
    categories: texts(categories),
    tips: texts(tips),
    keySpecs: keySpecs(specs),
    subcommands: list(subcommands).map(describe),
  };
}

function commandInfos(raw: unknown): CommandInfo[] {
  return list(raw).map(describe);
}

/** Unknown names are null; in the list of all commands nothing is. */
function commandInfosOrNull(raw: unknown): (CommandInfo | null)[] {
  return list(raw).map((item) => (item === null ? null : describe(item)));
}

/**
 * All commands of the server.
 *
 * @since 2.8.13
 * @see https://redis.io/commands/command/
 */
export function command<V = string>(): Command<CommandInfo[], V> {
  return new Command<CommandInfo[], V>(COMMAND, [], commandInfos);
}

/**
 * How many commands the server has.
 *
 * @since 2.8.13
 * @see https://redis.io/commands/command-count/
 */
export function commandCount<V = string>(): Command<number, V> {
  return new Command<number, V>(COMMAND_COUNT, [], whole);
}

/** One argument in {@link CommandDoc}; newer servers add fields. */
export interface CommandArgumentDoc {
  readonly name: string;
  readonly type: string;
  readonly token?: string;
  readonly since?: string;
  readonly deprecatedSince?: string;
  readonly flags?: string[];
  readonly displayText?: string;
  readonly keySpecIndex?: number;
  readonly arguments?: CommandArgumentDoc[];
}

/** Documentation of one command; newer servers add fields. */
export interface CommandDoc {
  readonly summary: string;
  readonly since: string;
  readonly group: string;
  readonly complexity?: string;
  readonly module?: string;
  readonly docFlags?: string[];
  readonly deprecatedSince?: string;
  readonly replacedBy?: string;
  /** Version and what it changed. */
  readonly history?: [version: string, change: string][];
  readonly arguments?: CommandArgumentDoc[];
  readonly subcommands?: ReadonlyMap<string, CommandDoc>;
}

/** Written out, because the description is nested in itself. */
function argumentDocs(raw: unknown): CommandArgumentDoc[] {
  return structures<CommandArgumentDoc>({ flags: texts, arguments: argumentDocs })(raw);
}

function commandDoc(raw: unknown): CommandDoc {
  return structure(raw, { docFlags: texts, history: plain, arguments: argumentDocs, subcommands: docs });
}

/**
 * Documentation of commands by name, or of all; names that the server does not know are left out.
 *
 * @since 7.0.0
 * @see https://redis.io/commands/command-docs/
 */
export function commandDocs<V = string>(...names: Many[]): Command<Map<string, CommandDoc>, V> {
  return new Command<Map<string, CommandDoc>, V>(COMMAND_DOCS, addAny([], names, 'names'), docs);
}

function docs(raw: unknown): Map<string, CommandDoc> {
  const found = new Map<string, CommandDoc>();
  eachField(raw, (name, item) => found.set(name, commandDoc(item)));
  return found;
}

/**
 * The keys in a full command line.
 *
 * @example await redis.commandGetkeys('mset', 'a', 1, 'b', 2) // ['a', 'b']
 * @throws ReplyError when the command is unknown or has no keys
 * @since 2.8.13
 * @see https://redis.io/commands/command-getkeys/
 */
export function commandGetkeys<V = string>(command: string, ...args: Many[]): Command<V[], V> {
  return new Command<V[], V>(COMMAND_GETKEYS, headAndAny(toArg(command, 'command'), args, 'args'), dataList);
}

/** A key and what the command does with it (`RW`, `access`, `update`, …). */
export interface KeyUse<V> {
  readonly key: V;
  readonly flags: string[];
}

function keyUses<V>(raw: unknown): KeyUse<V>[] {
  return list<[V, unknown]>(raw).map(([key, flags]) => ({ key, flags: texts(flags) }));
}

/**
 * The keys in a full command line, and what happens to them.
 *
 * @throws ReplyError when the command is unknown or has no keys
 * @since 7.0.0
 * @see https://redis.io/commands/command-getkeysandflags/
 */
export function commandGetkeysandflags<V = string>(command: string, ...args: Many[]): Command<KeyUse<V>[], V> {
  return new Command<KeyUse<V>[], V>(
    COMMAND_GETKEYSANDFLAGS,
    headAndAny(toArg(command, 'command'), args, 'args'),
    keyUses,
  );
}

/**
 * The server's own help text on COMMAND, line by line.
 *
 * @since 5.0.0
 * @see https://redis.io/commands/command-help/
 */
export function commandHelp<V = string>(): Command<string[], V> {
  return new Command<string[], V>(COMMAND_HELP, [], texts);
}

/**
 * What the server knows about commands by name (`null` for unknown ones), or about all.
 *
 * @since 2.8.13
 * @see https://redis.io/commands/command-info/
 */
export function commandInfo<V = string>(...names: Many[]): Command<(CommandInfo | null)[], V> {
  return new Command<(CommandInfo | null)[], V>(COMMAND_INFO, addAny([], names, 'names'), commandInfosOrNull);
}

/** Which names {@link commandList} gives; at most one. */
export type CommandListFilter = AtMostOne<{
  /** Commands of a module. */
  module: string;
  /** Commands of an ACL category. */
  aclcat: string;
  /** Commands whose names match a glob pattern. */
  pattern: string;
}>;

const FILTERS = ['module', 'aclcat', 'pattern'] as const;
const FILTER_SET: ReadonlySet<string> = new Set(FILTERS);

function filterArgs(filter: CommandListFilter): Arg[] {
  checkOptions(filter, FILTER_SET);
  const by = chosen(filter, FILTERS);
  if (by === undefined) return [];
  const args: Arg[] = ['FILTERBY'];
  addData(args, by.toUpperCase(), filter[by] as Data, by);
  return args;
}

/**
 * The names of all commands, or of those that a filter lets through.
 *
 * @since 7.0.0
 * @see https://redis.io/commands/command-list/
 */
export function commandList<V = string>(filter: CommandListFilter = {}): Command<string[], V> {
  return new Command<string[], V>(COMMAND_LIST, filterArgs(filter), texts);
}
