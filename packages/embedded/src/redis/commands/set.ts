import type { Commands, Context, Run } from '../command.ts';
import { refuse, syntaxError } from '../command-error.ts';
import { countOf, numberOf, parseInteger } from '../numbers.ts';
import { pickRandom } from '../random.ts';
import { array, bulk, bulks, flag, integer } from '../replies.ts';

function membersOf({ db }: Context, key: string): ReadonlySet<string> {
  return db.get('set', key)?.members ?? new Set<string>();
}

/** Integers, when there is nothing else, come in their order. */
export function inOrder(members: Iterable<string>): string[] {
  const list = [...members];
  const numbers = list.map(parseInteger);
  if (numbers.includes(undefined)) return list;
  const sorted = (numbers as bigint[]).sort((a, b) => (a < b ? -1 : Number(a > b)));
  return sorted.map(String);
}

function setReply({ wire }: Context, members: Iterable<string>): string {
  return wire.set(inOrder(members).map(bulk));
}

const sadd: Run = ({ db }, [key = '', ...names]) => {
  const { members } = db.open('set', key);
  const before = members.size;
  for (const name of names) members.add(name);
  const added = members.size - before;
  if (added > 0) db.touch(key, 's', 'sadd');
  return integer(added);
};

const srem: Run = ({ db }, [key = '', ...names]) => {
  const value = db.get('set', key);
  const removed = names.filter((name) => value?.members.delete(name) === true).length;
  if (removed > 0) db.touch(key, 's', 'srem');
  return integer(removed);
};

const smove: Run = (context, [from = '', to = '', member = '']) => {
  const { db } = context;
  const source = db.get('set', from);
  if (source === undefined) return flag(false);
  db.get('set', to); // refuses another type
  if (from === to) return flag(source.members.has(member));
  if (!source.members.delete(member)) return flag(false);
  db.touch(from, 's', 'srem');
  const { members } = db.open('set', to);
  const isNew = !members.has(member);
  members.add(member);
  if (isNew) db.touch(to, 's', 'sadd');
  return flag(true);
};

const spop: Run = (context, [key = '', countText, ...rest]) => {
  const { db, wire } = context;
  if (rest.length > 0) syntaxError();
  const count = countText === undefined ? 1 : countOf(countText);
  const value = db.get('set', key);
  const picked = pickRandom([...(value?.members ?? [])], count);
  for (const member of picked) value?.members.delete(member);
  if (picked.length > 0) db.touch(key, 's', 'spop');
  if (countText !== undefined) return setReply(context, picked);
  return picked[0] === undefined ? wire.nil : bulk(picked[0]);
};

const srandmember: Run = (context, [key = '', countText, ...rest]) => {
  if (rest.length > 0) syntaxError();
  const count = countText === undefined ? 1 : numberOf(countText);
  const picked = pickRandom(inOrder(membersOf(context, key)), count);
  if (countText !== undefined) return bulks(picked);
  return picked[0] === undefined ? context.wire.nil : bulk(picked[0]);
};

type Combine = (first: ReadonlySet<string>, others: readonly ReadonlySet<string>[]) => Iterable<string>;

const intersection: Combine = (first, others) => [...first].filter((name) => others.every((other) => other.has(name)));
const difference: Combine = (first, others) => [...first].filter((name) => !others.some((other) => other.has(name)));
const union: Combine = (first, others) => new Set([first, ...others].flatMap((members) => [...members]));

function combined(context: Context, keys: readonly string[], combine: Combine): Iterable<string> {
  const [first = new Set<string>(), ...others] = keys.map((key) => membersOf(context, key));
  return combine(first, others);
}

function reads(combine: Combine): Run {
  return (context, keys) => setReply(context, combined(context, keys, combine));
}

function stores(combine: Combine): Run {
  return (context, [target = '', ...keys]) => {
    const members = new Set(combined(context, keys, combine));
    if (members.size === 0) context.db.delete(target);
    else context.db.put(target, { type: 'set', members }, 's', context.name);
    return integer(members.size);
  };
}

/** The number after LIMIT; 0 is none. */
export function limitOf(text: string): number {
  const message = "LIMIT can't be negative";
  const limit = numberOf(text, message);
  return limit < 0 ? refuse(message) : limit;
}

/** `numkeys key … [LIMIT n]` */
function cardinalityArguments(args: readonly string[]): { readonly keys: readonly string[]; readonly limit: number } {
  const [numkeysText = '', ...rest] = args;
  const message = 'numkeys should be greater than 0';
  const numkeys = numberOf(numkeysText, message);
  if (numkeys <= 0) refuse(message);
  if (numkeys > rest.length) refuse("Number of keys can't be greater than number of args");
  let limit = 0;
  const options = rest.slice(numkeys);
  for (let at = 0; at < options.length; at += 2) {
    if (options[at]?.toUpperCase() !== 'LIMIT') syntaxError();
    limit = limitOf(options[at + 1] ?? syntaxError());
  }
  return { keys: rest.slice(0, numkeys), limit };
}

const sintercard: Run = (context, args) => {
  const { keys, limit } = cardinalityArguments(args);
  const { length } = [...combined(context, keys, intersection)];
  return integer(limit === 0 ? length : Math.min(limit, length));
};

/** Commands on sets. */
export const setCommands: Commands = {
  sadd,
  srem,
  smove,
  spop,
  srandmember,
  scard: (context, [key = '']) => integer(membersOf(context, key).size),
  sismember: (context, [key = '', member = '']) => flag(membersOf(context, key).has(member)),
  smismember: (context, [key = '', ...names]) => {
    const members = membersOf(context, key);
    return array(names.map((name) => flag(members.has(name))));
  },
  smembers: (context, [key = '']) => setReply(context, membersOf(context, key)),
  sinter: reads(intersection),
  sunion: reads(union),
  sdiff: reads(difference),
  sinterstore: stores(intersection),
  sunionstore: stores(union),
  sdiffstore: stores(difference),
  sintercard,
};
