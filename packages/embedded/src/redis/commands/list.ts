import type { Deque } from '../../deque.ts';
import { arg, type Commands, type Context, type Run } from '../command.ts';
import { refuse, syntaxError } from '../command-error.ts';
import { countOf, numberOf } from '../numbers.ts';
import { array, bulk, bulks, integer, OK } from '../replies.ts';
import { takeOrWait } from '../waiting.ts';

type End = 'LEFT' | 'RIGHT';

function itemsOf({ db }: Context, key: string): Deque<string> | undefined {
  return db.get('list', key)?.items;
}

function push(end: End, onlyExisting: boolean): Run {
  return (context, [key = '', ...values]) => {
    const { db } = context;
    if (onlyExisting && itemsOf(context, key) === undefined) return integer(0);
    const { items } = db.open('list', key);
    for (const value of values) put(items, end, value);
    const { size } = items;
    db.touch(key);
    return integer(size);
  };
}

function put(items: Deque<string>, end: End, value: string): void {
  if (end === 'LEFT') items.unshift(value);
  else items.push(value);
}

function takeOne(context: Context, key: string, end: End): string | undefined {
  const items = itemsOf(context, key);
  const value = end === 'LEFT' ? items?.shift() : items?.pop();
  if (value !== undefined) context.db.touch(key);
  return value;
}

/** Undefined: no such list. */
function takeMany(context: Context, key: string, end: End, count: number): string[] | undefined {
  const items = itemsOf(context, key);
  if (items === undefined) return undefined;
  const values: string[] = [];
  while (values.length < count && items.size > 0) values.push((end === 'LEFT' ? items.shift() : items.pop()) as string);
  if (values.length > 0) context.db.touch(key);
  return values;
}

function pop(end: End): Run {
  return (context, [key = '', countText, ...rest]) => {
    const { wire } = context;
    if (rest.length > 0) refuse(`wrong number of arguments for '${context.name}' command`);
    if (countText !== undefined) {
      const values = takeMany(context, key, end, countOf(countText));
      return values === undefined ? wire.nilArray : bulks(values);
    }
    const value = takeOne(context, key, end);
    return value === undefined ? wire.nil : bulk(value);
  };
}

/** First and last index inside a list of `size`, from indexes that may be negative or outside. */
function bounds(start: number, stop: number, size: number): [from: number, to: number] {
  const from = Math.max(0, start < 0 ? start + size : start);
  const to = Math.min(size - 1, stop < 0 ? stop + size : stop);
  return [from, to];
}

const lrange: Run = (context, [key = '', start = '', stop = '']) => {
  const [first, last] = [numberOf(start), numberOf(stop)];
  const items = itemsOf(context, key);
  const [from, to] = bounds(first, last, items?.size ?? 0);
  return bulks(from > to ? [] : (items?.slice(from, to + 1) ?? []));
};

const ltrim: Run = (context, [key = '', start = '', stop = '']) => {
  const [first, last] = [numberOf(start), numberOf(stop)];
  const items = itemsOf(context, key);
  if (items === undefined) return OK;
  const [from, to] = bounds(first, last, items.size);
  items.replace(from > to ? [] : items.slice(from, to + 1));
  context.db.touch(key);
  return OK;
};

const lindex: Run = (context, [key = '', indexText = '']) => {
  const items = itemsOf(context, key);
  if (items === undefined) return context.wire.nil;
  const index = numberOf(indexText);
  const value = items.at(index < 0 ? index + items.size : index);
  return value === undefined ? context.wire.nil : bulk(value);
};

const lset: Run = (context, [key = '', indexText = '', value = '']) => {
  const items = itemsOf(context, key) ?? refuse('no such key');
  const index = numberOf(indexText);
  const at = index < 0 ? index + items.size : index;
  if (at < 0 || at >= items.size) refuse('index out of range');
  items.set(at, value);
  context.db.touch(key);
  return OK;
};

const linsert: Run = (context, [key = '', where = '', pivot = '', value = '']) => {
  if (!/^(before|after)$/i.test(where)) syntaxError();
  const items = itemsOf(context, key);
  if (items === undefined) return integer(0);
  const values = items.slice();
  const at = values.indexOf(pivot);
  if (at < 0) return integer(-1);
  values.splice(at + (where.toLowerCase() === 'after' ? 1 : 0), 0, value);
  items.replace(values);
  context.db.touch(key);
  return integer(values.length);
};

/** A negative count removes from the end; zero removes all. */
const lrem: Run = (context, [key = '', countText = '', value = '']) => {
  const count = numberOf(countText);
  const items = itemsOf(context, key);
  if (items === undefined) return integer(0);
  const values = items.slice();
  if (count < 0) values.reverse();
  let left = count === 0 ? Number.POSITIVE_INFINITY : Math.abs(count);
  const kept = values.filter((item) => {
    if (item !== value || left === 0) return true;
    left -= 1;
    return false;
  });
  const removed = values.length - kept.length;
  if (removed === 0) return integer(0);
  items.replace(count < 0 ? kept.reverse() : kept);
  context.db.touch(key);
  return integer(removed);
};

interface Search {
  readonly rank: number;
  readonly count: number | undefined;
  readonly maxLength: number;
}

function searchOptions(options: readonly string[]): Search {
  let [rank, maxLength] = [1, 0];
  let count: number | undefined;
  for (let at = 0; at < options.length; at += 2) {
    const option = arg(options, at).toUpperCase();
    const text = options[at + 1] ?? syntaxError();
    if (option === 'RANK') rank = numberOf(text);
    else if (option === 'COUNT') count = nonNegative(text, "COUNT can't be negative");
    else if (option === 'MAXLEN') maxLength = nonNegative(text, "MAXLEN can't be negative");
    else syntaxError();
    if (rank === 0) {
      refuse(
        "RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
      );
    }
  }
  return { rank, count, maxLength };
}

function nonNegative(text: string, message: string): number {
  const value = numberOf(text, message);
  return value < 0 ? refuse(message) : value;
}

const lpos: Run = (context, [key = '', value = '', ...options]) => {
  const { rank, count, maxLength } = searchOptions(options);
  const values = itemsOf(context, key)?.slice() ?? [];
  const indexes = [...values.keys()];
  if (rank < 0) indexes.reverse();
  const looked = maxLength === 0 ? indexes : indexes.slice(0, maxLength);
  const hits = looked.filter((index) => values[index] === value).slice(Math.abs(rank) - 1);
  if (count !== undefined) return array(hits.slice(0, count === 0 ? undefined : count).map(integer));
  return hits[0] === undefined ? context.wire.nil : integer(hits[0]);
};

function endOf(text: string): End {
  const end = text.toUpperCase();
  return end === 'LEFT' || end === 'RIGHT' ? end : syntaxError();
}

/** Undefined: nothing to move. */
function moveOne(context: Context, from: string, to: string, source: End, target: End): string | undefined {
  if (itemsOf(context, from) === undefined) return undefined;
  itemsOf(context, to); // refuses another type before anything is taken
  const value = takeOne(context, from, source) as string;
  put(context.db.open('list', to).items, target, value);
  context.db.touch(to);
  return bulk(value);
}

const lmove: Run = (context, [from = '', to = '', source = '', target = '']) =>
  moveOne(context, from, to, endOf(source), endOf(target)) ?? context.wire.nil;

const blmove: Run = (context, [from = '', to = '', source = '', target = '', timeout = '']) => {
  const [taken, put] = [endOf(source), endOf(target)];
  const attempt = (): string | undefined => moveOne(context, from, to, taken, put);
  return takeOrWait(context, { keys: [from], timeout, type: 'list', attempt, nilAtOnce: context.wire.nil });
};

const rpoplpush: Run = (context, [from = '', to = '']) =>
  moveOne(context, from, to, 'RIGHT', 'LEFT') ?? context.wire.nil;

const brpoplpush: Run = (context, [from = '', to = '', timeout = '']) =>
  takeOrWait(context, {
    keys: [from],
    timeout,
    type: 'list',
    attempt: () => moveOne(context, from, to, 'RIGHT', 'LEFT'),
    nilAtOnce: context.wire.nil,
  });

function blockingPop(end: End): Run {
  return (context, args) =>
    takeOrWait(context, {
      keys: args.slice(0, -1),
      timeout: args.at(-1) ?? '',
      type: 'list',
      attempt: (key) => {
        const value = takeOne(context, key, end);
        return value === undefined ? undefined : bulks([key, value]);
      },
    });
}

interface ManyPop {
  readonly keys: readonly string[];
  readonly end: string;
  readonly count: number;
}

/** `numkeys key … LEFT|RIGHT [COUNT n]`; the sorted sets' form has MIN and MAX. */
export function manyPopArguments(args: readonly string[], ends: readonly string[]): ManyPop {
  const [numkeysText = '', ...rest] = args;
  const numkeys = positive(numkeysText, 'numkeys should be greater than 0');
  const end = rest[numkeys]?.toUpperCase() ?? syntaxError();
  if (!ends.includes(end)) syntaxError();
  const options = rest.slice(numkeys + 1);
  let count: number | undefined;
  for (let at = 0; at < options.length; at += 2) {
    if (count !== undefined || options[at]?.toUpperCase() !== 'COUNT') syntaxError();
    count = positive(options[at + 1] ?? syntaxError(), 'count should be greater than 0');
  }
  return { keys: rest.slice(0, numkeys), end, count: count ?? 1 };
}

function positive(text: string, message: string): number {
  const value = numberOf(text, message);
  return value > 0 ? value : refuse(message);
}

function popFrom(context: Context, key: string, end: End, count: number): string | undefined {
  const values = takeMany(context, key, end, count);
  return values === undefined ? undefined : array([bulk(key), bulks(values)]);
}

const lmpop: Run = (context, args) => {
  const { keys, end, count } = manyPopArguments(args, ['LEFT', 'RIGHT']);
  for (const key of keys) {
    const reply = popFrom(context, key, end as End, count);
    if (reply !== undefined) return reply;
  }
  return context.wire.nilArray;
};

const blmpop: Run = (context, [timeout = '', ...args]) => {
  const { keys, end, count } = manyPopArguments(args, ['LEFT', 'RIGHT']);
  return takeOrWait(context, {
    keys,
    timeout,
    type: 'list',
    attempt: (key) => popFrom(context, key, end as End, count),
  });
};

/** Commands on lists. */
export const listCommands: Commands = {
  lpush: push('LEFT', false),
  rpush: push('RIGHT', false),
  lpushx: push('LEFT', true),
  rpushx: push('RIGHT', true),
  lpop: pop('LEFT'),
  rpop: pop('RIGHT'),
  llen: (context, [key = '']) => integer(itemsOf(context, key)?.size ?? 0),
  lrange,
  ltrim,
  lindex,
  lset,
  linsert,
  lrem,
  lpos,
  lmove,
  rpoplpush,
  lmpop,
  blpop: blockingPop('LEFT'),
  brpop: blockingPop('RIGHT'),
  blmove,
  brpoplpush,
  blmpop,
};
