import { pairsOf } from '../../pairs.ts';
import {
  CLIENT_ERROR,
  type Command,
  type Context,
  flag,
  found,
  ok,
  okList,
  type Reply,
  reads,
  readsMany,
  writes,
  writesMany,
} from '../command.ts';
import type { Database } from '../database.ts';
import { amount, integer, unsigned, wrappingSum } from '../numbers.ts';
import { keysDown, keysUp, take } from '../ranges.ts';
import type { Member, Zset } from '../zset.ts';

/** An empty name or member is not stored, without an error; returns whether the member is new. */
function store(db: Database, name: string, member: string, score: bigint): boolean {
  if (name === '' || member === '') return false;
  db.check(name, member);
  return db.zset(name, member, score);
}

function remove(db: Database, name: string, member: string): boolean {
  db.check(name, member);
  return db.zdel(name, member);
}

function removeAll(db: Database, name: string, members: readonly Member[]): number {
  for (const { member } of members) db.zdel(name, member);
  return members.length;
}

function step(sign: bigint) {
  return ({ db }: Context, name: string, member: string, by = '1'): Reply => {
    const score = wrappingSum(db.zsets.get(name)?.get(member) ?? 0n, sign * integer(by));
    store(db, name, member, score);
    return ok(score);
  };
}

function pairs(members: readonly Member[]): Reply {
  return okList(members.flatMap(({ member, score }) => [member, String(score)]));
}

type Direction = 'up' | 'down';

function walk(db: Database, name: string, direction: Direction): Iterable<Member> {
  return db.zsets.get(name)?.[direction]() ?? [];
}

/** Position in a walk; members that the walk does not meet have none. */
function rank(direction: Direction) {
  return ({ db }: Context, name: string, member: string): Reply => {
    let position = 0;
    for (const other of walk(db, name, direction)) {
      if (other.member === member) return ok(position);
      position += 1;
    }
    return found(undefined);
  };
}

function range(direction: Direction) {
  return ({ db }: Context, name: string, offset: string, limit: string): Reply => {
    const skipped = amount(offset);
    return pairs(take(walk(db, name, direction), skipped + amount(limit)).slice(skipped));
  };
}

/** Ranks from `start` to `stop`, both included, negative ones from the end. */
function byRank(db: Database, name: string, direction: Direction, start: string, stop: string): Member[] {
  const size = db.zsetSize(name);
  const from = Math.max(0, fromEnd(start, size));
  const to = fromEnd(stop, size);
  return to < from ? [] : take(walk(db, name, direction), to + 1).slice(from);
}

function fromEnd(index: string, size: number): number {
  const n = Number(integer(index));
  return n < 0 ? n + size : n;
}

/** `limit`, or `offset limit`: then the walk stops after their sum, which wraps. */
function scan(direction: Direction) {
  return ({ db }: Context, name: string, key: string, start: string, end: string, ...paging: string[]): Reply => {
    const [offset, limit] = paging.length > 1 ? [paging[0], paging[1]] : ['0', paging[0]];
    const total = BigInt.asUintN(64, unsigned(offset ?? '') + unsigned(limit ?? ''));
    const members = db.zsets.get(name)?.[direction]({ key, start, end }) ?? [];
    return pairs(take(members, Number(total)).slice(amount(offset)));
  };
}

function scores(db: Database, name: string, start: string, end: string): Member[] {
  return [...(db.zsets.get(name)?.up({ key: '', start, end }) ?? [])];
}

function sum(members: readonly Member[]): bigint {
  return members.reduce((total, { score }) => wrappingSum(total, score), 0n);
}

/** Six decimals; of nothing, a NaN as C prints it. */
function zavg({ db }: Context, name: string, start: string, end: string): Reply {
  const members = scores(db, name, start, end);
  return ok(members.length === 0 ? '-nan' : (Number(sum(members)) / members.length).toFixed(6));
}

function pop(direction: Direction) {
  return ({ db }: Context, name: string, limit: string): Reply => {
    const members = take(walk(db, name, direction), amount(limit));
    removeAll(db, name, members);
    return pairs(members);
  };
}

/** Not atomic: what came before a refused member stays. */
function multiZset({ db }: Context, [name = '', ...args]: readonly string[]): Reply {
  if (args.length < 2 || args.length % 2 !== 0) return CLIENT_ERROR;
  let fresh = 0;
  for (const [member, score] of pairsOf(args)) fresh += Number(store(db, name, member, integer(score)));
  return ok(fresh);
}

function multiZdel({ db }: Context, [name = '', ...members]: readonly string[]): Reply {
  let removed = 0;
  for (const member of members) removed += Number(remove(db, name, member));
  return ok(removed);
}

function multiZget({ db }: Context, [name = '', ...members]: readonly string[]): Reply {
  const zset = db.zsets.get(name);
  const known = members.filter((member) => zset?.get(member) !== undefined);
  return okList(known.flatMap((member) => [member, String(zset?.get(member))]));
}

function multiZexists({ db }: Context, [name = '', ...members]: readonly string[]): Reply {
  const zset = db.zsets.get(name);
  return okList(members.flatMap((member) => [member, zset?.get(member) === undefined ? '0' : '1']));
}

const zsetOf = ({ db }: Context, name: string): Zset | undefined => db.zsets.get(name);

/** Commands of the zset name space. */
export const zsetCommands: Readonly<Record<string, Command>> = {
  zset: writes(3, ({ db }, name, member, score) => flag(store(db, name, member, integer(score)))),
  zget: reads(2, (context, name, member) => found(zsetOf(context, name)?.get(member))),
  zdel: writes(2, ({ db }, name, member) => flag(remove(db, name, member))),
  zexists: reads(2, (context, name, member) => flag(zsetOf(context, name)?.get(member) !== undefined)),
  zincr: writes(2, step(1n)),
  zdecr: writes(2, step(-1n)),
  zsize: reads(1, ({ db }, name) => ok(db.zsetSize(name))),
  zclear: writes(1, ({ db }, name) => ok(removeAll(db, name, [...walk(db, name, 'up')]))),
  zfix: writes(1, ({ db }, name) => ok(db.fixZset(name))),
  zrank: reads(2, rank('up')),
  zrrank: reads(2, rank('down')),
  zrange: reads(3, range('up')),
  zrrange: reads(3, range('down')),
  redis_zrange: reads(3, ({ db }, name, start, stop) => pairs(byRank(db, name, 'up', start, stop))),
  redis_zrrange: reads(3, ({ db }, name, start, stop) => pairs(byRank(db, name, 'down', start, stop))),
  zscan: reads(5, scan('up')),
  zrscan: reads(5, scan('down')),
  zkeys: reads(5, ({ db }, name, key, start, end, limit) =>
    okList(take(db.zsets.get(name)?.up({ key, start, end }) ?? [], amount(limit)).map(({ member }) => member)),
  ),
  zlist: reads(3, ({ db }, start, end, limit) => okList(keysUp(db.zsetSizes, start, end, limit))),
  zrlist: reads(3, ({ db }, start, end, limit) => okList(keysDown(db.zsetSizes, start, end, limit))),
  zcount: reads(3, ({ db }, name, start, end) => ok(scores(db, name, start, end).length)),
  zsum: reads(3, ({ db }, name, start, end) => ok(sum(scores(db, name, start, end)))),
  zavg: reads(3, zavg),
  zremrangebyrank: writes(3, ({ db }, name, start, stop) =>
    ok(removeAll(db, name, byRank(db, name, 'up', start, stop))),
  ),
  zremrangebyscore: writes(3, ({ db }, name, start, end) => ok(removeAll(db, name, scores(db, name, start, end)))),
  zpop_front: writes(2, pop('up')),
  zpop_back: writes(2, pop('down')),
  multi_zget: readsMany(2, multiZget),
  multi_zexists: readsMany(2, multiZexists),
  multi_zsize: readsMany(1, ({ db }, names) => okList(names.flatMap((name) => [name, String(db.zsetSize(name))]))),
  multi_zset: writesMany(0, multiZset),
  multi_zdel: writesMany(2, multiZdel),
};
