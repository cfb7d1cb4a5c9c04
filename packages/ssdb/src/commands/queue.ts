/** Queues: lists with two ends under a name. Nothing here waits: an empty queue answers at once. https://ssdb.io/docs/ */
import { type Arg, ArgumentError, Command, type Data, idempotent, read, toArg, write } from '@kv/core';
import {
  type Int,
  int64,
  items as itemArgs,
  limit as limitArg,
  type Many,
  queueName as nameArg,
} from './support/arguments.ts';
import { count, list, nothing, valueOrNull } from './support/replies.ts';

const QBACK = read('qback');
const QCLEAR = idempotent('qclear');
const QFIX = idempotent('qfix');
const QFRONT = read('qfront');
const QGET = read('qget');
const QLIST = read('qlist', null);
const QPOP = write('qpop');
const QPOP_BACK = write('qpop_back');
const QPOP_FRONT = write('qpop_front');
const QPUSH = write('qpush');
const QPUSH_BACK = write('qpush_back');
const QPUSH_FRONT = write('qpush_front');
const QRANGE = read('qrange');
const QRLIST = read('qrlist', null);
const QSET = idempotent('qset');
const QSIZE = read('qsize');
const QSLICE = read('qslice');
const QTRIM_BACK = write('qtrim_back');
const QTRIM_FRONT = write('qtrim_front');

function popped<V>(spec: typeof QPOP, name: Data, size: Int | undefined): Command<V | V[] | null, V> {
  if (size === undefined) return new Command<V | V[] | null, V>(spec, [nameArg(name)], valueOrNull);
  // Asked for one item the server answers `not_found` for none, asked for more an empty list: both are a list here.
  return new Command<V | V[] | null, V>(spec, [nameArg(name), limitArg(size, 'size')], list);
}

/**
 * Adds items at the back: the same as {@link qpushBack}.
 *
 * @param name up to 255 bytes
 * @returns the size after that
 * @example await ssdb.qpush('jobs', 'first', 'second')
 */
export function qpush<V = string>(name: Data, ...items: Many[]): Command<number, V> {
  return new Command<number, V>(QPUSH, itemArgs(items, 'items', [nameArg(name)]), count);
}

/**
 * Adds items at the back.
 *
 * @param name up to 255 bytes
 * @returns the size after that
 */
export function qpushBack<V = string>(name: Data, ...items: Many[]): Command<number, V> {
  return new Command<number, V>(QPUSH_BACK, itemArgs(items, 'items', [nameArg(name)]), count);
}

/**
 * Adds items at the front, one after the other: the last one given ends up first.
 *
 * @param name up to 255 bytes
 * @returns the size after that
 */
export function qpushFront<V = string>(name: Data, ...items: Many[]): Command<number, V> {
  return new Command<number, V>(QPUSH_FRONT, itemArgs(items, 'items', [nameArg(name)]), count);
}

/**
 * Takes items from the front: the same as {@link qpopFront}.
 *
 * @param name up to 255 bytes
 * @param size how many at most; -1 = all. Without it: one item
 * @returns without `size` the item, `null` when there is none; with `size` a list
 */
export function qpop<V = string>(name: Data): Command<V | null, V>;
export function qpop<V = string>(name: Data, size: Int): Command<V[], V>;
export function qpop<V = string>(name: Data, size?: Int): Command<V | V[] | null, V>;
export function qpop<V = string>(name: Data, size?: Int): Command<V | V[] | null, V> {
  return popped<V>(QPOP, name, size);
}

/**
 * Takes items from the front.
 *
 * @param name up to 255 bytes
 * @param size how many at most; -1 = all. Without it: one item
 * @returns without `size` the item, `null` when there is none; with `size` a list
 */
export function qpopFront<V = string>(name: Data): Command<V | null, V>;
export function qpopFront<V = string>(name: Data, size: Int): Command<V[], V>;
export function qpopFront<V = string>(name: Data, size?: Int): Command<V | V[] | null, V>;
export function qpopFront<V = string>(name: Data, size?: Int): Command<V | V[] | null, V> {
  return popped<V>(QPOP_FRONT, name, size);
}

/**
 * Takes items from the back, the last one first.
 *
 * @param name up to 255 bytes
 * @param size how many at most; -1 = all. Without it: one item
 * @returns without `size` the item, `null` when there is none; with `size` a list
 */
export function qpopBack<V = string>(name: Data): Command<V | null, V>;
export function qpopBack<V = string>(name: Data, size: Int): Command<V[], V>;
export function qpopBack<V = string>(name: Data, size?: Int): Command<V | V[] | null, V>;
export function qpopBack<V = string>(name: Data, size?: Int): Command<V | V[] | null, V> {
  return popped<V>(QPOP_BACK, name, size);
}

/**
 * Removes items from the front.
 *
 * @param name up to 255 bytes
 * @param size how many at most, default 1; -1 = all
 * @returns how many were removed
 */
export function qtrimFront<V = string>(name: Data, size: Int = 1): Command<number, V> {
  return new Command<number, V>(QTRIM_FRONT, [nameArg(name), limitArg(size, 'size')], count);
}

/**
 * Removes items from the back.
 *
 * @param name up to 255 bytes
 * @param size how many at most, default 1; -1 = all
 * @returns how many were removed
 */
export function qtrimBack<V = string>(name: Data, size: Int = 1): Command<number, V> {
  return new Command<number, V>(QTRIM_BACK, [nameArg(name), limitArg(size, 'size')], count);
}

/**
 * The first item, which stays.
 *
 * @param name up to 255 bytes
 * @returns `null` when the queue is empty
 */
export function qfront<V = string>(name: Data): Command<V | null, V> {
  return new Command<V | null, V>(QFRONT, [nameArg(name)], valueOrNull);
}

/**
 * The last item, which stays.
 *
 * @param name up to 255 bytes
 * @returns `null` when the queue is empty
 */
export function qback<V = string>(name: Data): Command<V | null, V> {
  return new Command<V | null, V>(QBACK, [nameArg(name)], valueOrNull);
}

/**
 * An item by its position.
 *
 * @param name up to 255 bytes
 * @param index 0-based, negative counts from the end
 * @returns `null` when there is none
 */
export function qget<V = string>(name: Data, index: Int): Command<V | null, V> {
  return new Command<V | null, V>(QGET, [nameArg(name), int64(index, 'index')], valueOrNull);
}

/**
 * Replaces an item.
 *
 * @param name up to 255 bytes
 * @param index 0-based, negative counts from the end
 * @throws ReplyError `error` when there is no item at that position
 */
export function qset<V = string>(name: Data, index: Int, item: Data): Command<void, V> {
  return new Command<void, V>(QSET, [nameArg(name), int64(index, 'index'), toArg(item, 'item')], nothing);
}

/**
 * How many items a queue has.
 *
 * @param name up to 255 bytes
 */
export function qsize<V = string>(name: Data): Command<number, V> {
  return new Command<number, V>(QSIZE, [nameArg(name)], count);
}

/**
 * Deletes a whole queue.
 *
 * @param name up to 255 bytes
 * @returns how many items were removed
 */
export function qclear<V = string>(name: Data): Command<number, V> {
  return new Command<number, V>(QCLEAR, [nameArg(name)], count);
}

/**
 * Looks at the items again and repairs the stored size and ends.
 *
 * @param name up to 255 bytes
 */
export function qfix<V = string>(name: Data): Command<void, V> {
  return new Command<void, V>(QFIX, [nameArg(name)], nothing);
}

/**
 * Items by first and last position.
 *
 * @param name up to 255 bytes
 * @param begin 0-based, negative counts from the end; before the first item the result is empty
 * @param end included, negative counts from the end; it may be beyond the last item
 */
export function qslice<V = string>(name: Data, begin: Int, end: Int): Command<V[], V> {
  return new Command<V[], V>(QSLICE, [nameArg(name), int64(begin, 'begin'), int64(end, 'end')], list);
}

/**
 * Items by position and number.
 *
 * With a negative `offset` the server finds the last item at `offset + limit - 1`, and counts it from the front once
 * that is 0 or more: of five items `-2, 2` gives two, `-2, 3` none. Prefer {@link qslice} there.
 *
 * @param name up to 255 bytes
 * @param offset 0-based, negative counts from the end
 * @param limit 1 or more; -1 = to the end. 0 is an error here, since the server may answer it with everything
 */
export function qrange<V = string>(name: Data, offset: Int, limit: Int): Command<V[], V> {
  const size = limitArg(limit);
  if (size === '0') throw new ArgumentError('limit: expected at least 1, or -1 for all, got 0');
  const args: Arg[] = [nameArg(name), int64(offset, 'offset'), size];
  return new Command<V[], V>(QRANGE, args, list);
}

/**
 * Names of queues, ascending. For more than one page see `qlistIterator`.
 *
 * @param start not included; `''` = from the first name
 * @param end included; `''` = to the last name
 * @param limit how many at most; -1 = all
 */
export function qlist<V = string>(start: Data, end: Data, limit: Int): Command<V[], V> {
  return new Command<V[], V>(QLIST, [toArg(start, 'start'), toArg(end, 'end'), limitArg(limit)], list);
}

/**
 * Names of queues, descending. With `start` `''` the server leaves out names that begin with the byte 0xff.
 *
 * @param start the high end, not included; `''` = from the last name
 * @param end the low end, included; `''` = to the first name
 * @param limit how many at most; -1 = all
 */
export function qrlist<V = string>(start: Data, end: Data, limit: Int): Command<V[], V> {
  return new Command<V[], V>(QRLIST, [toArg(start, 'start'), toArg(end, 'end'), limitArg(limit)], list);
}
