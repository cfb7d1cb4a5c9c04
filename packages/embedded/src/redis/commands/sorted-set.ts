import { arg, type Commands, type Context, pairsOf, type Run } from '../command.ts';
import { refuse, syntaxError } from '../command-error.ts';
import { countOf, doubleOf, numberOf } from '../numbers.ts';
import { pickRandom } from '../random.ts';
import { array, bulk, bulks, integer } from '../replies.ts';
import { lexRange, positions, type Range, rankPositions, scoreRange, slice } from '../score-range.ts';
import { type Scored, ScoredMembers } from '../values.ts';
import { takeOrWait } from '../waiting.ts';
import { manyPopArguments } from './list.ts';

const NONE = new ScoredMembers();

function membersOf({ db }: Context, key: string): ScoredMembers {
  return db.get('zset', key)?.members ?? NONE;
}

/** Members, with scores if wanted. */
function membersReply({ wire }: Context, items: readonly Scored[], withScores: boolean): string {
  if (!withScores) return bulks(items.map(({ member }) => member));
  return wire.pairs(items.map(({ member, score }) => [bulk(member), wire.double(score)]));
}

function scoreOrNil({ wire }: Context, score: number | undefined): string {
  return score === undefined ? wire.nil : wire.double(score);
}

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
  let outcomes: Outcome[] = [];
  try {
    outcomes = items.map((item) => addOne(members, item, options));
  } finally {
    db.touch(key);
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
  if (removed > 0) db.touch(key);
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

interface RangeRequest {
  by: 'rank' | 'score' | 'lex';
  reverse: boolean;
  withScores: boolean;
  limit: readonly [offset: number, count: number] | undefined;
}

/** Options of ZRANGE and its older forms; `allowed` names those that the form has. */
function rangeOptions(args: readonly string[], start: RangeRequest, allowed: readonly string[]): RangeRequest {
  const request = { ...start };
  for (let at = 0; at < args.length; at += 1) {
    const option = arg(args, at).toUpperCase();
    if (!allowed.includes(option)) syntaxError();
    if (option === 'WITHSCORES') request.withScores = true;
    else if (option === 'REV') request.reverse = true;
    else if (option === 'BYSCORE') request.by = 'score';
    else if (option === 'BYLEX') request.by = 'lex';
    else {
      if (at + 2 >= args.length) syntaxError();
      request.limit = [numberOf(arg(args, at + 1)), numberOf(arg(args, at + 2))];
      at += 2;
    }
  }
  checkRange(request);
  return request;
}

function checkRange({ by, limit, withScores }: RangeRequest): void {
  if (limit !== undefined && by === 'rank') {
    refuse('syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX');
  }
  if (withScores && by === 'lex') refuse('syntax error, WITHSCORES not supported in combination with BYLEX');
}

/** Reads the bounds at once, so that a wrong one is refused before the key is looked at. */
function selection(start: string, stop: string, request: RangeRequest): (members: ScoredMembers) => Scored[] {
  const { by, reverse, limit = [0, -1] } = request;
  if (by === 'rank') {
    numberOf(start);
    numberOf(stop);
    return (members) => {
      const [from, to] = rankPositions(members.size, start, stop);
      return slice(members, reverse ? [members.size - to, members.size - from] : [from, to], reverse);
    };
  }
  const [min, max] = reverse ? [stop, start] : [start, stop];
  const range = by === 'score' ? scoreRange(min, max) : lexRange(min, max);
  return (members) => slice(members, positions(members, range), reverse, ...limit);
}

function range(start: Partial<RangeRequest>, allowed: readonly string[]): Run {
  const base: RangeRequest = { by: 'rank', reverse: false, withScores: false, limit: undefined, ...start };
  return (context, [key = '', from = '', to = '', ...options]) => {
    const request = rangeOptions(options, base, allowed);
    const select = selection(from, to, request);
    return membersReply(context, select(membersOf(context, key)), request.withScores);
  };
}

function storeItems({ db }: Context, key: string, items: readonly Scored[]): string {
  if (items.length === 0) db.delete(key);
  else {
    const members = new ScoredMembers();
    for (const { member, score } of items) members.set(member, score);
    db.put(key, { type: 'zset', members });
  }
  return integer(items.length);
}

const RANGE_OPTIONS = ['BYSCORE', 'BYLEX', 'REV', 'LIMIT'];

const zrangestore: Run = (context, [target = '', key = '', from = '', to = '', ...options]) => {
  const base: RangeRequest = { by: 'rank', reverse: false, withScores: false, limit: undefined };
  const select = selection(from, to, rangeOptions(options, base, RANGE_OPTIONS));
  return storeItems(context, target, select(membersOf(context, key)));
};

function removeItems(context: Context, key: string, items: readonly Scored[]): string {
  const value = context.db.get('zset', key);
  for (const { member } of items) value?.members.delete(member);
  if (items.length > 0) context.db.touch(key);
  return integer(items.length);
}

function removeRange(by: RangeRequest['by']): Run {
  return (context, [key = '', from = '', to = '']) => {
    const select = selection(from, to, { by, reverse: false, withScores: false, limit: undefined });
    return removeItems(context, key, select(membersOf(context, key)));
  };
}

type Edge = 'MIN' | 'MAX';

function takeEdge(context: Context, key: string, edge: Edge, count: number): Scored[] {
  const members = membersOf(context, key);
  const items = slice(members, [0, members.size], edge === 'MAX', 0, count);
  removeItems(context, key, items);
  return items;
}

/** Without a count the reply is flat, also in RESP3. */
function pop(edge: Edge): Run {
  return (context, [key = '', countText, ...rest]) => {
    if (rest.length > 0) syntaxError();
    const { wire } = context;
    const count = countText === undefined ? 1 : countOf(countText);
    const items = takeEdge(context, key, edge, count);
    if (countText !== undefined) return membersReply(context, items, true);
    return array(items.flatMap(({ member, score }) => [bulk(member), wire.double(score)]));
  };
}

function blockingPop(edge: Edge): Run {
  return (context, args) =>
    takeOrWait(context, {
      keys: args.slice(0, -1),
      timeout: args.at(-1) ?? '',
      type: 'zset',
      attempt: (key) => {
        const [item] = takeEdge(context, key, edge, 1);
        if (item === undefined) return undefined;
        return array([bulk(key), bulk(item.member), context.wire.double(item.score)]);
      },
    });
}

/** Pairs are nested in both protocols. */
function popFrom(context: Context, key: string, edge: Edge, count: number): string | undefined {
  const items = takeEdge(context, key, edge, count);
  if (items.length === 0) return undefined;
  const pairs = items.map(({ member, score }) => array([bulk(member), context.wire.double(score)]));
  return array([bulk(key), array(pairs)]);
}

const zmpop: Run = (context, args) => {
  const { keys, end, count } = manyPopArguments(args, ['MIN', 'MAX']);
  for (const key of keys) {
    const reply = popFrom(context, key, end as Edge, count);
    if (reply !== undefined) return reply;
  }
  return context.wire.nilArray;
};

const bzmpop: Run = (context, [timeout = '', ...args]) => {
  const { keys, end, count } = manyPopArguments(args, ['MIN', 'MAX']);
  const attempt = (key: string): string | undefined => popFrom(context, key, end as Edge, count);
  return takeOrWait(context, { keys, timeout, type: 'zset', attempt });
};

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

/** Commands on sorted sets; those that combine several are in sorted-set-combine.ts. */
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
  zrange: range({}, [...RANGE_OPTIONS, 'WITHSCORES']),
  zrevrange: range({ reverse: true }, ['WITHSCORES']),
  zrangebyscore: range({ by: 'score' }, ['WITHSCORES', 'LIMIT']),
  zrevrangebyscore: range({ by: 'score', reverse: true }, ['WITHSCORES', 'LIMIT']),
  zrangebylex: range({ by: 'lex' }, ['LIMIT']),
  zrevrangebylex: range({ by: 'lex', reverse: true }, ['LIMIT']),
  zrangestore,
  zremrangebyrank: removeRange('rank'),
  zremrangebyscore: removeRange('score'),
  zremrangebylex: removeRange('lex'),
  zpopmin: pop('MIN'),
  zpopmax: pop('MAX'),
  bzpopmin: blockingPop('MIN'),
  bzpopmax: blockingPop('MAX'),
  zmpop,
  bzmpop,
  zrandmember,
};
