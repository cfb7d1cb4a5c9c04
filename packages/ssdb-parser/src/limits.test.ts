import { describe, expect, test } from 'vitest';
import { encodeCommand } from './encoder.ts';
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
  const packet = (...blocks: string[]): Uint8Array => encodeCommand('ok', ...blocks);
  const decode = (bytes: Uint8Array, limits: Limits, asBytes = false): number => {
    let seen = 0;
    new Decoder({ reply: () => void seen++, bytes: () => asBytes }, limits).write(bytes);
    return seen;
  };

  test('covers the data of all blocks and what each takes in addition', () => {
    for (const blocks of [Array(4).fill('x'.repeat(300)), Array(40).fill('')]) {
      expect(() => decode(packet(...blocks), { replyMemory: 1000 })).toThrow(ProtocolError);
      expect(decode(packet(...blocks), { replyMemory: 10_000 })).toBe(1);
    }
  });

  test('counts what a Uint8Array takes in addition to its bytes', () => {
    const many = packet(...Array<string>(15).fill('x'));
    expect(decode(many, { replyMemory: 1000 })).toBe(1);
    expect(() => decode(many, { replyMemory: 1000 }, true)).toThrow('packet takes more than 1000 bytes of memory');
  });

  test('is that of one reply: those before it do not count', () => {
    const many = Buffer.concat(Array(20).fill(packet('x'.repeat(500))));
    expect(decode(many, { replyMemory: 1000 })).toBe(20);
  });

  test('a block for which there is no memory is a ProtocolError', () => {
    expect(() =>
      decode(Buffer.from('99999999999999999\nx'), {
        bulkLength: Infinity,
        packetLength: Infinity,
        replyMemory: Infinity,
      }),
    ).toThrow(ProtocolError);
  });
});
