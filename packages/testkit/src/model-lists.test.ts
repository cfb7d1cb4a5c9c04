import { describe, expect, test } from 'vitest';
import type { Ending, Entry } from './model-entry.ts';
import { judgeLists } from './model-lists.ts';

const done: Ending = { how: 'done' };
const notSent: Ending = { how: 'notSent' };
const unknown: Ending = { how: 'unknown' };

const push = (id: number, ending: Ending): Entry => ({
  operation: { kind: 'push', id, list: 0 },
  began: id,
  ended: id,
  ending,
});

const pop = (id: number, ending: Ending): Entry => ({
  operation: { kind: 'pop', id, list: 0, deadline: 20 },
  began: id,
  ended: id,
  ending,
});

const popped = (id: number, value: string | null): Entry => pop(id, { how: 'done', value });

function judged(left: string | null, ...entries: readonly Entry[]): string {
  return judgeLists(entries, new Map([['l0', left]])).join('\n');
}

describe('elements of a list', () => {
  test('may be popped once, be left, or be in doubt', () => {
    expect(judged('p2', push(1, done), push(2, unknown), popped(3, 'p1'), popped(4, null))).toBe('');
    expect(judged(null, push(1, unknown), push(2, notSent), pop(3, notSent))).toBe('');
  });

  test('may be lost to pops whose end is unknown, one to each', () => {
    expect(judged('', push(1, done), pop(3, unknown))).toBe('');
    expect(judged('', push(1, done), push(2, done), pop(3, unknown))).toBe(
      'list l0 lost p1,p2, with 1 pops whose end is unknown',
    );
  });

  test.each<[string, readonly Entry[], string | null, RegExp]>([
    ['lost', [push(1, done), pop(2, { how: 'refused' })], null, /^list l0 lost p1, with 0 pops/],
    ['popped twice', [push(1, done), popped(2, 'p1'), popped(3, 'p1')], null, /^list l0 gave p1 twice$/],
    ['popped and left', [push(1, done), popped(2, 'p1')], 'p1', /^list l0 gave p1 twice$/],
    ['stored twice', [push(1, done)], 'p1,p1', /^list l0 gave p1 twice/],
    ['there although it was not sent', [push(1, notSent)], 'p1', /"push".*, but it was in the list/],
    ['of another list', [popped(1, 'p9')], null, /^list l0 gave p9, but it was not pushed$/],
  ])('are found that are %s', (_, entries, left, violation) => {
    expect(judged(left, ...entries)).toMatch(violation);
  });
});
