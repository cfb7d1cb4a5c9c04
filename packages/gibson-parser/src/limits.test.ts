import { describe, expect, test } from 'vitest';
import { frame, list, utf8 } from '../test/reply-frames.ts';
import {
  completeLimits,
  DEFAULT_LIMITS,
  Decoder,
  type Limits,
  ProtocolError,
  Reader,
  type ReaderOptions,
} from './index.ts';

const names = Object.keys(DEFAULT_LIMITS) as (keyof Limits)[];
const sink = { reply: (): void => {}, bytes: (): boolean => false };

describe('limits are checked when a decoder or reader is made', () => {
  test.each(
    names.flatMap((name) => [Number.NaN, 0, -1, 1.5, -Infinity, 2 ** 53].map((value) => [name, value] as const)),
  )('%s of %d is a RangeError that names it', (name, value) => {
    expect(() => new Decoder(sink, { [name]: value })).toThrow(RangeError);
    expect(() => new Reader({ [name]: value })).toThrow(`limits.${name}: expected a positive integer or Infinity`);
  });

  test.each(names.flatMap((name) => ['5', null, true, {}, [5]].map((value) => [name, value] as const)))(
    '%s of %j is a TypeError that names it',
    (name, value) => {
      expect(() => new Decoder(sink, { [name]: value } as Limits)).toThrow(TypeError);
      expect(() => new Reader({ [name]: value } as ReaderOptions)).toThrow(`limits.${name}: expected a number`);
    },
  );

  test('a misspelled limit is refused', () => {
    expect(() => new Decoder(sink, { bulklength: 5 } as Limits)).toThrow('limits.bulklength: unknown option');
    expect(() => new Reader({ element: 5 } as ReaderOptions)).toThrow('limits.element: unknown option');
  });

  test.each([null, 5, 'elements', true])('limits of %j are refused', (limits) => {
    expect(() => completeLimits(limits as unknown as Limits)).toThrow(TypeError);
  });

  test('undefined stands for the default, and inherited properties are no limits', () => {
    expect(completeLimits({ elements: undefined })).toStrictEqual(DEFAULT_LIMITS);
    expect(completeLimits(Object.create({ elements: Number.NaN }))).toStrictEqual(DEFAULT_LIMITS);
    expect(() => new Reader(Object.create({ encoding: 'none', elements: Number.NaN }))).not.toThrow();
  });

  test('no limit on elements allows an array so large that it would end the process', () => {
    expect(completeLimits({ elements: Number.POSITIVE_INFINITY }).elements).toBeLessThan(112_000_000);
  });

  test('an unknown encoding is refused', () => {
    expect(() => new Reader({ encoding: 'buffer' as 'bytes' })).toThrow(RangeError);
  });
});

describe('the memory of one reply', () => {
  const decode = (bytes: Uint8Array, limits: Limits, asBytes = false): number => {
    let seen = 0;
    new Decoder({ reply: () => void seen++, bytes: () => asBytes }, limits).write(bytes);
    return seen;
  };
  const rows = (count: number): Uint8Array =>
    list(Array.from({ length: count }, (_, i) => [utf8(`key${i}`), utf8('v')] as const));

  test('covers the data, and what each row of a list takes in addition', () => {
    expect(() => decode(frame(6, 0, new Uint8Array(1001)), { replyMemory: 1000 })).toThrow(ProtocolError);
    expect(decode(frame(6, 0, new Uint8Array(1000)), { replyMemory: 1000 })).toBe(1);
    expect(() => decode(rows(20), { replyMemory: 3000 })).toThrow(ProtocolError);
    expect(decode(rows(20), { replyMemory: 4000 })).toBe(1);
  });

  test('counts what keys and values take as Uint8Array in addition to their bytes', () => {
    expect(() => decode(rows(20), { replyMemory: 10_000 }, true)).toThrow(ProtocolError);
    expect(decode(rows(20), { replyMemory: 20_000 }, true)).toBe(1);
  });
});
