import { isKvError } from '@kv/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  keyArg,
  limitArg,
  lockTimeArg,
  metaFieldArg,
  metaFields,
  prefixArg,
  rawInteger,
  ttlArg,
  valueArg,
} from './arguments.ts';

/** The message of the ArgumentError that a call throws. */
function refused(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (isKvError(error) && error.code === 'ARGUMENT' && error.outcome === 'notSent') return error.message;
    throw error;
  }
  throw new Error('it was let through');
}

const bytes = (arg: string | Uint8Array): Buffer => Buffer.from(arg);

const isEmpty = (value: unknown): boolean => value === '' || (value instanceof Uint8Array && value.length === 0);

describe('keys and prefixes', () => {
  test.each([
    ['empty', ''],
    ['empty bytes', new Uint8Array(0)],
    ['a space', 'a b'],
    ['a space at the end', 'a '],
    ['a space in bytes', Uint8Array.of(0x61, 0x20)],
    ['a zero', 'a\0'],
    ['a zero in bytes', Uint8Array.of(0)],
    ['a lone surrogate', 'a\ud800'],
    ['undefined', undefined],
    ['null', null],
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['a boolean', true],
    ['an object', {}],
    ['an array', ['a']],
    ['a plain ArrayBuffer', new ArrayBuffer(1)],
  ])('refuses %s', (_, bad) => {
    expect(refused(() => keyArg(bad as string))).toMatch(/^key: /);
    if (!isEmpty(bad)) expect(refused(() => prefixArg(bad as string))).toMatch(/^prefix: /);
  });

  test('an empty prefix passes: what the client puts before it may make it a prefix', () => {
    expect([prefixArg(''), prefixArg(new Uint8Array())]).toEqual(['', '']);
  });

  test('never repeats a key in its message', () => {
    expect(refused(() => keyArg('secret key'))).not.toMatch(/secret/);
  });

  test.each(['a', 'a\nb', 'a\r\tb', '\u00a0', 'größe', '🦊', 'x'.repeat(10_000)])('takes %j', (good) => {
    expect(bytes(keyArg(good)).equals(Buffer.from(good))).toBe(true);
  });

  test('takes numbers as decimal text', () => {
    expect([keyArg(7), keyArg(-1.5), keyArg(2n ** 64n)]).toEqual(['7', '-1.5', '18446744073709551616']);
  });

  test('copies bytes, so that later changes cannot get past the check', () => {
    const given = Buffer.from('key');
    const arg = keyArg(given);
    given.fill(' ');
    expect(bytes(arg).toString()).toBe('key');
  });

  test('the length is the number of bytes on the wire, for any text', () => {
    const property = fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
      const clean = text.replaceAll(/[ \0]/g, '_');
      expect(keyArg(clean)).toHaveLength(Buffer.byteLength(clean));
      expect(valueArg(text)).toHaveLength(Buffer.byteLength(text));
      expect(bytes(valueArg(text)).toString()).toBe(text);
    });
    fc.assert(property);
  });
});

describe('values', () => {
  test.each(['', new Uint8Array(0), undefined, null, {}, Number.NaN, '\udfff'])('refuses %j', (bad) => {
    expect(refused(() => valueArg(bad as string))).toMatch(/^value: /);
  });

  test.each([' ', '\0', ' a b ', '0'])('takes %j', (good) => {
    expect(valueArg(good)).toBe(good);
  });

  test('takes bytes as they are and numbers as decimal text', () => {
    expect(valueArg(Uint8Array.of(0, 255))).toEqual(Uint8Array.of(0, 255));
    expect([valueArg(0), valueArg(3.14), valueArg(-(2n ** 63n))]).toEqual(['0', '3.14', '-9223372036854775808']);
  });
});

describe('numbers', () => {
  test.each([
    -1,
    32_768,
    65_546,
    2_592_000,
    1.5,
    1e21,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '5',
    null,
    true,
    2n ** 70n,
  ])('ttl refuses %s', (bad) => {
    expect(refused(() => ttlArg(bad as number))).toMatch(/^ttl: /);
  });

  test('ttl takes 0 to 32767 and prints plain digits', () => {
    expect([ttlArg(0), ttlArg(-0), ttlArg(1), ttlArg(32_767), ttlArg(60n)]).toEqual(['0', '0', '1', '32767', '60']);
  });

  test.each([0, -2, -1.5, 0.5, Number.NaN, 1e300, 2 ** 31, 2n ** 63n, '1', undefined, Symbol('s')])(
    'lock refuses %s',
    (bad) => {
      expect(refused(() => lockTimeArg(bad as number))).toMatch(/^seconds: /);
    },
  );

  test('lock takes seconds from 1, and -1 for "until unlocked"', () => {
    expect([lockTimeArg(-1), lockTimeArg(-1n), lockTimeArg(1), lockTimeArg(2 ** 31 - 1)]).toEqual([
      '-1',
      '-1',
      '1',
      '2147483647',
    ]);
  });

  test.each([0, -1, 2.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, 2n ** 64n + 1n, '3'])(
    'limit refuses %s',
    (bad) => {
      expect(refused(() => limitArg(bad as number))).toMatch(/^limit: /);
    },
  );

  test('limit takes whole numbers from 1', () => {
    expect([limitArg(1), limitArg(2 ** 31 - 1)]).toEqual(['1', '2147483647']);
  });

  test.each(['', ' 1', '007', '+5', '1.5', '1e3', '-0', '0x10', '9'.repeat(20), 1.5, null, {}])(
    'a raw number refuses %j, which the server would misread',
    (bad) => {
      expect(refused(() => ttlArg(rawInteger(bad, 'ttl'), 'ttl'))).toMatch(/^ttl: /);
    },
  );

  test('a raw number may be a number or its plain text', () => {
    const given = [60, 60n, '60', Buffer.from('60')];
    expect(given.map((arg) => ttlArg(rawInteger(arg, 'ttl')))).toEqual(['60', '60', '60', '60']);
    expect(lockTimeArg(rawInteger('-1', 'seconds'))).toBe('-1');
  });
});

test('META takes its seven names in full', () => {
  expect(metaFields.map((field) => metaFieldArg(field))).toEqual([...metaFields]);
  for (const bad of ['s', 'sizes', 'SIZE', '', 'l', 'size ', undefined]) {
    expect(refused(() => metaFieldArg(bad as string))).toMatch(/^field: /);
  }
});
