import { ArgumentError } from '@kv/core';
import { describe, expect, it } from 'vitest';
import { geoadd } from '../geo.ts';
import { zadd } from '../sorted-set.ts';
import { xdel, xread } from '../stream.ts';
import {
  addAny,
  addCounted,
  addInteger,
  addLimit,
  addSwitch,
  chosen,
  chosenOne,
  cursorArg,
  entryArgs,
  headAndMany,
  keyword,
  type Many,
  many,
} from './arguments.ts';

describe('lists', () => {
  it('takes elements, arrays of elements, and both mixed', () => {
    const bytes = new Uint8Array([1, 2]);
    expect(many(['a', 'b'], 'keys')).toEqual(['a', 'b']);
    expect(many([['a', 'b']], 'keys')).toEqual(['a', 'b']);
    expect(many(['a', [1, 2n], bytes], 'keys')).toEqual(['a', '1', '2', bytes]);
    expect(headAndMany('head', [['x']], 'fields')).toEqual(['head', 'x']);
  });

  it('refuses an empty list, and names it', () => {
    for (const empty of [[], [[]], [[], []]]) {
      expect(() => many(empty, 'keys')).toThrow(new ArgumentError('keys: expected at least one, got none'));
    }
    expect(addAny(['head'], [[]], 'args')).toEqual(['head']);
  });

  it('refuses what is no data, and does not show data', () => {
    const wrong: unknown[] = [undefined, null, Number.NaN, {}, Symbol('x'), [['nested']], true];
    for (const one of wrong) expect(() => many(['secret', one as Many], 'keys')).toThrow(/^keys\[1\]: expected /);
  });

  it('counts keys in front of them', () => {
    const args = ['head'];
    expect(addCounted(args, [['a', 'b'], 'c'], 'keys')).toBe(3);
    expect(args).toEqual(['head', '3', 'a', 'b', 'c']);
  });

  it('takes a hundred thousand elements', () => {
    const names = Array.from({ length: 100_000 }, (_, i) => i);
    expect(many([names], 'keys')).toHaveLength(100_000);
  });
});

describe('names with values', () => {
  const expected = ['a', '1', 'b', 'x'];

  it('takes an object, a Map, pairs, or alternating arguments', () => {
    expect(entryArgs([{ a: 1, b: 'x' }], 'entries')).toEqual(expected);
    expect(
      entryArgs(
        [
          new Map<string, string | number>([
            ['a', 1],
            ['b', 'x'],
          ]),
        ],
        'entries',
      ),
    ).toEqual(expected);
    const pairs: [string, string | number][] = [
      ['a', 1],
      ['b', 'x'],
    ];
    expect(entryArgs([pairs], 'entries')).toEqual(expected);
    expect(entryArgs(['a', 1, 'b', 'x'], 'entries')).toEqual(expected);
  });

  it('takes names that are bytes', () => {
    const name = new Uint8Array([255]);
    expect(entryArgs([new Map([[name, 1]])], 'entries')).toEqual([name, '1']);
  });

  it('takes own fields only, whatever they are called', () => {
    const given = JSON.parse('{"__proto__": "1", "constructor": "2"}');
    expect(entryArgs([given], 'entries')).toEqual(['__proto__', '1', 'constructor', '2']);
  });

  it.each([
    ['nothing', []],
    ['an empty object', [{}]],
    ['a name alone', ['a']],
    ['a name without value', ['a', 1, 'b']],
    ['null', [null]],
    ['bytes', [new Uint8Array(2)]],
    ['text instead of pairs', [['ab']]],
    ['pairs of three', [[['a', 1, 2]]]],
    ['an undefined value', [{ a: undefined }]],
  ])('refuses %s', (_, given) => {
    expect(() => entryArgs(given, 'entries')).toThrow(ArgumentError);
  });
});

describe('a value that is no data', () => {
  const wrong = undefined as never;

  it.each<[string, () => unknown, string]>([
    ['in a list', () => many(['secret', ['b', wrong]], 'keys'), 'keys[2]'],
    ['behind a head', () => headAndMany('head', [['secret', wrong]], 'fields'), 'fields[1]'],
    ['in an object', () => entryArgs([{ secret: 'x', b: 1, c: wrong }], 'entries'), 'entries[2]'],
    ['in pairs', () => entryArgs([new Map([['secret', wrong]])], 'entries'), 'entries[0]'],
    ['as a name', () => entryArgs(['secret', 1, wrong, 2], 'entries'), 'entries[1]'],
    [
      'as a scored member',
      () =>
        zadd('z', [
          { score: 1, member: 'secret' },
          { score: 2, member: wrong },
        ]),
      'members[1].member',
    ],
    ['at a place', () => geoadd('g', [{ longitude: 1, latitude: 2, member: wrong }]), 'places[0].member'],
  ])('is found by its place %s, nothing else is shown', (_, make, place) => {
    const message = `${place}: expected a string, Uint8Array, number or bigint, got undefined`;
    expect(make).toThrow(new ArgumentError(message));
  });

  it.each<[string, () => unknown, string]>([
    [
      'a score',
      () =>
        zadd('z', [
          { score: 1, member: 'a' },
          { score: Number.NaN, member: 'b' },
        ]),
      'members[1].score: expected a number',
    ],
    ['a scored member', () => zadd('z', [{ score: 1, member: 'a' }, wrong]), 'members[1]: expected { member, score }'],
    [
      'a latitude',
      () => geoadd('g', [{ longitude: 1, latitude: wrong, member: 'a' }]),
      'places[0].latitude: expected a number',
    ],
    ['a place', () => geoadd('g', [wrong]), 'places[0]: expected { longitude, latitude, member }'],
    ['an id', () => xdel('s', '1-1', wrong), 'ids[1]: expected a whole number'],
    [
      'where to read from',
      () =>
        xread([
          ['a', '0'],
          ['b', wrong],
        ]),
      'streams[1]: expected a whole number',
    ],
    ['the score of one member', () => zadd('z', Number.NaN, 'a'), 'score: expected a number'],
    ['the only member', () => zadd('z', { score: 1, member: wrong }), 'member: expected a string'],
  ])('%s is found by its place', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('options', () => {
  it('finds the one that is set; undefined and false are not', () => {
    expect(chosen({ ex: undefined, px: 5, nx: false }, ['ex', 'px', 'nx'])).toBe('px');
    expect(chosen({}, ['ex', 'px'])).toBeUndefined();
    expect(chosen({ ex: 0 }, ['ex'])).toBe('ex');
    expect(() => chosen({ ex: 1, px: 5 }, ['ex', 'px'])).toThrow('options.px: cannot be combined with ex');
    expect(() => chosenOne({}, ['by', 'to'])).toThrow('options: expected one of by, to');
  });

  it('appends switches and numbers only when they are set', () => {
    const args: string[] = [];
    expect([addSwitch(args, 'NX', true, 'nx'), addSwitch(args, 'XX', false, 'xx')]).toEqual([true, false]);
    addInteger(args, 'EX', undefined, 'ex', 1);
    addInteger(args, 'PX', 5n, 'px', 1);
    addLimit(args, { offset: 0, count: -1 });
    expect(args).toEqual(['NX', 'PX', '5', 'LIMIT', '0', '-1']);
    expect(() => addSwitch(args, 'NX', 'yes' as unknown as boolean, 'nx')).toThrow(
      'options.nx: expected true or false',
    );
    expect(() => addInteger(args, 'PX', 0, 'px', 1)).toThrow('options.px: expected at least 1, got 0');
    expect(() => addInteger(args, 'PX', 1.5, 'px', 1)).toThrow('options.px: expected a whole number');
  });

  it('takes words of a list only', () => {
    expect(keyword('left', ['left', 'right'], 'side')).toBe('LEFT');
    expect(() => keyword('up' as 'left', ['left'], 'side')).toThrow("side: expected one of 'left'");
  });

  it('takes cursors as numbers or as the server gave them', () => {
    expect([cursorArg(0), cursorArg('18446744073709551615'), cursorArg(7n)]).toEqual([
      '0',
      '18446744073709551615',
      '7',
    ]);
    for (const wrong of ['', 'x', '-1', -1, 1.5, '1 MATCH']) expect(() => cursorArg(wrong)).toThrow(ArgumentError);
  });
});
