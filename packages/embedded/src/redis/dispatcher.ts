import type { Client } from './client.ts';
import { Redirection } from './cluster/node.ts';
import { checkSingleDatabase } from './cluster/single-database.ts';
import type { Context } from './command.ts';
import { CommandError, refuse } from './command-error.ts';
import { keysOf } from './command-keys.ts';
import { type CommandInfo, commandTable } from './command-table.ts';
import { runners } from './commands.ts';
import { keysLookedAt } from './key-misses.ts';
import { errorReply, QUEUED } from './replies.ts';
import { loadLua, luaModule, luaProblem } from './scripting/lua-module.ts';
import { ScriptError } from './scripting/redis-api.ts';
import type { RedisState } from './state.ts';

/** Never queued in a transaction. */
const IMMEDIATE = new Set(['exec', 'discard', 'multi', 'watch', 'quit', 'reset']);
const IN_SUBSCRIBED_MODE = /^([ps]?(un)?subscribe|ping|quit|reset)$/;
const SHOWN_NAME = 128;
const SHARD_CHANNELS = new Set(['ssubscribe', 'sunsubscribe', 'spublish']);
const WRITING_SCRIPTS = new Set(['eval', 'evalsha', 'fcall']);
const SCRIPTS = new Set([...WRITING_SCRIPTS, 'eval_ro', 'evalsha_ro', 'fcall_ro', 'script|load', 'function|load']);

/** Takes one request of a client: checks it as the server does, then runs, queues, postpones or refuses it. */
export function dispatch(state: RedisState, client: Client, words: readonly string[]): void {
  if (words.length === 0) return;
  client.seenAt = state.clock.now();
  try {
    const info = find(words);
    client.lastCommand = info.name;
    check(client, info);
    checkCluster(state, client, info, words);
    if (postpones(state, client, info) || waitsForLua(state, client, info)) {
      client.postponed = words;
      client.line.hold();
      return;
    }
    if (client.transaction !== undefined && !IMMEDIATE.has(info.name)) {
      client.transaction.commands.push(words);
      client.reply(QUEUED);
    } else {
      state.run(client, words);
      state.serveWaiting();
      state.watchExpiry();
    }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    client.reply(errorReply(rejected(state, client, words, error)));
  }
  afterReply(client);
}

/** A command refused before it runs spoils the transaction; a refused EXEC ends it. */
function rejected(state: RedisState, client: Client, [name]: readonly string[], error: CommandError): string {
  if (client.transaction !== undefined) client.transaction.refused = true;
  const text = error.message;
  if (name?.toLowerCase() !== 'exec') return text;
  client.transaction = undefined;
  state.unwatch(client);
  if (error instanceof Redirection) return text;
  return `EXECABORT Transaction discarded because of: ${text.replace(/^ERR /, '')}`;
}

/** Runs one command without further checks and sends its reply. */
export function run(state: RedisState, client: Client, words: readonly string[]): void {
  for (const database of state.databases) database.collect();
  const reply = replyTo(state, client, find(words), words);
  if (reply !== undefined) client.reply(reply);
}

/** The same for a script, which has rules of its own and gets the reply. Time stands still for it: no key expires. */
export function runInScript(state: RedisState, client: Client, words: readonly string[], readOnly: boolean): string {
  const info = lookUp(words) ?? scriptError('Unknown Redis command called from script');
  if (!fits(info, words)) scriptError('Wrong number of args calling Redis command from script');
  if (info.flags.includes('noscript')) scriptError('This Redis command is not allowed from script');
  if (readOnly && info.flags.includes('write')) {
    scriptError('Write commands are not allowed from read-only scripts.');
  }
  checkSlots(state, info, words);
  return replyTo(state, client, info, words) ?? '';
}

function scriptError(text: string): never {
  throw new ScriptError(text);
}

/** A script reaches no other node of a cluster. */
function checkSlots({ cluster }: RedisState, info: CommandInfo, words: readonly string[]): void {
  try {
    cluster?.check({ keys: keysOf(info, words) ?? [], asking: false, areChannels: SHARD_CHANNELS.has(info.name) });
  } catch (error) {
    if (!(error instanceof Redirection)) throw error;
    scriptError('Script attempted to access a non local key in a cluster node');
  }
}

/** Runs a command; undefined: the reply comes later. */
function replyTo(state: RedisState, client: Client, info: CommandInfo, words: readonly string[]): string | undefined {
  const args = words.slice(info.name.includes('|') ? 2 : 1);
  state.commandsRun += 1;
  showToMonitors(state, client, info, words);
  const { name } = info;
  noteMisses(state, client, info, words);
  const context: Context = {
    state,
    client,
    name,
    words,
    get db() {
      return state.database(client.db); // looked up each time: a client may wait while databases are swapped
    },
    wire: client.notation,
  };
  try {
    const reply = runners.get(name)?.(context, args);
    state.events.flushMisses();
    return reply;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (error.message.startsWith('ERR ') && error.message !== 'ERR no such key') state.events.forgetMisses();
    else state.events.flushMisses();
    return errorReply(error.message);
  }
}

/** Who listens for keys that are missing hears of them when the arguments of the command are right. */
function noteMisses(state: RedisState, client: Client, info: CommandInfo, words: readonly string[]): void {
  const { events } = state;
  if (!events.wants('m')) return;
  const space = state.database(client.db);
  events.noteMisses(
    client.db,
    keysLookedAt(info, words).filter((key) => !space.has(key)),
  );
}

/** The command that the words begin with; refuses unknown ones and wrong counts. */
function find(words: readonly string[]): CommandInfo {
  const [name = '', second] = words;
  if (!commandTable.has(name.toLowerCase())) refuse(unknown(words));
  const info = lookUp(words);
  if (info === undefined) {
    return refuse(`unknown subcommand '${second?.slice(0, SHOWN_NAME)}'. Try ${name.toUpperCase()} HELP.`);
  }
  return fits(info, words) ? info : refuse(`wrong number of arguments for '${info.name}' command`);
}

/** Undefined: there is no such command or subcommand. */
function lookUp([given = '', second]: readonly string[]): CommandInfo | undefined {
  const name = given.toLowerCase();
  const outer = commandTable.get(name);
  const isContainer = !runners.has(name) || (name === 'command' && second !== undefined);
  if (outer === undefined || !isContainer || second === undefined) return outer;
  return commandTable.get(`${name}|${second.toLowerCase()}`);
}

/** Whether the number of words is right. */
function fits({ arity }: CommandInfo, words: readonly string[]): boolean {
  return arity > 0 ? words.length === arity : words.length >= -arity;
}

function unknown([name = '', ...args]: readonly string[]): string {
  let shown = '';
  for (const text of args) {
    if (shown.length >= SHOWN_NAME) break;
    shown += `'${text.slice(0, SHOWN_NAME - shown.length)}' `;
  }
  return `unknown command '${name.slice(0, SHOWN_NAME)}', with args beginning with: ${shown}`;
}

function check(client: Client, { name, flags }: CommandInfo): void {
  if (!client.authenticated && !flags.includes('no_auth')) throw new CommandError('NOAUTH Authentication required.');
  if (client.transaction !== undefined && flags.includes('no_multi'))
    refuse('Command not allowed inside a transaction');
  if (client.notation.version === 2 && client.subscribed && !IN_SUBSCRIBED_MODE.test(name)) {
    refuse(
      `Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
    );
  }
}

/** A node of a cluster serves the keys of its own slots. */
function checkCluster(state: RedisState, client: Client, { name }: CommandInfo, words: readonly string[]): void {
  if (state.cluster === undefined) return;
  const isTransaction = name === 'exec' && client.transaction !== undefined;
  const commands = isTransaction ? (client.transaction?.commands ?? []) : [words];
  const keys: string[] = [];
  for (const command of commands) {
    const found = find(command);
    checkSingleDatabase(found.name, command);
    if (found.name !== 'migrate') keys.push(...(keysOf(found, command) ?? []));
  }
  for (const database of state.databases) database.collect();
  state.cluster.check({ keys, asking: client.asking, areChannels: SHARD_CHANNELS.has(name) });
}

function postpones({ paused }: RedisState, client: Client, { name, flags }: CommandInfo): boolean {
  if (paused === undefined || name.startsWith('client|')) return false;
  if (client.transaction !== undefined && name !== 'exec') return false;
  const writes =
    flags.includes('write') ||
    WRITING_SCRIPTS.has(name) ||
    (name === 'exec' && (client.transaction?.commands.length ?? 0) > 0);
  return paused === 'all' || writes;
}

/** The interpreter is loaded when the first script comes, also where it is only queued. */
function waitsForLua(state: RedisState, client: Client, { name }: CommandInfo): boolean {
  if (!SCRIPTS.has(name) || luaModule() !== undefined || luaProblem() !== undefined) return false;
  void loadLua().then(() => state.resume(client));
  return true;
}

/** CLIENT REPLY SKIP is over after the next command. */
function afterReply(client: Client): void {
  if (client.replyMode === 'skip') client.replyMode = 'skipping';
  else if (client.replyMode === 'skipping') client.replyMode = 'on';
  if (client.lastCommand !== 'asking' && client.transaction === undefined) client.asking = false;
  if (client.closing) client.line.end();
}

/** Administrators' commands are not shown. */
function showToMonitors(state: RedisState, client: Client, { flags }: CommandInfo, words: readonly string[]): void {
  if (flags.includes('admin')) return;
  const now = state.clock.now();
  const time = `${Math.floor(now / 1000)}.${String(now % 1000).padStart(3, '0')}000`;
  let line: string | undefined;
  for (const other of state.monitors) {
    if (other === client && words[0]?.toLowerCase() === 'reset') continue;
    line ??= `+${time} [${client.db} ${client.inScript ? 'lua' : client.line.peer.name}] ${words.map(quote).join(' ')}\r\n`;
    other.line.tell(line);
  }
}

function quote(text: string): string {
  const escaped = text.replaceAll(/["\\]|[^ -~]/g, (char) => {
    const known: Readonly<Record<string, string>> = {
      '\n': '\\n',
      '\r': '\\r',
      '\t': '\\t',
      '\x07': '\\a',
      '\b': '\\b',
    };
    if (char === '"' || char === '\\') return `\\${char}`;
    return known[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `"${escaped}"`;
}
