import type { Commands, Context, Run } from '../command.ts';
import { refuse, syntaxError, wrongType } from '../command-error.ts';
import { doubleOf, numberOf } from '../numbers.ts';
import { bulk, bulks, integer } from '../replies.ts';
import { byScore, type Scored, ScoredMembers } from '../values.ts';
import { limitOf } from './set.ts';

type Scores = ReadonlyMap<string, number>;
type Aggregate = (a: number, b: number) => number;

/** Infinity minus infinity counts as 0. */
const sum: Aggregate = (a, b) => (Number.isNaN(a + b) ? 0 : a + b);
const aggregates: Readonly<Record<string, Aggregate>> = { SUM: sum, MIN: Math.min, MAX: Math.max };

/** A set counts as a sorted set whose scores are all 1. */
function scoresOf({ db }: Context, key: string): Scores {
  const value = db.entry(key)?.value;
  if (value === undefined) return new Map();
  if (value.type === 'set') return new Map([...value.members].map((member) => [member, 1]));
  if (value.type !== 'zset') return wrongType();
  return new Map(Array.from(value.members, ({ member, score }) => [member, score]));
}

interface Request {
  readonly sources: readonly Scores[];
  readonly aggregate: Aggregate;
  readonly withScores: boolean;
  /** At most so many; 0: no limit. */
  readonly limit: number;
}

/** `allowed` names the options that the command has. Keys are looked at before the options. */
function parse(context: Context, args: readonly string[], allowed: readonly string[]): Request {
  const [numkeysText = '', ...rest] = args;
  const numkeys = numberOf(numkeysText);
  if (numkeys < 1) refuse(`at least 1 input key is needed for '${context.name}' command`);
  if (numkeys > rest.length) syntaxError();
  const sources = rest.slice(0, numkeys).map((key) => scoresOf(context, key));
  let weights: readonly number[] | undefined;
  let [aggregate, withScores, limit] = [sum, false, 0];
  const options = rest.slice(numkeys);
  while (options.length > 0) {
    const option = (options.shift() as string).toUpperCase();
    if (!allowed.includes(option)) syntaxError();
    if (option === 'WEIGHTS' && options.length >= numkeys) {
      weights = options.splice(0, numkeys).map((text) => doubleOf(text, 'weight value is not a float'));
    } else if (option === 'AGGREGATE' && options.length > 0) {
      aggregate = aggregates[(options.shift() as string).toUpperCase()] ?? syntaxError();
    } else if (option === 'LIMIT' && options.length > 0) limit = limitOf(options.shift() as string);
    else if (option === 'WITHSCORES') withScores = true;
    else syntaxError();
  }
  return { sources: weigh(sources, weights), aggregate, withScores, limit };
}

function weigh(sources: readonly Scores[], weights: readonly number[] | undefined): Scores[] {
  return sources.map((scores, index) => {
    const weight = weights?.[index] ?? 1;
    return new Map(
      Array.from(scores, ([member, score]) => [member, Number.isNaN(score * weight) ? 0 : score * weight]),
    );
  });
}

type Combine = (request: Request) => Map<string, number>;

const union: Combine = ({ sources, aggregate }) => {
  const all = new Map<string, number>();
  for (const [member, score] of sources.flatMap((scores) => [...scores])) {
    const old = all.get(member);
    all.set(member, old === undefined ? score : aggregate(old, score));
  }
  return all;
};

const intersection: Combine = ({ sources, aggregate }) => {
  const bySize = sources.toSorted((a, b) => a.size - b.size);
  const [smallest = new Map<string, number>(), ...others] = bySize;
  const common = new Map<string, number>();
  for (const [member, score] of smallest) {
    if (!others.every((other) => other.has(member))) continue;
    common.set(
      member,
      others.reduce((total, other) => aggregate(total, other.get(member) as number), score),
    );
  }
  return common;
};

const difference: Combine = ({ sources: [first = new Map<string, number>(), ...others] }) =>
  new Map([...first].filter(([member]) => !others.some((other) => other.has(member))));

function sorted(scores: Scores): Scored[] {
  return Array.from(scores, ([member, score]) => ({ member, score })).sort(byScore);
}

const WEIGHED = ['WEIGHTS', 'AGGREGATE'];

function reads(combine: Combine, options: readonly string[] = WEIGHED): Run {
  return (context, args) => {
    const { wire } = context;
    const request = parse(context, args, [...options, 'WITHSCORES']);
    const items = sorted(combine(request));
    if (!request.withScores) return bulks(items.map(({ member }) => member));
    return wire.pairs(items.map(({ member, score }) => [bulk(member), wire.double(score)]));
  };
}

function stores(combine: Combine, options: readonly string[] = WEIGHED): Run {
  return (context, [target = '', ...args]) => {
    const items = sorted(combine(parse(context, args, options)));
    const members = new ScoredMembers();
    for (const { member, score } of items) members.set(member, score);
    if (items.length === 0) context.db.delete(target);
    else context.db.put(target, { type: 'zset', members }, 'z', context.name);
    return integer(items.length);
  };
}

const zintercard: Run = (context, args) => {
  const request = parse(context, args, ['LIMIT']);
  const { size } = intersection(request);
  return integer(request.limit === 0 ? size : Math.min(request.limit, size));
};

/** Commands that combine several sorted sets. */
export const sortedSetCombineCommands: Commands = {
  zunion: reads(union),
  zinter: reads(intersection),
  zdiff: reads(difference, []),
  zunionstore: stores(union),
  zinterstore: stores(intersection),
  zdiffstore: stores(difference, []),
  zintercard,
};
