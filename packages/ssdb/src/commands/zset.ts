/** Sorted sets: members with whole scores under a name, ordered by score, then by member. https://ssdb.io/docs/ */
import {
  Command,
  type Data,
  type Entries,
  type EntriesOf,
  type EntryArgs,
  idempotent,
  Keys,
  read,
  toArg,
  write,
} from '@kv/core';
import {
  entries as entryArgs,
  type Int,
  int64,
  key as keyArg,
  keys as keyArgs,
  limit as limitArg,
  type Many,
  score as scoreArg,
} from './support/arguments.ts';
import { boolean, booleans, count, countOrNull, counts, list, type Scored, scored } from './support/replies.ts';

const MULTI_ZDEL = idempotent('multi_zdel');
const MULTI_ZEXISTS = read('multi_zexists');
const MULTI_ZGET = read('multi_zget');
const MULTI_ZSET = idempotent('multi_zset');
const MULTI_ZSIZE = read('multi_zsize', Keys.all);
const ZCLEAR = idempotent('zclear');
const ZDECR = write('zdecr');
const ZDEL = idempotent('zdel');
const ZEXISTS = read('zexists');
const ZFIX = idempotent('zfix');
const ZGET = read('zget');
const ZINCR = write('zincr');
const ZLIST = read('zlist', null);
const ZPOP_BACK = write('zpop_back');
const ZPOP_FRONT = write('zpop_front');
const ZRLIST = read('zrlist', null);
const ZSET = idempotent('zset');
const ZSIZE = read('zsize');

/**
 * Sets the score of a member.
 *
 * @param name 1 to 255 bytes
 * @param member 1 to 255 bytes
 * @param score a 64-bit integer
 * @returns `true` when the member is new
 * @example await ssdb.zset('ranking', 'ada', 42)
 */
export function zset<V = string>(name: Data, member: Data, score: Int): Command<boolean, V> {
  return new Command<boolean, V>(ZSET, [keyArg(name, 'name'), keyArg(member, 'member'), scoreArg(score)], boolean);
}

/**
 * The score of a member.
 *
 * @param name 1 to 255 bytes
 * @param member 1 to 255 bytes
 * @returns `null` when there is none (a `bigint` at run time when it is beyond 2^53)
 */
export function zget<V = string>(name: Data, member: Data): Command<number | null, V> {
  return new Command<number | null, V>(ZGET, [keyArg(name, 'name'), keyArg(member, 'member')], countOrNull);
}

/**
 * Deletes a member.
 *
 * @param name 1 to 255 bytes
 * @param member 1 to 255 bytes
 * @returns whether it existed
 */
export function zdel<V = string>(name: Data, member: Data): Command<boolean, V> {
  return new Command<boolean, V>(ZDEL, [keyArg(name, 'name'), keyArg(member, 'member')], boolean);
}

/**
 * Whether a member exists.
 *
 * @param name 1 to 255 bytes
 * @param member 1 to 255 bytes
 */
export function zexists<V = string>(name: Data, member: Data): Command<boolean, V> {
  return new Command<boolean, V>(ZEXISTS, [keyArg(name, 'name'), keyArg(member, 'member')], boolean);
}

/**
 * Adds to the score of a member; a missing one counts as 0. Beyond 64 bits the server wraps around.
 *
 * @param name 1 to 255 bytes
 * @param member 1 to 255 bytes
 * @param by a 64-bit integer, default 1
 * @returns the new score (a `bigint` at run time when it is beyond 2^53)
 */
export function zincr<V = string>(name: Data, member: Data, by: Int = 1): Command<number, V> {
  return new Command<number, V>(ZINCR, [keyArg(name, 'name'), keyArg(member, 'member'), int64(by, 'by')], count);
}

/**
 * Subtracts from the score of a member; a missing one counts as 0. Beyond 64 bits the server wraps around.
 *
 * @param name 1 to 255 bytes
 * @param member 1 to 255 bytes
 * @param by a 64-bit integer, default 1
 * @returns the new score (a `bigint` at run time when it is beyond 2^53)
 */
export function zdecr<V = string>(name: Data, member: Data, by: Int = 1): Command<number, V> {
  return new Command<number, V>(ZDECR, [keyArg(name, 'name'), keyArg(member, 'member'), int64(by, 'by')], count);
}

/**
 * How many members a sorted set has.
 *
 * @param name 1 to 255 bytes
 * @returns 0 when there is no such set
 */
export function zsize<V = string>(name: Data): Command<number, V> {
  return new Command<number, V>(ZSIZE, [keyArg(name, 'name')], count);
}

/**
 * Deletes a whole sorted set. For a large one this takes long and delays all writers of the server.
 *
 * @param name 1 to 255 bytes
 * @returns how many members were removed
 */
export function zclear<V = string>(name: Data): Command<number, V> {
  return new Command<number, V>(ZCLEAR, [keyArg(name, 'name')], count);
}

/**
 * Counts the members again and repairs the stored size.
 *
 * @param name 1 to 255 bytes
 * @returns the size
 */
export function zfix<V = string>(name: Data): Command<number, V> {
  return new Command<number, V>(ZFIX, [keyArg(name, 'name')], count);
}

/**
 * Names of sorted sets, ascending. Keys with a time to live show up as a set of the server's own. For more than one
 * page see `zlistIterator`.
 *
 * @param start not included; `''` = from the first name
 * @param end included; `''` = to the last name
 * @param limit how many at most; -1 = all
 */
export function zlist<V = string>(start: Data, end: Data, limit: Int): Command<V[], V> {
  return new Command<V[], V>(ZLIST, [toArg(start, 'start'), toArg(end, 'end'), limitArg(limit)], list);
}

/**
 * Names of sorted sets, descending. With `start` `''` the server leaves out names that begin with the byte 0xff.
 *
 * @param start the high end, not included; `''` = from the last name
 * @param end the low end, included; `''` = to the first name
 * @param limit how many at most; -1 = all
 */
export function zrlist<V = string>(start: Data, end: Data, limit: Int): Command<V[], V> {
  return new Command<V[], V>(ZRLIST, [toArg(start, 'start'), toArg(end, 'end'), limitArg(limit)], list);
}

/**
 * Takes and deletes the members with the lowest scores.
 *
 * @param name 1 to 255 bytes
 * @param limit how many at most; -1 = all
 * @returns lowest first; empty when there are none
 */
export function zpopFront<V = string>(name: Data, limit: Int = 1): Command<Scored<V>[], V> {
  return new Command<Scored<V>[], V>(ZPOP_FRONT, [keyArg(name, 'name'), limitArg(limit)], scored);
}

/**
 * Takes and deletes the members with the highest scores (never those with 9223372036854775807).
 *
 * @param name 1 to 255 bytes
 * @param limit how many at most; -1 = all
 * @returns highest first; empty when there are none
 */
export function zpopBack<V = string>(name: Data, limit: Int = 1): Command<Scored<V>[], V> {
  return new Command<Scored<V>[], V>(ZPOP_BACK, [keyArg(name, 'name'), limitArg(limit)], scored);
}

/**
 * The scores of several members.
 *
 * @param name 1 to 255 bytes
 * @param members each 1 to 255 bytes
 * @returns those that exist, in the order asked
 */
export function multiZget<V = string>(name: Data, ...members: Many[]): Command<Scored<V>[], V> {
  return new Command<Scored<V>[], V>(MULTI_ZGET, keyArgs(members, 'members', [keyArg(name, 'name')]), scored);
}

/**
 * Sets the scores of several members. Not all or none: when the server refuses one, those before it stay.
 *
 * @param name 1 to 255 bytes
 * @param entries an object, a `Map`, pairs, or `member, score, member, score, …`
 * @returns how many members are new
 * @example await ssdb.multiZset('ranking', { ada: 42, alan: 41 })
 */
export function multiZset<V = string, E extends EntriesOf<E, Int> = Entries<Int>>(
  name: Data,
  ...entries: EntryArgs<E, Int>
): Command<number, V> {
  return new Command<number, V>(MULTI_ZSET, entryArgs(entries, 'entries', scoreArg, [keyArg(name, 'name')]), count);
}

/**
 * Deletes several members.
 *
 * @param name 1 to 255 bytes
 * @param members each 1 to 255 bytes
 * @returns how many existed
 */
export function multiZdel<V = string>(name: Data, ...members: Many[]): Command<number, V> {
  return new Command<number, V>(MULTI_ZDEL, keyArgs(members, 'members', [keyArg(name, 'name')]), count);
}

/**
 * Which of several members exist.
 *
 * @param name 1 to 255 bytes
 * @param members each 1 to 255 bytes
 * @returns every member with yes or no, in the order asked
 */
export function multiZexists<V = string>(name: Data, ...members: Many[]): Command<Map<string, boolean>, V> {
  const args = keyArgs(members, 'members', [keyArg(name, 'name')]);
  return new Command<Map<string, boolean>, V>(MULTI_ZEXISTS, args, booleans);
}

/**
 * The sizes of several sorted sets.
 *
 * @param names each 1 to 255 bytes
 * @returns every name with its size (0 when there is no such set), in the order asked
 */
export function multiZsize<V = string>(...names: Many[]): Command<Map<string, number>, V> {
  return new Command<Map<string, number>, V>(MULTI_ZSIZE, keyArgs(names, 'names'), counts);
}
