import { Disconnect } from '../../conversation.ts';
import { CLIENT_ERROR, type Command, type Context, ok, okList, type Reply, reads, writes } from '../command.ts';
import { streamCopy } from '../copy-stream.ts';
import { amount } from '../numbers.ts';
import { take } from '../ranges.ts';
import { rawEntries } from '../raw-entries.ts';

const VERSION = '1.9.8';
const BINLOG_CAPACITY = 20_000_000;

function auth(context: Context, ...args: string[]): Reply {
  if (args.length !== 1) return CLIENT_ERROR;
  if (context.passwords.length > 0 && !context.passwords.includes(args[0] as string)) {
    return ['error', 'invalid password'];
  }
  context.authenticated = true;
  return ok(1);
}

function info(context: Context, section = ''): Reply {
  const { db, calls } = context;
  const { links, master, kvRange } = context.server;
  const total = [...calls.values()].reduce((sum, count) => sum + count, 0);
  const body = ['ssdb-server', 'version', VERSION, 'links', String(links), 'total_calls', String(total)];
  body.push('dbsize', String(db.bytes()));
  body.push('binlogs', `    capacity : ${BINLOG_CAPACITY}\n    min_seq  : 0\n    max_seq  : ${db.sequence}`);
  if (master !== undefined) {
    const state = `    status     : DISCONNECTED\n    last_seq   : 0\n    copy_count : 0\n    sync_count : 0`;
    const where = `slaveof ${master.host}:${master.port}`;
    body.push('replication', `${where}\n    id         : ${master.id}\n    type       : sync\n${state}`);
  }
  body.push('serv_key_range', ranges(kvRange.start, kvRange.end));
  if (section === '' || section === 'range') body.push('data_key_range', dataRange(context));
  if (section === '' || section === 'leveldb') body.push('leveldb.stats', STORAGE_STATS);
  if (section === 'cmd') {
    for (const [name, count] of calls) body.push(`cmd.${name}`, `calls: ${count}\ttime_wait: 0\ttime_proc: 0`);
  }
  return ok(...body);
}

const STORAGE_STATS = [
  '                               Compactions',
  'Level  Files Size(MB) Time(sec) Read(MB) Write(MB)',
  '--------------------------------------------------',
  '',
].join('\n');

function ranges(start: string, end: string): string {
  const none = '"" - ""';
  return `    kv  : "${start}" - "${end}"\n    hash: ${none}\n    zset: ${none}\n    list: ${none}`;
}

function dataRange({ db }: Context): string {
  const [first = ''] = take(db.kv.above(''), 1);
  const [last = ''] = take(db.kv.below('\xff'.repeat(256)), 1);
  return ranges(first, last);
}

/** Any argument is ignored. In-memory deadlines survive, as in the server. */
function flushdb({ db, server }: Context): Reply {
  if (server.master !== undefined || db.observed)
    return ['error', 'flushdb is not allowed when replication is in use!'];
  db.clear();
  return ok();
}

/** The address is noted and shown by `info`; this server never connects to anybody. */
function slaveof(context: Context, id: string, host: string, port?: string): Reply {
  if (port === undefined) throw new Disconnect('a real server dies of slaveof with two arguments');
  context.server.master = { id, host, port };
  return ok();
}

/** Packets: begin, one for each storage key, end. The connection is of no use afterwards. */
function dump(context: Context, start = '', end = '', limit = '10'): Reply {
  const entries = rawEntries(context.db).filter(([key]) => key > start && (end === '' || key <= end));
  const shown = take(entries, amount(limit));
  context.stream(({ send }) => {
    for (const [key, value] of shown) send(['set', key, value]);
    send(['end', String(shown.length)]);
    return undefined;
  });
  return ['begin'];
}

/** Always copies everything first: there is no log of old changes to continue from. */
function sync140(context: Context): Reply {
  context.stream((target) => streamCopy(context, target));
  return [];
}

function rule(apply: (context: Context, rule: string) => void): Command {
  return reads(0, (context, ...args) => {
    if (args.length !== 1) return CLIENT_ERROR;
    apply(context, args[0] as string);
    return ok();
  });
}

function setKvRange(context: Context, ...args: string[]): Reply {
  if (args.length !== 2) return CLIENT_ERROR;
  context.server.kvRange = { start: args[0] as string, end: args[1] as string };
  return ok();
}

const kvRange = ({ server }: Context): Reply => ok(server.kvRange.start, server.kvRange.end);

/** Commands about the server and its connections. */
export const serverCommands: Readonly<Record<string, Command>> = {
  ping: reads(0, () => ok()),
  version: reads(0, () => ok(VERSION)),
  auth: reads(0, auth),
  dbsize: reads(0, ({ db }) => ok(db.bytes())),
  info: reads(0, info),
  compact: reads(0, () => ok()),
  flushdb: writes(0, flushdb),
  clear_binlog: writes(0, () => ok()),
  slaveof: writes(2, slaveof),
  dump: reads(0, dump),
  sync140: reads(0, sync140),
  list_allow_ip: reads(0, ({ filter }) => okList(filter.allowed)),
  list_deny_ip: reads(0, ({ filter }) => okList(filter.denied)),
  add_allow_ip: rule(({ filter }, text) => filter.allow(text)),
  del_allow_ip: rule(({ filter }, text) => filter.disallow(text)),
  add_deny_ip: rule(({ filter }, text) => filter.deny(text)),
  del_deny_ip: rule(({ filter }, text) => filter.undeny(text)),
  get_key_range: reads(0, kvRange),
  get_kv_range: reads(0, kvRange),
  set_kv_range: reads(0, setKvRange),
  ignore_key_range: reads(0, (context) => {
    context.ignoresKeyRange = true;
    return ok();
  }),
};
