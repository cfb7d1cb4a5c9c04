import { byBytes, SortedList } from '../sorted-list.ts';
import { integer } from './numbers.ts';

/** A member and its score, which is a signed 64-bit integer. */
export interface Member {
  readonly member: string;
  readonly score: bigint;
}

/** Bounds of a walk over a zset; an empty text means no bound. */
export interface ScoreRange {
  readonly key: string;
  readonly start: string;
  readonly end: string;
}

const MIN_SCORE = -(2n ** 63n);
const MAX_SCORE = 2n ** 63n - 1n;
const ALL: ScoreRange = { key: '', start: '', end: '' };
/** The server's "after every member": members that start with this byte fall outside. */
const LAST_MEMBER = '\xff';

function compare(a: Member, b: Member): number {
  if (a.score !== b.score) return a.score < b.score ? -1 : 1;
  return byBytes(a.member, b.member);
}

/** Members in the order of score, then member. */
export class Zset {
  readonly #scores = new Map<string, bigint>();
  readonly #order = new SortedList<Member>(compare);

  get size(): number {
    return this.#scores.size;
  }

  get(member: string): bigint | undefined {
    return this.#scores.get(member);
  }

  /** True when the member is new. */
  set(member: string, score: bigint): boolean {
    const before = this.#scores.get(member);
    if (before !== undefined) this.#order.delete({ member, score: before });
    this.#scores.set(member, score);
    this.#order.add({ member, score });
    return before === undefined;
  }

  delete(member: string): boolean {
    const score = this.#scores.get(member);
    if (score === undefined) return false;
    this.#scores.delete(member);
    return this.#order.delete({ member, score });
  }

  /** Upwards; the end of the range is included, its start only as far as the member bound says. */
  *up(range: ScoreRange = ALL): Generator<Member, void, undefined> {
    const from = { score: this.#start(range, MIN_SCORE), member: range.key };
    const to = { score: range.end === '' ? MAX_SCORE : integer(range.end), member: LAST_MEMBER };
    for (const item of this.#order.up(this.#order.count((other) => compare(other, from) <= 0))) {
      if (compare(item, to) > 0) return;
      yield item;
    }
  }

  /** Downwards. Without a start, members with the largest score are never met: the server's defect. */
  *down(range: ScoreRange = ALL): Generator<Member, void, undefined> {
    const known = range.key !== '' && this.#scores.has(range.key);
    const bounded = range.start !== '' || known;
    const member = range.key === '' && bounded ? LAST_MEMBER : range.key;
    const from = { score: this.#start(range, MAX_SCORE), member };
    const to = { score: range.end === '' ? MIN_SCORE : integer(range.end), member: '' };
    for (const item of this.#order.down(this.#order.rank(from) - 1)) {
      if (compare(item, to) < 0) return;
      yield item;
    }
  }

  /** All members, without the walks' defects. */
  all(): Iterable<Member> {
    return this.#order.up();
  }

  /** A member bound without a score takes the score that the member has. */
  #start(range: ScoreRange, unbounded: bigint): bigint {
    if (range.start !== '') return integer(range.start);
    return (range.key === '' ? undefined : this.#scores.get(range.key)) ?? unbounded;
  }
}
