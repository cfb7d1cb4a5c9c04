import { ArgumentError, Flag, keyPositions } from '@kv/core';
import { describe, expect, it } from 'vitest';
import {
  get,
  getex,
  getset,
  incr,
  lcs,
  mget,
  mset,
  msetnx,
  psetex,
  type SetOptions,
  set,
  setex,
  setnx,
} from './index.ts';

const options = (given: unknown): SetOptions => given as SetOptions;

describe('SET', () => {
  it('writes the condition, GET, then the time', () => {
    expect(set('k', 1n, { keepttl: true, get: true, nx: true }).args).toEqual(['k', '1', 'NX', 'GET', 'KEEPTTL']);
    expect(set('k', 'v', { pxat: 4102444800123n }).args).toEqual(['k', 'v', 'PXAT', '4102444800123']);
  });

  it('leaves out what is undefined or false', () => {
    expect(set('k', 'v', { ex: undefined, nx: false, get: false, keepttl: false }).args).toEqual(['k', 'v']);
  });

  it.each([
    ['two times', { ex: 1, px: 1 }, 'options.px: cannot be combined with ex'],
    ['a time and KEEPTTL', { pxat: 1, keepttl: true }, 'options.keepttl: cannot be combined with pxat'],
    ['both conditions', { nx: true, xx: true }, 'options.xx: cannot be combined with nx'],
    ['a time of 0', { ex: 0 }, 'options.ex: expected at least 1, got 0'],
    ['a fraction', { px: 1.5 }, 'options.px: expected a whole number, got 1.5'],
    ['NaN', { px: Number.NaN }, 'options.px: expected a whole number, got NaN'],
    ['a time as text', { ex: '10' }, 'options.ex: expected a whole number, got a string'],
    ['null', { ex: null }, 'options.ex: expected a whole number, got null'],
    ['a name in upper case', { EX: 10 }, 'options.EX: unknown option; did you mean ex?'],
    ['something that is no object', 'NX', 'options: expected an object, got a string'],
    ['a condition that is no boolean', { nx: 1 }, 'options.nx: expected true or false, got 1'],
  ])('refuses %s', (_, given, message) => {
    expect(() => set('k', 'v', options(given))).toThrow(new ArgumentError(message));
  });

  it.each([undefined, null, {}, [], true, Number.NaN, Number.POSITIVE_INFINITY, Symbol('s'), '\ud800'])(
    'refuses %s as key and as value, and does not show the other',
    (wrong) => {
      expect(() => set(wrong as string, 'secret')).toThrow(/^key: (?!.*secret)/);
      expect(() => set('secret', wrong as string)).toThrow(/^value: (?!.*secret)/);
    },
  );
});

describe('what a repetition would do', () => {
  it('knows which writes leave the same state, and tell the same', () => {
    const same = [set('k', 'v'), set('k', 'v', { ex: 5 }), setex('k', 5, 'v'), psetex('k', 5, 'v'), mset('a', 1)];
    expect(same.map((command) => command.flags)).toEqual(same.map(() => Flag.idempotent));
    const other = [
      set('k', 'v', { nx: true }),
      set('k', 'v', { xx: true }),
      set('k', 'v', { get: true }),
      setnx('k', 'v'),
      msetnx('k', 'v'),
      getset('k', 'v'),
      getex('k', { ex: 5 }),
      incr('k'),
    ];
    expect(other.map((command) => command.flags)).toEqual(other.map(() => 0));
    expect([get('k').flags, mget('k').flags, lcs('a', 'b').flags]).toEqual([Flag.read, Flag.read, Flag.read]);
  });
});

describe('keys', () => {
  it('stand where the command says', () => {
    const commands = [mget('a', ['b']), mset({ a: 1, b: 2 }), lcs('a', 'b', { idx: true }), get('a'), set('a', 'x')];
    const keys = commands.map(({ spec, args }) => keyPositions(spec.keys, args).map((at) => args[at]));
    expect(keys).toEqual([['a', 'b'], ['a', 'b'], ['a', 'b'], ['a'], ['a']]);
  });
});

describe('LCS', () => {
  it('has options of IDX only with IDX', () => {
    expect(() => lcs('a', 'b', { minmatchlen: 4 } as never)).toThrow(ArgumentError);
    expect(() => lcs('a', 'b', { len: true, idx: true } as never)).toThrow('options.len: cannot be combined with idx');
  });
});
