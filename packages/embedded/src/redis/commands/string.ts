import { pairsOf } from '../../pairs.ts';
import { arg, type Commands, type Context, type Run } from '../command.ts';
import { refuse, syntaxError } from '../command-error.ts';
import { EX, PX, positiveDeadline, timeOptions } from '../expiry.ts';
import { addLongDoubles, formatLongDouble, incrementOf } from '../long-double.ts';
import { checkedSum, integerOf, numberOf } from '../numbers.ts';
import { array, bulk, flag, integer, OK } from '../replies.ts';
import { checkSize } from '../string-size.ts';

function textOf({ db }: Context, key: string): string | undefined {
  return db.get('string', key)?.text;
}

function bulkOrNil({ wire }: Context, text: string | undefined): string {
  return text === undefined ? wire.nil : bulk(text);
}

function store({ db }: Context, key: string, text: string): void {
  db.put(key, { type: 'string', text }, '$', 'set');
}

function expire({ db }: Context, key: string, at: number): void {
  db.expire(key, at);
  db.notify('g', 'expire', key);
}

interface SetOptions {
  nx: boolean;
  xx: boolean;
  get: boolean;
  keepTtl: boolean;
  expireAt: number | undefined;
}

function parseSetOptions(context: Context, options: readonly string[]): SetOptions {
  const found: SetOptions = { nx: false, xx: false, get: false, keepTtl: false, expireAt: undefined };
  let time: [unit: string, text: string] | undefined;
  for (let at = 0; at < options.length; at += 1) {
    const option = arg(options, at).toUpperCase();
    const hasTime = time !== undefined;
    if (option === 'NX' && !found.xx) found.nx = true;
    else if (option === 'XX' && !found.nx) found.xx = true;
    else if (option === 'GET') found.get = true;
    else if (option === 'KEEPTTL' && !hasTime) found.keepTtl = true;
    else if (option in timeOptions && !hasTime && !found.keepTtl && at + 1 < options.length) {
      at += 1;
      time = [option, arg(options, at)];
    } else syntaxError();
  }
  if (time !== undefined) {
    const unit = timeOptions[time[0]] ?? EX;
    found.expireAt = positiveDeadline(time[1], unit, context.state.clock.now(), context.name);
  }
  return found;
}

const set: Run = (context, [key = '', text = '', ...rest]) => {
  const { db, wire } = context;
  const options = parseSetOptions(context, rest);
  const old = options.get ? bulkOrNil(context, textOf(context, key)) : undefined;
  if ((options.nx && db.has(key)) || (options.xx && !db.has(key))) return old ?? wire.nil;
  db.put(key, { type: 'string', text }, '$', 'set', options.keepTtl);
  if (options.expireAt !== undefined) expire(context, key, options.expireAt);
  return old ?? OK;
};

function setWithTime(unit: typeof EX): Run {
  return (context, [key = '', time = '', text = '']) => {
    const at = positiveDeadline(time, unit, context.state.clock.now(), context.name);
    store(context, key, text);
    expire(context, key, at);
    return OK;
  };
}

const getex: Run = (context, [key = '', option, time, ...rest]) => {
  const { db, state, name } = context;
  const verb = option?.toUpperCase() ?? '';
  const unit = timeOptions[verb];
  const fits =
    option === undefined || (verb === 'PERSIST' && time === undefined) || (unit !== undefined && time !== undefined);
  if (!fits || rest.length > 0) syntaxError();
  const text = textOf(context, key);
  if (text === undefined) return context.wire.nil;
  if (verb === 'PERSIST' && db.entry(key)?.expireAt !== undefined) {
    db.expire(key, undefined);
    db.touch(key, 'g', 'persist');
  }
  if (unit === undefined || time === undefined) return bulk(text);
  const at = positiveDeadline(time, unit, state.clock.now(), name);
  if (at <= state.clock.now()) db.delete(key);
  else {
    db.expire(key, at);
    db.touch(key, 'g', 'expire');
  }
  return bulk(text);
};

const getset: Run = (context, [key = '', text = '']) => {
  const old = bulkOrNil(context, textOf(context, key));
  store(context, key, text);
  return old;
};

const getdel: Run = (context, [key = '']) => {
  const text = textOf(context, key);
  context.db.delete(key);
  return bulkOrNil(context, text);
};

const append: Run = (context, [key = '', tail = '']) => {
  const old = textOf(context, key) ?? '';
  checkSize(old.length + tail.length);
  const fresh = !context.db.has(key);
  context.db.put(key, { type: 'string', text: old + tail, ...(fresh ? {} : { form: 'raw' }) }, '$', 'append', true);
  return integer(old.length + tail.length);
};

const getrange: Run = (context, [key = '', startText = '', endText = '']) => {
  const start = numberOf(startText);
  const end = numberOf(endText);
  const text = textOf(context, key) ?? '';
  if (start < 0 && end < 0 && start > end) return bulk('');
  const from = Math.max(0, start < 0 ? start + text.length : start);
  const to = Math.max(0, end < 0 ? end + text.length : end);
  return bulk(from > to ? '' : text.slice(from, to + 1));
};

const setrange: Run = (context, [key = '', offsetText = '', part = '']) => {
  const offset = numberOf(offsetText);
  if (offset < 0) refuse('offset is out of range');
  const old = textOf(context, key) ?? '';
  if (part === '') return integer(old.length);
  checkSize(offset + part.length);
  const text = old.slice(0, offset).padEnd(offset, '\0') + part + old.slice(offset + part.length);
  context.db.put(key, { type: 'string', text, form: 'raw' }, '$', 'setrange', true);
  return integer(text.length);
};

function add(context: Context, key: string, by: bigint): string {
  const value = checkedSum(integerOf(textOf(context, key) ?? '0'), by);
  context.db.put(key, { type: 'string', text: String(value) }, '$', 'incrby', true);
  return integer(value);
}

const decrby: Run = (context, [key = '', by = '']) => {
  const amount = integerOf(by);
  return amount === -(2n ** 63n) ? refuse('decrement would overflow') : add(context, key, -amount);
};

const INFINITE = 'increment would produce NaN or Infinity';

const incrbyfloat: Run = (context, [key = '', by = '']) => {
  const old = incrementOf(textOf(context, key) ?? '0', INFINITE);
  const text = formatLongDouble(addLongDoubles(old, incrementOf(by, INFINITE)));
  context.db.put(key, { type: 'string', text, form: 'text' }, '$', 'incrbyfloat', true);
  return bulk(text);
};

const mget: Run = (context, keys) =>
  array(
    keys.map((key) => {
      const value = context.db.entry(key)?.value;
      return value?.type === 'string' ? bulk(value.text) : context.wire.nil;
    }),
  );

function evenPairs({ name }: Context, args: readonly string[]): [string, string][] {
  if (args.length % 2 !== 0) refuse(`wrong number of arguments for '${name}' command`);
  return pairsOf(args);
}

const mset: Run = (context, args) => {
  for (const [key, text] of evenPairs(context, args)) store(context, key, text);
  return OK;
};

const msetnx: Run = (context, args) => {
  const pairs = evenPairs(context, args);
  if (pairs.some(([key]) => context.db.has(key))) return flag(false);
  for (const [key, text] of pairs) store(context, key, text);
  return flag(true);
};

const setnx: Run = (context, [key = '', text = '']) => {
  if (context.db.has(key)) return flag(false);
  store(context, key, text);
  return flag(true);
};

/** Commands on strings. */
export const stringCommands: Commands = {
  get: (context, [key = '']) => bulkOrNil(context, textOf(context, key)),
  set,
  setex: setWithTime(EX),
  psetex: setWithTime(PX),
  setnx,
  getset,
  getex,
  getdel,
  append,
  strlen: (context, [key = '']) => integer(textOf(context, key)?.length ?? 0),
  getrange,
  substr: getrange,
  setrange,
  incr: (context, [key = '']) => add(context, key, 1n),
  decr: (context, [key = '']) => add(context, key, -1n),
  incrby: (context, [key = '', by = '']) => add(context, key, integerOf(by)),
  decrby,
  incrbyfloat,
  mget,
  mset,
  msetnx,
};
