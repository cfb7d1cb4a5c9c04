import { arg, type Commands, type Run } from '../command.ts';
import { refuse, syntaxError } from '../command-error.ts';
import { type End, itemsOf, put } from '../list-access.ts';
import { numberOf } from '../numbers.ts';
import { array, bulk, bulks, integer, OK } from '../replies.ts';

function push(end: End, onlyExisting: boolean): Run {
  return (context, [key = '', ...values]) => {
    const { db } = context;
    if (onlyExisting && itemsOf(context, key) === undefined) return integer(0);
    const { items } = db.open('list', key);
    for (const value of values) put(items, end, value);
    const { size } = items;
    db.touch(key, 'l', end === 'LEFT' ? 'lpush' : 'rpush');
    return integer(size);
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
  context.db.touch(key, 'l', 'ltrim');
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
  context.db.touch(key, 'l', 'lset');
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
  context.db.touch(key, 'l', 'linsert');
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
  context.db.touch(key, 'l', 'lrem');
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

/** Commands on lists; those that take items are in list-pop.ts. */
export const listCommands: Commands = {
  lpush: push('LEFT', false),
  rpush: push('RIGHT', false),
  lpushx: push('LEFT', true),
  rpushx: push('RIGHT', true),
  llen: (context, [key = '']) => integer(itemsOf(context, key)?.size ?? 0),
  lrange,
  ltrim,
  lindex,
  lset,
  linsert,
  lrem,
  lpos,
};
