import type { Client } from './client.ts';
import { Redirection } from './cluster/node.ts';
import { checkSingleDatabase } from './cluster/single-database.ts';
import type { Context } from './command.ts';
import { CommandError, refuse } from './command-error.ts';
import { keysOf } from './command-keys.ts';
import { type CommandInfo, commandTable } from './command-table.ts';
import { runners } from './commands.ts';
import { errorReply, QUEUED } from './replies.ts';
import type { RedisState } from './state.ts';

/** Never queued in a transaction. */
const IMMEDIATE = new Set(['exec', 'discard', 'multi', 'watch', 'quit', 'reset']);
const IN_SUBSCRIBED_MODE = /^([ps]?(un)?subscribe|ping|quit|reset)$/;
const SHOWN_NAME = 128;
const SHARD_CHANNELS = new Set(['ssubscribe', 'sunsubscribe', 'spublish']);

/** Takes one request of a client: checks it as the server does, then runs, queues, postpones or refuses it. */
export function dispatch(state: RedisState, client: Client, words: readonly string[]): void {
  if (words.length === 0) return;
  client.seenAt = state.clock.now();
  try {
    const info = find(words);
    client.lastCommand = info.name;
    check(client, info);
    checkCluster(state, client, info, words);
    if (postpones(state, client, info)) {
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
  const info = find(words);
  const args = words.slice(info.name.includes('|') ? 2 : 1);
  state.commandsRun += 1;
  showToMonitors(state, client, info, words);
  const { name } = info;
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
    if (reply !== undefined) client.reply(reply);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    client.reply(errorReply(error.message));
  }
}

/** The command that the words begin with; refuses unknown ones and wrong counts. */
function find(words: readonly string[]): CommandInfo {
  const [given = '', second] = words;
  const name = given.toLowerCase();
  const outer = commandTable.get(name) ?? refuse(unknown(words));
  const isContainer = !runners.has(name) || (name === 'command' && second !== undefined);
  const inner = isContainer && second !== undefined ? commandTable.get(`${name}|${second.toLowerCase()}`) : outer;
  if (inner === undefined) {
    return refuse(`unknown subcommand '${second?.slice(0, SHOWN_NAME)}'. Try ${name.toUpperCase()} HELP.`);
  }
  const { arity } = inner;
  if (arity > 0 ? words.length !== arity : words.length < -arity) {
    refuse(`wrong number of arguments for '${inner.name}' command`);
  }
  return inner;
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
  const writes = flags.includes('write') || (name === 'exec' && (client.transaction?.commands.length ?? 0) > 0);
  return paused === 'all' || writes;
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
  if (flags.includes('skip_monitor') || flags.includes('admin')) return;
  const now = state.clock.now();
  const time = `${Math.floor(now / 1000)}.${String(now % 1000).padStart(3, '0')}000`;
  let line: string | undefined;
  for (const other of state.monitors) {
    if (other === client && words[0]?.toLowerCase() === 'reset') continue;
    line ??= `+${time} [${client.db} ${client.line.peer.name}] ${words.map(quote).join(' ')}\r\n`;
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
