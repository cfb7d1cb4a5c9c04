import { Flag, keyPositions } from '@kv/core';
import { describe, expect, test } from 'vitest';
import { zadd } from './sorted-set.ts';
import { zdiffstore, zinter, zunion, zunionstore } from './sorted-set-combine.ts';
import { zpopmin } from './sorted-set-pop.ts';
import { zcount, zlexcount, zrange, zrangestore } from './sorted-set-range.ts';
import { zrevrange } from './sorted-set-range-deprecated.ts';
import { zrank } from './sorted-set-rank.ts';
import { zrandmember, zscan } from './sorted-set-scan.ts';

const repeatable = ({ flags }: { flags: number }): boolean => (flags & Flag.idempotent) !== 0;

describe('zadd', () => {
  test('takes score and member, one object or a list', () => {
    expect(zadd('z', 1.5, 'a').args).toEqual(['z', '1.5', 'a']);
    expect(zadd('z', { score: 1, member: 'a' }).args).toEqual(['z', '1', 'a']);
    expect(
      zadd(
        'z',
        [
          { score: -Infinity, member: 'a' },
          { score: 2n, member: 'b' },
        ],
        { gt: true, ch: true },
      ).args,
    ).toEqual(['z', 'GT', 'CH', '-inf', 'a', '2', 'b']);
  });

  test('refuses what is no score', () => {
    expect(() => zadd('z', Number.NaN, 'a')).toThrow(/^score: expected a number, got NaN/);
    expect(() => zadd('z', '1' as unknown as number, 'a')).toThrow(/^score: expected a number/);
    expect(() => zadd('z', [{ member: 'a' }] as never)).toThrow(/^members\[0\]\.score: expected a number/);
    expect(() => zadd('z', [null] as never)).toThrow(/^members\[0\]: expected \{ member, score \}/);
    expect(() => zadd('z', [])).toThrow(/^members: expected at least one/);
  });

  test('refuses options that exclude each other', () => {
    const one = { score: 1, member: 'a' };
    expect(() => zadd('z', one, { nx: true, xx: true } as never)).toThrow(/^options\.xx: cannot be combined with nx/);
    expect(() => zadd('z', one, { nx: true, gt: true } as never)).toThrow(/^options\.gt: cannot be combined with nx/);
    expect(() => zadd('z', one, { gt: true, lt: true } as never)).toThrow(/^options\.lt: cannot be combined with gt/);
    expect(() => zadd('z', [one, one], { incr: true })).toThrow(/^options\.incr: only with one member/);
    expect(zadd('z', one, { xx: true, gt: true }).args).toEqual(['z', 'XX', 'GT', '1', 'a']);
  });

  test('may be repeated only when its answer does not depend on a condition', () => {
    expect(repeatable(zadd('z', 1, 'a'))).toBe(true);
    expect(repeatable(zadd('z', { score: 1, member: 'a' }, { nx: true }))).toBe(false);
    expect(repeatable(zadd('z', { score: 1, member: 'a' }, { incr: true }))).toBe(false);
  });
});

describe('ranges', () => {
  test('ranks must be whole numbers', () => {
    expect(zrange('z', 0, '-1').args).toEqual(['z', '0', '-1']);
    expect(() => zrange('z', '(1', 2)).toThrow(/^start: expected a whole number/);
    expect(() => zrevrange('z', 0.5, 2)).toThrow(/^start: expected a whole number/);
  });

  test.each(['(1', '-inf', '+inf', 'inf', '(-inf', '1e5', '-.5', '(1.5e-9'])(
    '%s is an end of a range of scores',
    (end) => {
      expect(zcount('z', end, 5).args).toEqual(['z', end, '5']);
    },
  );

  test.each(['', '(', '[1', 'a', '1 2', Number.NaN])('%s is no end of a range of scores', (end) => {
    expect(() => zcount('z', end, 5)).toThrow(/^min: expected a number/);
  });

  test('an infinite score is written the way the server reads it', () => {
    expect(zcount('z', -Infinity, Infinity).args).toEqual(['z', '-inf', '+inf']);
  });

  test('ends of a range of members begin with [ or (', () => {
    const bytes = new Uint8Array([0x5b, 255]);
    expect(zlexcount('z', bytes, '+').args).toEqual(['z', bytes, '+']);
    expect(() => zlexcount('z', 'a', '+')).toThrow(/^min: expected '\[member'/);
    expect(() => zlexcount('z', '-', '+a')).toThrow(/^max: expected '\[member'/);
    expect(() => zlexcount('z', '-', '')).toThrow(/^max: expected '\[member'/);
  });

  test('a limit needs scores or members, and members have no scores', () => {
    const limit = { offset: 0, count: 1 };
    expect(() => zrange('z', 0, 1, { limit } as never)).toThrow(/^options\.limit: only together with byscore or bylex/);
    expect(() => zrange('z', '-', '+', { bylex: true, withscores: true } as never)).toThrow(/^options\.withscores/);
    expect(() => zrange('z', 0, 1, { bylex: true, byscore: true } as never)).toThrow(/^options\.bylex/);
  });

  test('a range stored over its source must not be repeated', () => {
    expect(repeatable(zrangestore('a', 'b', 0, -1))).toBe(true);
    expect(repeatable(zrangestore('a', 'a', 1, -1))).toBe(false);
  });
});

describe('combinations', () => {
  test('keys are counted, weights must be one per key', () => {
    const command = zunionstore('d', ['a', 'b'], { weights: [1, 0.5], aggregate: 'MAX' });
    expect(command.args).toEqual(['d', '2', 'a', 'b', 'WEIGHTS', '1', '0.5', 'AGGREGATE', 'MAX']);
    expect(keyPositions(command.spec.keys, command.args)).toEqual([0, 2, 3]);
    expect(() => zunion(['a', 'b'], { weights: [1] })).toThrow(/^options\.weights: expected one per key \(2\), got 1/);
    expect(() => zinter([])).toThrow(/^keys: expected at least one/);
    expect(() => zinter('a', { aggregate: 'avg' as 'sum' })).toThrow(/^options\.aggregate: expected one of/);
  });

  test('a union stored over one of its sources must not be repeated', () => {
    expect(repeatable(zunionstore('d', ['a', 'b']))).toBe(true);
    expect(repeatable(zunionstore('a', ['a', 'b'], { weights: [1, 1] }))).toBe(false);
    expect(repeatable(zdiffstore('b', 'a', 'b'))).toBe(false);
  });
});

describe('options', () => {
  test('scores of random members need a count', () => {
    expect(() => zrandmember('z', undefined, { withscores: true })).toThrow(/^options\.withscores: only together/);
  });

  test('unknown names and wrong types are refused', () => {
    expect(() => zrank('z', 'a', { withscores: true } as never)).toThrow(/^options\.withscores: unknown option/);
    expect(() => zrank('z', 'a', { withscore: 1 } as never)).toThrow(/^options\.withscore: expected true or false/);
    expect(() => zpopmin('z', -1)).toThrow(/^count: expected at least 0/);
  });
});

describe('zscan', () => {
  test('without scores its page holds members only', () => {
    const command = zscan('z', 0, { noscores: true });
    expect(command.args).toEqual(['z', '0', 'NOSCORES']);
    expect(command.reply(['0', ['a', 'b']], command)).toEqual({ cursor: '0', members: ['a', 'b'] });
  });
});
