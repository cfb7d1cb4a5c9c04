import type { Command } from '@kv/core';
import { expectTypeOf, test } from 'vitest';
import { zadd } from './sorted-set.ts';
import { zunion } from './sorted-set-combine.ts';
import { zpopmin } from './sorted-set-pop.ts';
import { zrange } from './sorted-set-range.ts';
import { zrangebyscore } from './sorted-set-range-deprecated.ts';
import { type Ranked, zrank } from './sorted-set-rank.ts';
import { type ZscanPage, zrandmember, zscan } from './sorted-set-scan.ts';
import type { Scored } from './support/replies.ts';

const one = { score: 1, member: 'a' };

test('results of sorted sets', () => {
  expectTypeOf(zadd('z', 1, 'a')).toEqualTypeOf<Command<number, string>>();
  expectTypeOf(zadd('z', [one], { nx: true })).toEqualTypeOf<Command<number, string>>();
  expectTypeOf(zadd('z', one, { incr: true })).toEqualTypeOf<Command<number | null, string>>();
  expectTypeOf(zrange('z', 0, -1)).toEqualTypeOf<Command<string[], string>>();
  expectTypeOf(zrange('z', 0, -1, { withscores: true })).toEqualTypeOf<Command<Scored<string>[], string>>();
  expectTypeOf(zrange('z', 1, 2, { byscore: true, withscores: true })).toEqualTypeOf<
    Command<Scored<string>[], string>
  >();
  expectTypeOf(zrange<Uint8Array>('z', '-', '+', { bylex: true })).toEqualTypeOf<Command<Uint8Array[], Uint8Array>>();
  expectTypeOf(zrangebyscore('z', 1, 2, { withscores: true })).toEqualTypeOf<Command<Scored<string>[], string>>();
  expectTypeOf(zunion(['a'])).toEqualTypeOf<Command<string[], string>>();
  expectTypeOf(zunion(['a'], { withscores: true })).toEqualTypeOf<Command<Scored<string>[], string>>();
  expectTypeOf(zpopmin('z')).toEqualTypeOf<Command<Scored<string> | null, string>>();
  expectTypeOf(zpopmin('z', 1)).toEqualTypeOf<Command<Scored<string>[], string>>();
  expectTypeOf(zrank('z', 'a')).toEqualTypeOf<Command<number | null, string>>();
  expectTypeOf(zrank('z', 'a', { withscore: true })).toEqualTypeOf<Command<Ranked | null, string>>();
  expectTypeOf(zrandmember('z', 2, { withscores: true })).toEqualTypeOf<Command<Scored<string>[], string>>();
  expectTypeOf(zscan('z', 0)).toEqualTypeOf<Command<ZscanPage<Scored<string>>, string>>();
  expectTypeOf(zscan('z', 0, { noscores: true })).toEqualTypeOf<Command<ZscanPage<string>, string>>();
});

test('options that are only known at run time give both results', () => {
  const withscores = (): boolean => true;
  expectTypeOf(zrange('z', 0, -1, { withscores: withscores() })).toEqualTypeOf<
    Command<string[] | Scored<string>[], string>
  >();
});

test('what does not compile', () => {
  // @ts-expect-error only new ones or only old ones
  zadd('z', one, { nx: true, xx: true });
  // @ts-expect-error only new ones have no score to compare with
  zadd('z', one, { nx: true, gt: true });
  // @ts-expect-error higher or lower
  zadd('z', one, { gt: true, lt: true });
  // @ts-expect-error a limit of ranks
  zrange('z', 0, 1, { limit: { offset: 0, count: 1 } });
  // @ts-expect-error members in the order of their bytes have the same score
  zrange('z', '-', '+', { bylex: true, withscores: true });
  // @ts-expect-error scores or members
  zrange('z', '-', '+', { bylex: true, byscore: true });
  // @ts-expect-error scores need a count
  zrandmember('z', { withscores: true });
});
