import { Deque } from '../../deque.ts';
import { arg, type Commands, type Context, type Run } from '../command.ts';
import { refuse, syntaxError } from '../command-error.ts';
import { deadline, EX, EXAT, PX, PXAT, type TimeUnit } from '../expiry.ts';
import { globMatches } from '../glob.ts';
import { intOf, numberOf } from '../numbers.ts';
import { bulk, bulks, flag, integer, OK, status } from '../replies.ts';
import { encodingOf, ScoredMembers, type Value } from '../values.ts';

function countOf(context: Context, keys: readonly string[], test: (key: string) => boolean): string {
  return integer(keys.filter((key) => context.db.has(key) && test(key)).length);
}

const del: Run = (context, keys) => countOf(context, keys, (key) => context.db.delete(key));
const exists: Run = (context, keys) => countOf(context, keys, () => true);

function clone(value: Value): Value {
  switch (value.type) {
    case 'list': {
      const items = new Deque<string>();
      items.replace(value.items.slice());
      return { type: 'list', items };
    }
    case 'hash':
      return { ...value, fields: new Map(value.fields) };
    case 'set':
      return { ...value, members: new Set(value.members) };
    case 'zset': {
      const members = new ScoredMembers();
      for (const { member, score } of value.members) members.set(member, score);
      return { ...value, members };
    }
    case 'stream':
      return { type: 'stream', stream: value.stream.copy() };
    default:
      return { ...value };
  }
}

const rename: Run = (context, [from = '', to = '']) => {
  const { db, name } = context;
  const entry = db.entry(from);
  if (entry === undefined) return refuse('no such key');
  const onlyNew = name === 'renamenx';
  if (from === to) return onlyNew ? flag(false) : OK;
  if (onlyNew && db.has(to)) return flag(false);
  const { value, expireAt } = entry;
  db.take(from);
  db.take(to);
  db.put(to, value);
  db.expire(to, expireAt);
  db.notify('g', 'rename_from', from);
  db.notify('g', 'rename_to', to);
  return onlyNew ? flag(true) : OK;
};

/** The index of another database. */
function databaseIndex({ state }: Context, text: string): number {
  const index = intOf(text);
  return index >= 0 && index < state.databases.length ? index : refuse('DB index is out of range');
}

const copy: Run = (context, [from = '', to = '', ...options]) => {
  let index = context.client.db;
  let replace = false;
  for (let at = 0; at < options.length; at += 1) {
    const option = arg(options, at).toUpperCase();
    if (option === 'REPLACE') replace = true;
    else if (option === 'DB' && at + 1 < options.length) {
      at += 1;
      index = databaseIndex(context, arg(options, at));
    } else syntaxError();
  }
  if (index === context.client.db && from === to) refuse('source and destination objects are the same');
  const target = context.state.database(index);
  const entry = context.db.entry(from);
  if (entry === undefined || (target.has(to) && !replace)) return flag(false);
  target.take(to);
  target.put(to, clone(entry.value));
  target.expire(to, entry.expireAt);
  target.notify('g', 'copy_to', to);
  return flag(true);
};

const move: Run = (context, [key = '', indexText = '']) => {
  const { db, state, client } = context;
  const index = databaseIndex(context, indexText);
  if (index === client.db) refuse('source and destination objects are the same');
  const target = state.database(index);
  const entry = db.entry(key);
  if (entry === undefined || target.has(key)) return flag(false);
  const { value, expireAt } = entry;
  db.take(key);
  target.put(key, value);
  target.expire(key, expireAt);
  db.notify('g', 'move_from', key);
  target.notify('g', 'move_to', key);
  return flag(true);
};

interface Conditions {
  readonly nx: boolean;
  readonly xx: boolean;
  readonly gt: boolean;
  readonly lt: boolean;
}

function conditions(options: readonly string[]): Conditions {
  const given = new Set(options.map((option) => option.toUpperCase()));
  const unknown = options.find((option) => !['NX', 'XX', 'GT', 'LT'].includes(option.toUpperCase()));
  if (unknown !== undefined) refuse(`Unsupported option ${unknown}`);
  const [nx, xx, gt, lt] = [given.has('NX'), given.has('XX'), given.has('GT'), given.has('LT')];
  if (nx && (xx || gt || lt)) refuse('NX and XX, GT or LT options at the same time are not compatible');
  if (gt && lt) refuse('GT and LT options at the same time are not compatible');
  return { nx, xx, gt, lt };
}

function expire(unit: TimeUnit): Run {
  return ({ db, state, name }, [key = '', time = '', ...options]) => {
    const { nx, xx, gt, lt } = conditions(options);
    const now = state.clock.now();
    const at = deadline(time, unit, now, name);
    const entry = db.entry(key);
    if (entry === undefined) return flag(false);
    const current = entry.expireAt ?? Number.POSITIVE_INFINITY;
    const blocked = (nx && entry.expireAt !== undefined) || (xx && entry.expireAt === undefined);
    if (blocked || (gt && at <= current) || (lt && at >= current)) return flag(false);
    if (at <= now) db.delete(key);
    else {
      db.expire(key, at);
      db.touch(key, 'g', 'expire');
    }
    return flag(true);
  };
}

/** -2: no key, -1: no time to live. */
function timeOf(show: (at: number, now: number) => number): Run {
  return ({ db, state }, [key = '']) => {
    const entry = db.entry(key);
    if (entry === undefined) return integer(-2);
    return integer(entry.expireAt === undefined ? -1 : show(entry.expireAt, state.clock.now()));
  };
}

const persist: Run = ({ db }, [key = '']) => {
  if (db.entry(key)?.expireAt === undefined) return flag(false);
  db.expire(key, undefined);
  db.touch(key, 'g', 'persist');
  return flag(true);
};

const swapdb: Run = (context, [a = '', b = '']) => {
  const first = numberOf(a, 'invalid first DB index');
  const second = numberOf(b, 'invalid second DB index');
  const last = context.state.databases.length - 1;
  if (Math.min(first, second) < 0 || Math.max(first, second) > last) refuse('DB index is out of range');
  context.state.swap(first, second);
  return OK;
};

function checkFlushMode(args: readonly string[]): void {
  if (args.length > 1 || (args[0] !== undefined && !/^(a?sync)$/i.test(args[0]))) syntaxError();
}

const flushall: Run = ({ state }, args) => {
  checkFlushMode(args);
  for (const database of state.databases) database.clear();
  return OK;
};

const flushdb: Run = ({ db }, args) => {
  checkFlushMode(args);
  db.clear();
  return OK;
};

const SHARED_INTEGERS = 10_000;
const IMMORTAL = 2_147_483_647;
const NOT_LFU =
  'An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.';

function object(show: (value: Value) => string): Run {
  return ({ db, wire }, [key = '']) => {
    const entry = db.entry(key);
    return entry === undefined ? wire.nil : show(entry.value);
  };
}

function references(value: Value): number {
  const number = value.type === 'string' && encodingOf(value) === 'int' ? Number(value.text) : -1;
  return number >= 0 && number < SHARED_INTEGERS ? IMMORTAL : 1;
}

/** Commands on keys of any type. */
export const keyCommands: Commands = {
  del,
  unlink: del,
  exists,
  touch: exists,
  type: ({ db }, [key = '']) => status(db.entry(key)?.value.type ?? 'none'),
  rename,
  renamenx: rename,
  copy,
  move,
  expire: expire(EX),
  pexpire: expire(PX),
  expireat: expire(EXAT),
  pexpireat: expire(PXAT),
  ttl: timeOf((at, now) => Math.floor((at - now + 500) / 1000)),
  pttl: timeOf((at, now) => at - now),
  expiretime: timeOf((at) => Math.floor((at + 500) / 1000)),
  pexpiretime: timeOf((at) => at),
  persist,
  keys: ({ db }, [pattern = '']) => bulks([...db.keys()].filter((key) => globMatches(pattern, key))),
  randomkey: ({ db, wire }) => {
    const key = db.randomKey();
    return key === undefined ? wire.nil : bulk(key);
  },
  dbsize: ({ db }) => integer(db.size),
  swapdb,
  flushdb,
  flushall,
  'object|encoding': object((value) => bulk(encodingOf(value))),
  'object|refcount': object((value) => integer(references(value))),
  'object|idletime': object(() => integer(0)),
  'object|freq': object(() => refuse(NOT_LFU)),
};
