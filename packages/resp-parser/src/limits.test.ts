import { describe, expect, test } from 'vitest';
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
const sink = { reply: (): void => {}, push: (): void => {}, bytes: (): boolean => false };

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

  test.each([null, 5, 'depth', true])('limits of %j are refused', (limits) => {
    expect(() => completeLimits(limits as unknown as Limits)).toThrow(TypeError);
  });

  test('undefined stands for the default, and inherited properties are no limits', () => {
    expect(completeLimits({ depth: undefined })).toStrictEqual(DEFAULT_LIMITS);
    expect(completeLimits(Object.create({ depth: Number.NaN }))).toStrictEqual(DEFAULT_LIMITS);
    expect(new Reader(Object.create({ encoding: 'bytes', depth: 1 })).parse(Buffer.from('$1\r\na\r\n'))).toStrictEqual([
      'a',
    ]);
  });

  test('no limit on elements allows an array so large that it would end the process', () => {
    expect(completeLimits({ elements: Number.POSITIVE_INFINITY }).elements).toBeLessThan(112_000_000);
    const write = (text: string) => () =>
      new Decoder(sink, { elements: Infinity, replyMemory: Infinity }).write(Buffer.from(text));
    expect(write('*100000000\r\n')).not.toThrow();
    for (const header of ['*100000001\r\n', '>100000001\r\n', '%16777217\r\n', '~16777217\r\n', '|16777217\r\n']) {
      expect(write(header)).toThrow(ProtocolError);
    }
  });

  test('an unknown encoding is refused', () => {
    expect(() => new Reader({ encoding: 'buffer' as 'bytes' })).toThrow(RangeError);
  });
});

describe('the memory of one reply', () => {
  const bulk = (length: number): string => `$${length}\r\n${'x'.repeat(length)}\r\n`;
  const decode = (text: string, limits: Limits, asBytes = false): number => {
    let seen = 0;
    const count = (): void => void seen++;
    new Decoder({ reply: count, push: count, bytes: () => asBytes }, limits).write(Buffer.from(text));
    return seen;
  };

  test.each([
    ['the texts of an array', `*4\r\n${bulk(300).repeat(4)}`],
    ['the texts of nested arrays', `*2\r\n${`*1\r\n${bulk(400)}`.repeat(2)}`],
    ['the texts of a map', `%2\r\n${bulk(300).repeat(4)}`],
    ['the texts of a push', `>4\r\n${bulk(300).repeat(4)}`],
    ['the chunks of a streamed text', `*1\r\n$?\r\n;600\r\n${bulk(600).slice(6)};600\r\n${bulk(600).slice(6)};0\r\n`],
    ['simple strings', `*4\r\n${`+${'x'.repeat(300)}\r\n`.repeat(4)}`],
    ['errors', `*4\r\n${`-${'x'.repeat(300)}\r\n`.repeat(4)}`],
    ['big numbers', `*4\r\n${`(${'1'.repeat(300)}\r\n`.repeat(4)}`],
    ['doubles', `*12\r\n${',123456789012.345\r\n'.repeat(12)}`],
    ['announced elements', '*1000\r\n'],
    ['announced pairs', '%1000\r\n'],
    ['the elements of a streamed array', `*?\r\n${':1\r\n'.repeat(100)}`],
    ['the elements of a streamed set', `~?\r\n${'#t\r\n'.repeat(40)}`],
    ['empty arrays inside a streamed one', `*?\r\n${'*0\r\n'.repeat(10)}`],
    ['nested arrays', '*1\r\n'.repeat(10)],
    ['a text alone', bulk(1001)],
    ['a streamed text alone', `$?\r\n;600\r\n${bulk(600).slice(6)};600\r\n`],
    ['a line alone', `+${'x'.repeat(1001)}\r\n`],
  ])('covers %s', (_, text) => {
    expect(() => decode(text, { replyMemory: 1000 })).toThrow(ProtocolError);
    expect(() => decode(text, { replyMemory: 10_000 + 16 * 1000 * 10 })).not.toThrow();
  });

  test('counts what a Uint8Array takes in addition to its bytes', () => {
    const many = `*20\r\n${bulk(1).repeat(20)}`;
    expect(decode(many, { replyMemory: 2000 })).toBe(1);
    expect(() => decode(many, { replyMemory: 2000 }, true)).toThrow('A reply exceeds 2000 bytes of memory');
  });

  test('is that of one reply: those before it, pushes and attributes inside it do not count', () => {
    const one = `*1\r\n${bulk(500)}`;
    expect(decode(one.repeat(20), { replyMemory: 1000 })).toBe(20);
    const push = `>1\r\n${bulk(200)}`;
    const attribute = `|1\r\n+a\r\n${bulk(100)}`;
    expect(decode(`*1\r\n${push.repeat(20)}${attribute.repeat(20)}:1\r\n`, { replyMemory: 1000 })).toBe(21);
  });
});
