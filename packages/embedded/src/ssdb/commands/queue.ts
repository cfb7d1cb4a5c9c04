import { type Command, type Context, found, ok, okList, type Reply, reads, writes, writesMany } from '../command.ts';
import { amount, integer, unsigned, wrappingSum } from '../numbers.ts';
import { keysDown, keysUp } from '../ranges.ts';

type End = 'front' | 'back';

/** Items are pushed one by one: the last one given ends up at the very end. */
function push(end: End) {
  return ({ db }: Context, [name = '', ...items]: readonly string[]): Reply => {
    db.check(name);
    let size = 0;
    for (const item of items) size = db.push(name, end, item);
    return ok(size);
  };
}

function popMany({ db }: Context, name: string, end: End, limit: number): string[] {
  const items: string[] = [];
  while (items.length < limit) {
    const item = db.pop(name, end);
    if (item === undefined) break;
    items.push(item);
  }
  return items;
}

/** One item when no size or 1 is given, else a list. */
function pop(end: End) {
  return (context: Context, name: string, size = '1'): Reply => {
    if (unsigned(size) === 1n) return found(context.db.pop(name, end));
    return okList(popMany(context, name, end, amount(size)));
  };
}

function trim(end: End) {
  return (context: Context, name: string, size = '1'): Reply => ok(popMany(context, name, end, amount(size)).length);
}

function qset({ db }: Context, name: string, index: string, item: string): Reply {
  return db.qset(name, Number(integer(index)), item) ? ok() : ['error', 'index out of range'];
}

function slice({ db }: Context, name: string, begin: bigint, end: bigint): Reply {
  return okList(db.queues.get(name)?.slice(begin, end) ?? []);
}

/** Offset and limit become first and last index, and a last index below zero counts from the end: the server's defect. */
function qrange(context: Context, name: string, offset: string, limit: string): Reply {
  const begin = integer(offset);
  const count = BigInt.asIntN(64, unsigned(limit));
  return slice(context, name, begin, count < 0n ? -1n : wrappingSum(begin, count - 1n));
}

const get = ({ db }: Context, name: string, index: number): Reply => found(db.queues.get(name)?.get(index));

/** Commands of the queue name space. */
export const queueCommands: Readonly<Record<string, Command>> = {
  qsize: reads(1, ({ db }, name) => ok(db.queues.get(name)?.size ?? 0)),
  qfront: reads(1, (context, name) => get(context, name, 0)),
  qback: reads(1, (context, name) => get(context, name, -1)),
  qpush: writesMany(2, push('back')),
  qpush_back: writesMany(2, push('back')),
  qpush_front: writesMany(2, push('front')),
  qpop: writes(1, pop('front')),
  qpop_front: writes(1, pop('front')),
  qpop_back: writes(1, pop('back')),
  qtrim_front: writes(1, trim('front')),
  qtrim_back: writes(1, trim('back')),
  qfix: writes(1, () => ok()),
  qclear: writes(1, (context, name) => ok(popMany(context, name, 'front', Number.POSITIVE_INFINITY).length)),
  qlist: reads(3, ({ db }, start, end, limit) => okList(keysUp(db.queues, start, end, limit))),
  qrlist: reads(3, ({ db }, start, end, limit) => okList(keysDown(db.queues, start, end, limit))),
  qslice: reads(3, (context, name, begin, end) => slice(context, name, integer(begin), integer(end))),
  qrange: reads(3, qrange),
  qget: reads(2, (context, name, index) => get(context, name, Number(integer(index)))),
  qset: writes(3, qset),
};
