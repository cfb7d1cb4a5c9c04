import { Flag, keyPositions } from '@kv/core';
import { describe, expect, test } from 'vitest';
import { sadd, sdiffstore, sintercard, sinterstore, sscan, sunionstore } from './set.ts';

describe('arguments of sets', () => {
  test('members may be given one by one or as a list', () => {
    expect(sadd('s', 'a', 1).args).toEqual(['s', 'a', '1']);
    expect(sadd('s', ['a', 'b']).args).toEqual(['s', 'a', 'b']);
  });

  test('keys that are counted are counted here', () => {
    const command = sintercard(['a', 'b'], { limit: 3 });
    expect(command.args).toEqual(['2', 'a', 'b', 'LIMIT', '3']);
    expect(keyPositions(command.spec.keys, command.args)).toEqual([1, 2]);
  });

  test('a cursor is what the server said, or 0', () => {
    expect(sscan('s', 0).args).toEqual(['s', '0']);
    expect(sscan('s', '18446744073709551615', { match: 'a*' }).args).toEqual([
      's',
      '18446744073709551615',
      'MATCH',
      'a*',
    ]);
    expect(() => sscan('s', 'x')).toThrow(/^cursor: expected a cursor/);
  });
});

describe('repetition after a lost connection', () => {
  const repeatable = ({ flags }: { flags: number }): boolean => (flags & Flag.idempotent) !== 0;

  test('a stored difference may be repeated unless it replaces one of its sources', () => {
    expect(repeatable(sdiffstore('d', 'a', 'b'))).toBe(true);
    expect(repeatable(sdiffstore('b', 'a', 'b'))).toBe(false);
    expect(repeatable(sdiffstore(new Uint8Array([98]), 'a', 'b'))).toBe(false);
  });

  test('unions and intersections may always be repeated', () => {
    expect(repeatable(sunionstore('a', 'a', 'b'))).toBe(true);
    expect(repeatable(sinterstore('a', 'a', 'b'))).toBe(true);
  });
});
