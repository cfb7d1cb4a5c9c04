/** Sorted sets: members with scores, in the order of their scores. */
import { ArgumentError, Command, type Data, float, idempotent, read, toArg, write } from '@kv/core';
import { type AtMostOne, addSwitch, checkOptions, chosen, headAndMany, type Many } from './support/arguments.ts';
import { double, doubleOrNull, doublesOrNull, whole, wholeOrNull } from './support/replies.ts';
import { addScoredMembers, type Score, type ScoredMember } from './support/sorted-sets.ts';

const ZADD = idempotent('ZADD');
const ZCARD = read('ZCARD');
const ZINCRBY = write('ZINCRBY');
const ZMSCORE = read('ZMSCORE');
const ZREM = idempotent('ZREM');
const ZSCORE = read('ZSCORE');

/** Which members {@link zadd} may touch. `nx` excludes the others; `gt` and `lt` exclude each other. Since 3.0.2. */
export type ZaddCondition =
  | {
      /** Only add new members, never change one. */
      readonly nx: boolean | undefined;
      readonly xx?: false | undefined;
      readonly gt?: false | undefined;
      readonly lt?: false | undefined;
    }
  | (AtMostOne<{
      /** Change a member only to a higher score. Since 6.2. */
      gt: boolean;
      /** Change a member only to a lower score. Since 6.2. */
      lt: boolean;
    }> & {
      readonly nx?: false | undefined;
      /** Only change members that are there, never add one. */
      readonly xx?: boolean | undefined;
    });

/** Options of {@link zadd}. */
export type ZaddOptions = ZaddCondition & {
  /** Count changed members too, not only new ones. Since 3.0.2. */
  readonly ch?: boolean | undefined;
  /** Add to the score of the one member, and answer with its new score. Since 3.0.2. */
  readonly incr?: boolean | undefined;
};

/** Options of {@link zadd} with which it counts. */
export type ZaddCountOptions = ZaddOptions & { readonly incr?: false | undefined };

/** Options of {@link zadd} with which it answers with the new score. */
export type ZaddIncrOptions = ZaddOptions & { readonly incr: true };

const ZADD_OPTIONS = new Set(['nx', 'xx', 'gt', 'lt', 'ch', 'incr']);

function zaddWith<V>(
  key: Data,
  members: ScoredMember | readonly ScoredMember[],
  options: ZaddOptions,
): Command<number | null, V> {
  checkOptions(options, ZADD_OPTIONS);
  chosen(options, ['nx', 'xx']);
  chosen(options, ['nx', 'gt', 'lt']);
  const args = [toArg(key, 'key')];
  const nx = addSwitch(args, 'NX', options.nx, 'nx');
  const xx = addSwitch(args, 'XX', options.xx, 'xx');
  const gt = addSwitch(args, 'GT', options.gt, 'gt');
  const lt = addSwitch(args, 'LT', options.lt, 'lt');
  const ch = addSwitch(args, 'CH', options.ch, 'ch');
  const incr = addSwitch(args, 'INCR', options.incr, 'incr');
  const count = addScoredMembers(args, members);
  if (incr && count > 1) throw new ArgumentError('options.incr: only with one member');
  const flags = nx || xx || gt || lt || ch || incr ? 0 : ZADD.flags;
  return new Command<number | null, V>(ZADD, args, incr ? doubleOrNull : wholeOrNull, flags);
}

/**
 * Adds members to a sorted set, or gives them new scores. A missing sorted set is made.
 *
 * Takes a score and a member, or `{ score, member }`, or a list of these.
 *
 * Resolves to how many members are new (with `ch` also how many were changed); with `incr` to the new score, `null`
 * when a condition kept it from being changed.
 *
 * @example
 * await redis.zadd('z', 1, 'a')
 * await redis.zadd('z', [{ score: 1, member: 'a' }, { score: 2, member: 'b' }], { gt: true, ch: true })
 * @throws ArgumentError when there is no member, a score is `NaN`, or two options exclude each other
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 1.2.0
 * @see https://redis.io/commands/zadd/
 */
export function zadd<V = string>(key: Data, score: Score, member: Data): Command<number, V>;
export function zadd<V = string>(
  key: Data,
  members: ScoredMember | readonly ScoredMember[],
  options?: ZaddCountOptions,
): Command<number, V>;
export function zadd<V = string>(
  key: Data,
  member: ScoredMember | readonly [ScoredMember],
  options: ZaddIncrOptions,
): Command<number | null, V>;
export function zadd<V = string>(
  key: Data,
  scoreOrMembers: Score | ScoredMember | readonly ScoredMember[],
  memberOrOptions?: Data | ZaddOptions,
): Command<number | null, V>;
export function zadd<V = string>(
  key: Data,
  scoreOrMembers: Score | ScoredMember | readonly ScoredMember[],
  memberOrOptions?: Data | ZaddOptions,
): Command<number | null, V> {
  if (typeof scoreOrMembers === 'object') {
    return zaddWith(key, scoreOrMembers, (memberOrOptions ?? {}) as ZaddOptions);
  }
  const args = [toArg(key, 'key'), float(scoreOrMembers, 'score'), toArg(memberOrOptions as Data, 'member')];
  return new Command<number | null, V>(ZADD, args, wholeOrNull);
}

/**
 * The number of members, 0 when the sorted set is missing.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 1.2.0
 * @see https://redis.io/commands/zcard/
 */
export function zcard<V = string>(key: Data): Command<number, V> {
  return new Command<number, V>(ZCARD, [toArg(key, 'key')], whole);
}

/**
 * Adds to the score of a member; a missing member counts as 0.
 *
 * @returns the new score
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set; when the sum is not a number
 * @since 1.2.0
 * @see https://redis.io/commands/zincrby/
 */
export function zincrby<V = string>(key: Data, increment: Score, member: Data): Command<number, V> {
  const args = [toArg(key, 'key'), float(increment, 'increment'), toArg(member, 'member')];
  return new Command<number, V>(ZINCRBY, args, double);
}

/**
 * The scores of several members, in their order; `null` for those that are not there.
 *
 * @throws ArgumentError when there is no member
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 6.2.0
 * @see https://redis.io/commands/zmscore/
 */
export function zmscore<V = string>(key: Data, ...members: Many[]): Command<(number | null)[], V> {
  return new Command<(number | null)[], V>(ZMSCORE, headAndMany(toArg(key, 'key'), members, 'members'), doublesOrNull);
}

/**
 * Removes members from a sorted set.
 *
 * @returns how many it had
 * @throws ArgumentError when there is no member
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 1.2.0
 * @see https://redis.io/commands/zrem/
 */
export function zrem<V = string>(key: Data, ...members: Many[]): Command<number, V> {
  return new Command<number, V>(ZREM, headAndMany(toArg(key, 'key'), members, 'members'), whole);
}

/**
 * The score of a member, or `null` when it is not there.
 *
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 1.2.0
 * @see https://redis.io/commands/zscore/
 */
export function zscore<V = string>(key: Data, member: Data): Command<number | null, V> {
  return new Command<number | null, V>(ZSCORE, [toArg(key, 'key'), toArg(member, 'member')], doubleOrNull);
}
