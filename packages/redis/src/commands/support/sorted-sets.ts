/** Arguments of the sorted set commands: scores and the bounds of ranges. */
import { type Arg, badArgument, type Data, float, integer, toArg } from '@kv/core';
import { addEach, type Int } from './arguments.ts';
import type { Scored } from './replies.ts';

/** A score: any number but `NaN`, also `Infinity` and `-Infinity`. */
export type Score = Int;

/** A member with its score, as an argument. */
export interface ScoredMember {
  readonly member: Data;
  readonly score: Score;
}

/**
 * An end of a range of scores: a number (included), `'(1.5'` (excluded), `'-inf'` or `'+inf'`.
 */
export type ScoreBound = Score | string;

/**
 * An end of a range of members in the order of their bytes: `'[a'` (included), `'(a'` (excluded), `'-'` (before all) or
 * `'+'` (behind all).
 */
export type LexBound = string | Uint8Array;

/** Members in the order of a reply, or together with their scores. */
export type Members<V> = V[] | Scored<V>[];

/** An end of a range: a rank, a {@link ScoreBound} or a {@link LexBound}. */
export type RangeBound = ScoreBound | LexBound;

const SCORE_BOUND = /^\(?[+-]?(inf|infinity|(\d+\.?\d*|\.\d+)(e[+-]?\d+)?)$/i;

/** Checks an end of a range of scores. @throws ArgumentError */
export function scoreBound(value: ScoreBound, name: string): Arg {
  if (typeof value !== 'string') return float(value, name);
  if (SCORE_BOUND.test(value)) return value;
  throw badArgument(name, "a number, '(number', '-inf' or '+inf'", value);
}

const LEX_BOUND = "'[member', '(member', '-' or '+'";
const [MINUS, PLUS, BRACKET, PARENTHESIS] = [0x2d, 0x2b, 0x5b, 0x28];

/** Checks an end of a range of members. @throws ArgumentError */
export function lexBound(value: LexBound, name: string): Arg {
  const arg = toArg(value, name);
  const first = typeof arg === 'string' ? arg.charCodeAt(0) : arg[0];
  if (first === BRACKET || first === PARENTHESIS) return arg;
  if ((first === MINUS || first === PLUS) && arg.length === 1) return arg;
  throw badArgument(name, LEX_BOUND, value);
}

/** Checks a rank. @throws ArgumentError */
export function rankBound(value: RangeBound, name: string): string {
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return value;
  return integer(value as Int, name);
}

/** Appends `score member`. */
function addScored(args: Arg[], scored: ScoredMember, place = ''): void {
  if (typeof scored !== 'object' || scored === null) throw badArgument(place || 'members', '{ member, score }', scored);
  const inside = place && `${place}.`;
  args.push(float(scored.score, `${inside}score`), toArg(scored.member, `${inside}member`));
}

/** Appends `score member score member …` and returns how many there are. @throws ArgumentError when there is none */
export function addScoredMembers(args: Arg[], members: ScoredMember | readonly ScoredMember[]): number {
  if (!Array.isArray(members)) {
    addScored(args, members as ScoredMember);
    return 1;
  }
  addEach(args, members as readonly ScoredMember[], 'members', addScored);
  return members.length;
}
