import { pairsOf } from '../../pairs.ts';
import { arg, type Commands, type Run } from '../command.ts';
import { refuse, syntaxError } from '../command-error.ts';
import { doubleOf, numberOf } from '../numbers.ts';
import { pickRandom } from '../random.ts';
import { array, bulk, integer } from '../replies.ts';
import { lexRange, positions, type Range, scoreRange } from '../score-range.ts';
import { membersOf, membersReply, NONE, scoreOrNil } from '../sorted-set-access.ts';
import type { Scored, ScoredMembers } from '../values.ts';

interface AddOptions {
  nx: boolean;
  xx: boolean;
  gt: boolean;
  lt: boolean;
  ch: boolean;
  incr: boolean;
}

function addOptions(args: readonly string[]): { options: AddOptions; rest: readonly string[] } {
  const options: AddOptions = { nx: false, xx: false, gt: false, lt: false, ch: false, incr: false };
  let at = 0;
  for (; at < args.length; at += 1) {
    const name = arg(args, at).toLowerCase();
    if (!Object.hasOwn(options, name)) break;
    options[name as keyof AddOptions] = true;
  }
  const rest = args.slice(at);
  const { nx, xx, gt, lt, incr } = options;
  if (rest.length === 0 || rest.length % 2 !== 0) syntaxError();
  if (nx && xx) refuse('XX and NX options at the same time are not compatible');
  if ((gt && nx) || (lt && nx) || (gt && lt)) refuse('GT, LT, and/or NX options at the same time are not compatible');
  if (incr && rest.length > 2) refuse('INCR option supports a single increment-element pair');
  return { options, rest };
}

type Outcome = { readonly result: 'added' | 'updated' | 'same'; readonly score: number } | undefined;

/** Undefined: an option stood in the way. */
function addOne(members: ScoredMembers, { member, score }: Scored, options: AddOptions): Outcome {
  const old = members.get(member);
  if (old === undefined) {
    if (options.xx) return undefined;
    members.set(member, score);
    return { result: 'added', score };
  }
  if (options.nx) return undefined;
  const next = options.incr ? old + score : score;
  if (Number.isNaN(next)) refuse('resulting score is not a number (NaN)');
  if ((options.lt && next >= old) || (options.gt && next <= old)) return undefined;
  if (next === old) return { result: 'same', score: old };
  members.set(member, next);
  return { result: 'updated', score: next };
}

const zadd: Run = (context, [key = '', ...args]) => {
  const { db } = context;
  const { options, rest } = addOptions(args);
  const items = pairsOf(rest).map(([score, member]) => ({ member, score: doubleOf(score) }));
  if (options.xx && membersOf(context, key) === NONE) return options.incr ? context.wire.nil : integer(0);
  const { members } = db.open('zset', key);
  const outcomes: Outcome[] = [];
  try {
    for (const item of items) outcomes.push(addOne(members, item, options));
  } finally {
    if (outcomes.some((outcome) => outcome !== undefined && outcome.result !== 'same')) {
      db.touch(key, 'z', options.incr ? 'zincr' : 'zadd');
    }
  }
  if (options.incr) return scoreOrNil(context, outcomes[0]?.score);
  const counted = outcomes.filter(
    (outcome) => outcome?.result === 'added' || (options.ch && outcome?.result === 'updated'),
  );
  return integer(counted.length);
};

const zincrby: Run = (context, [key = '', by = '', member = '']) =>
  zadd(context, [key, 'INCR', String(doubleOf(by)), member]);

const zrem: Run = ({ db }, [key = '', ...names]) => {
  const value = db.get('zset', key);
  const removed = names.filter((name) => value?.members.delete(name) === true).length;
  if (removed > 0) db.touch(key, 'z', 'zrem');
  return integer(removed);
};

function rank(reverse: boolean): Run {
  return (context, [key = '', member = '']) => {
    const members = membersOf(context, key);
    if (!members.has(member)) return context.wire.nil;
    const position = members.rank(member);
    return integer(reverse ? members.size - 1 - position : position);
  };
}

function countIn(rangeOf: (min: string, max: string) => Range): Run {
  return (context, [key = '', min = '', max = '']) => {
    const range = rangeOf(min, max);
    const [from, to] = positions(membersOf(context, key), range);
    return integer(to - from);
  };
}

const zrandmember: Run = (context, [key = '', countText, option, ...rest]) => {
  const items = [...membersOf(context, key)];
  if (countText === undefined) {
    const [item] = pickRandom(items, 1);
    return item === undefined ? context.wire.nil : bulk(item.member);
  }
  const count = numberOf(countText);
  if (rest.length > 0 || (option !== undefined && option.toUpperCase() !== 'WITHSCORES')) syntaxError();
  return membersReply(context, pickRandom(items, count), option !== undefined);
};

/** Commands on members of sorted sets; ranges, pops and combinations have files of their own. */
export const sortedSetCommands: Commands = {
  zadd,
  zincrby,
  zrem,
  zcard: (context, [key = '']) => integer(membersOf(context, key).size),
  zscore: (context, [key = '', member = '']) => scoreOrNil(context, membersOf(context, key).get(member)),
  zmscore: (context, [key = '', ...names]) => {
    const members = membersOf(context, key);
    return array(names.map((name) => scoreOrNil(context, members.get(name))));
  },
  zrank: rank(false),
  zrevrank: rank(true),
  zcount: countIn(scoreRange),
  zlexcount: countIn(lexRange),
  zrandmember,
};
