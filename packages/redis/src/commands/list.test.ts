import { Flag, isKvError, keyPositions } from '@kv/core';
import { describe, expect, test } from 'vitest';
import { linsert, lpos, lpush, lrange, rpush } from './list.ts';
import { blmove, brpoplpush, lmove } from './list-move.ts';
import { blmpop, blpop, brpop, lmpop, lpop } from './list-pop.ts';

/** The error of a call that must not make a command. */
function refused(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (isKvError(error) && error.code === 'ARGUMENT') return error.message;
    throw error;
  }
  throw new Error('the call was accepted');
}

describe('arguments of lists', () => {
  test('elements may be given one by one, as a list, or both', () => {
    expect(rpush('l', 'a', 'b').args).toEqual(['l', 'a', 'b']);
    expect(rpush('l', ['a', 1, 2n]).args).toEqual(['l', 'a', '1', '2']);
    expect(lpush('l', 'a', ['b', 'c']).args).toEqual(['l', 'a', 'b', 'c']);
  });

  test('bytes stay bytes', () => {
    const bytes = new Uint8Array([0, 255]);
    expect(rpush(bytes, bytes).args).toEqual([bytes, bytes]);
  });

  test('no element is refused before anything is sent', () => {
    expect(refused(() => lpush('l'))).toMatch(/^elements: expected at least one/);
    expect(refused(() => lpush('l', []))).toMatch(/^elements: expected at least one/);
  });

  test('sides may be written in either case, nothing else is one', () => {
    expect(lmove('a', 'b', 'LEFT', 'right').args).toEqual(['a', 'b', 'LEFT', 'RIGHT']);
    expect(linsert('l', 'BEFORE', 'p', 'e').args).toEqual(['l', 'BEFORE', 'p', 'e']);
    expect(refused(() => lmove('a', 'b', 'up' as 'left', 'right'))).toMatch(/^from: expected one of/);
    expect(refused(() => linsert('l', 'near' as 'after', 'p', 'e'))).toMatch(/^place: expected one of/);
  });

  test('indices and counts must be whole numbers', () => {
    expect(refused(() => lrange('l', 0.5, 1))).toMatch(/^start: expected a whole number/);
    expect(refused(() => lpop('l', -1))).toMatch(/^count: expected at least 0/);
    expect(refused(() => lpos('l', 'a', { rank: 0 }))).toMatch(/^options\.rank/);
    expect(refused(() => lpos('l', 'a', { limit: 1 } as object))).toMatch(/^options\.limit: unknown option/);
  });

  test('keys are found where they stand', () => {
    const keysOf = ({ spec, args }: ReturnType<typeof lmpop>): unknown[] =>
      keyPositions(spec.keys, args).map((i) => args[i]);
    expect(keysOf(lmpop(['a', 'b'], 'left'))).toEqual(['a', 'b']);
    expect(keysOf(blmpop(1, ['a', 'b'], 'left', { count: 2 }))).toEqual(['a', 'b']);
    expect(keyPositions(blpop(['a', 'b'], 1).spec.keys, blpop(['a', 'b'], 1).args)).toEqual([0, 1]);
  });
});

describe('waiting', () => {
  test('the timeout is in seconds, and says so to the client in milliseconds', () => {
    for (const command of [
      blpop('l', 1.1),
      brpop('l', 1.1),
      brpoplpush('a', 'b', 1.1),
      blmove('a', 'b', 'left', 'left', 1.1),
      blmpop(1.1, 'l', 'left'),
    ]) {
      expect(command.blockMs).toBe(1100);
      expect(command.flags & Flag.blocking).toBe(Flag.blocking);
      expect(command.args).toContain('1.1');
    }
  });

  test('0 means without limit, and a time too short for old servers does not become that', () => {
    expect(blpop('l', 0)).toMatchObject({ args: ['l', '0'], blockMs: 0 });
    expect(blpop('l', 0.0001)).toMatchObject({ args: ['l', '0.001'], blockMs: 1 });
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '1'])('%s is no timeout', (timeout) => {
    expect(refused(() => blpop('l', timeout as number))).toMatch(/^timeout: expected seconds/);
  });
});
