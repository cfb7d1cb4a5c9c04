import { refuse } from './command-error.ts';
import { numberOf, parseDouble } from './numbers.ts';
import type { Scored, ScoredMembers } from './values.ts';

/** Which members of a sorted set: `below` holds for those before the range, `within` up to its end. */
export interface Range {
  below(item: Scored): boolean;
  within(item: Scored): boolean;
}

interface Bound<T> {
  readonly value: T;
  readonly exclusive: boolean;
}

/** Scores from `min` to `max`; `(` in front of a bound leaves it out. */
export function scoreRange(minText: string, maxText: string): Range {
  const min = scoreBound(minText);
  const max = scoreBound(maxText);
  return {
    below: ({ score }) => (min.exclusive ? score <= min.value : score < min.value),
    within: ({ score }) => (max.exclusive ? score < max.value : score <= max.value),
  };
}

function scoreBound(text: string): Bound<number> {
  const exclusive = text.startsWith('(');
  return { value: looseDouble(exclusive ? text.slice(1) : text), exclusive };
}

/** A bound may be empty, which is 0, or out of range, which is infinite. */
function looseDouble(text: string): number {
  if (text === '') return 0;
  const value = parseDouble(text) ?? Number(/^[+-]?[0-9.]+(e[+-]?[0-9]+)?$/i.test(text) ? text : Number.NaN);
  return Number.isNaN(value) ? refuse('min or max is not a float') : value;
}

/** Members between two texts: `[` includes, `(` leaves out, `-` and `+` are the ends. */
export function lexRange(minText: string, maxText: string): Range {
  const min = lexBound(minText);
  const max = lexBound(maxText);
  return {
    below: ({ member }) => position(member, min) < 0 || (min.exclusive && position(member, min) === 0),
    within: ({ member }) => position(member, max) < 0 || (!max.exclusive && position(member, max) === 0),
  };
}

const FIRST = Symbol('before all members');
const LAST = Symbol('after all members');

function lexBound(text: string): Bound<string | typeof FIRST | typeof LAST> {
  if (text === '-') return { value: FIRST, exclusive: false };
  if (text === '+') return { value: LAST, exclusive: false };
  if (!/^[[(]/.test(text)) return refuse('min or max not valid string range item');
  return { value: text.slice(1), exclusive: text.startsWith('(') };
}

function position(member: string, { value }: Bound<string | typeof FIRST | typeof LAST>): number {
  if (value === FIRST) return 1;
  if (value === LAST) return -1;
  return member < (value as string) ? -1 : Number(member > (value as string));
}

/** The positions of a range: from the first, up to, not including, the second. */
export function positions(members: ScoredMembers, range: Range): [from: number, to: number] {
  const from = members.order.count((item) => range.below(item));
  const to = members.order.count((item) => range.below(item) || range.within(item));
  return [from, Math.max(from, to)];
}

/** The same for ranks, which may be negative. */
export function rankPositions(size: number, startText: string, stopText: string): [from: number, to: number] {
  const [start, stop] = [numberOf(startText), numberOf(stopText)];
  const from = Math.max(0, start < 0 ? start + size : start);
  const to = Math.min(size, (stop < 0 ? stop + size : stop) + 1);
  return [from, Math.max(from, to)];
}

/** Members at positions, upwards or downwards, after an offset and at most so many (negative: all). */
export function slice(
  members: ScoredMembers,
  [from, to]: readonly [number, number],
  reverse: boolean,
  offset = 0,
  limit = -1,
): Scored[] {
  const items: Scored[] = [];
  if (offset < 0) return items;
  const available = Math.max(0, to - from - offset);
  const count = limit < 0 ? available : Math.min(limit, available);
  if (count === 0) return items;
  for (const item of reverse ? members.order.down(to - 1 - offset) : members.order.up(from + offset)) {
    items.push(item);
    if (items.length === count) break;
  }
  return items;
}
