import { describe, expect, it } from 'vitest';
import {
  boolean,
  camelCase,
  double,
  integerOf,
  list,
  pairs,
  plain,
  record,
  scored,
  structure,
  text,
  textOrNull,
  texts,
} from './replies.ts';

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('text', () => {
  it('is text in bytes mode too', () => {
    expect([text('a'), text(bytes('ä')), textOrNull(null)]).toEqual(['a', 'ä', null]);
    for (const wrong of [5, true, null, [], new Map()]) expect(() => text(wrong)).toThrow(/^expected text/);
    expect(texts(['a', bytes('b')])).toEqual(['a', 'b']);
    expect(texts(new Set(['a']))).toEqual(['a']);
  });
});

describe('numbers', () => {
  it('reads doubles of every server version', () => {
    const printed = ['0.10000000000000001', '1.5e-09', 'inf', '-inf', '+inf', '1.2345678901234568e+18', bytes('2')];
    expect(printed.map(double)).toEqual([
      0.1,
      1.5e-9,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      1234567890123456800,
      2,
    ]);
    expect(['nan', '-nan'].map(double)).toEqual([Number.NaN, Number.NaN]);
    expect(double(3.25)).toBe(3.25);
  });

  it('keeps whole numbers exact', () => {
    expect([integerOf('42'), integerOf(7), integerOf(bytes('9007199254740993'))]).toEqual([42, 7, 9007199254740993n]);
  });

  it('reads both kinds of yes', () => {
    expect([1, 0, true, false].map(boolean)).toEqual([true, false, true, false]);
  });
});

describe('names with values', () => {
  it.each([
    ['RESP2', ['a', '1', '__proto__', '2']],
    [
      'RESP3',
      new Map([
        ['a', '1'],
        ['__proto__', '2'],
      ]),
    ],
  ])('makes an object without prototype from %s', (_, raw) => {
    const object = record<string>(raw);
    expect(Object.getPrototypeOf(object)).toBeNull();
    expect(Object.entries(object)).toEqual([
      ['a', '1'],
      ['__proto__', '2'],
    ]);
  });

  it('has text names and untouched values in bytes mode', () => {
    const value = bytes('v');
    expect(Object.entries(record([bytes('f'), value]))).toEqual([['f', value]]);
  });

  it('makes records with camelCase names, also of fields that no one knew', () => {
    const raw = ['last-id', '1-1', 'flags', new Set([bytes('on')]), 'brand new', [bytes('x')]];
    expect(structure(raw, { flags: texts })).toEqual({ lastId: '1-1', flags: ['on'], brandNew: ['x'] });
    expect(camelCase('last-generated-id engine_version Bytes')).toBe('lastGeneratedIdEngineVersionBytes');
  });

  it('turns server text into text at every level', () => {
    expect(plain(new Map([[bytes('a'), [new Set([bytes('b')]), null, 1]]]))).toEqual(
      Object.assign(Object.create(null), { a: [['b'], null, 1] }),
    );
  });
});

describe('pairs', () => {
  it('are flat in RESP2 and nested in RESP3', () => {
    const members = [
      { member: 'a', score: 1 },
      { member: 'b', score: 2.5 },
    ];
    expect(scored(['a', '1', 'b', '2.5'])).toEqual(members);
    expect(
      scored([
        ['a', 1],
        ['b', 2.5],
      ]),
    ).toEqual(members);
    expect(pairs(new Map([['a', 1]]))).toEqual([['a', 1]]);
    expect([pairs([]), list(new Set([1, 2]))]).toEqual([[], [1, 2]]);
  });
});
