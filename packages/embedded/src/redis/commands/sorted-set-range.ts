import { arg, type Commands, type Context, type Run } from '../command.ts';
import { refuse, syntaxError } from '../command-error.ts';
import { numberOf } from '../numbers.ts';
import { integer } from '../replies.ts';
import { lexRange, positions, rankPositions, scoreRange, slice } from '../score-range.ts';
import { membersOf, membersReply, removeItems } from '../sorted-set-access.ts';
import { type Scored, ScoredMembers } from '../values.ts';

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
    db.put(key, { type: 'zset', members }, 'z', 'zrangestore');
  }
  return integer(items.length);
}

const RANGE_OPTIONS = ['BYSCORE', 'BYLEX', 'REV', 'LIMIT'];

const zrangestore: Run = (context, [target = '', key = '', from = '', to = '', ...options]) => {
  const base: RangeRequest = { by: 'rank', reverse: false, withScores: false, limit: undefined };
  const select = selection(from, to, rangeOptions(options, base, RANGE_OPTIONS));
  return storeItems(context, target, select(membersOf(context, key)));
};

function removeRange(by: RangeRequest['by']): Run {
  return (context, [key = '', from = '', to = '']) => {
    const select = selection(from, to, { by, reverse: false, withScores: false, limit: undefined });
    return removeItems(context, key, select(membersOf(context, key)), context.name);
  };
}

/** Commands on ranges of sorted sets. */
export const sortedSetRangeCommands: Commands = {
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
};
