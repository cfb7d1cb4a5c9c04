import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, frame, int64, list, uint32, utf8 } from '../test/reply-frames.ts';
import { Decoder } from './decoder.ts';
import { errorReplies, ProtocolError } from './errors.ts';
import type { Limits } from './limits.ts';
import type { Reply } from './types.ts';

function decode(bytes: Uint8Array, asBytes = false, limits?: Limits): Reply[] {
  const replies: Reply[] = [];
  new Decoder({ bytes: () => asBytes, reply: (reply) => void replies.push(reply) }, limits).write(bytes);
  return replies;
}

const ok = frame(5, 0, Uint8Array.of(0));

describe('values', () => {
  test('OK carries nothing', () => {
    expect(decode(ok)).toEqual([{ code: 5, encoding: 0, value: null }]);
    expect(decode(frame(5, 0, new Uint8Array(0)))).toEqual([{ code: 5, encoding: 0, value: null }]);
  });

  test.each([
    [0, 'ERR'],
    [1, 'ERR_NOT_FOUND'],
    [2, 'ERR_NAN'],
    [3, 'ERR_MEM'],
    [4, 'ERR_LOCKED'],
  ])('code %i is the value %s and is not thrown', (code, name) => {
    const [reply] = decode(frame(code, 0, Uint8Array.of(0)));
    expect(reply).toEqual({ code, encoding: 0, value: errorReplies[code] });
    expect(reply?.value).toMatchObject({ code, name });
  });

  test('plain data is text or bytes, as the sink says', () => {
    const data = utf8('\ufeffgrüße 🦊');
    expect(decode(frame(6, 0, data))[0]?.value).toBe('\ufeffgrüße 🦊');
    expect(decode(frame(6, 0, data), true)[0]?.value).toEqual(data);
    expect(decode(frame(6, 0, new Uint8Array(0)))[0]?.value).toBe('');
  });

  test('bytes that are not UTF-8 do not fail as text', () => {
    expect(decode(frame(6, 0, Uint8Array.of(0x61, 0xff)))[0]?.value).toBe('a\ufffd');
  });

  test.each([0n, 1n, -1n, 2n ** 53n - 1n, 1n - 2n ** 53n, -(2n ** 32n)])('%d is a number', (value) => {
    expect(decode(frame(6, 2, int64(value)), true)).toEqual([{ code: 6, encoding: 2, value: Number(value) }]);
  });

  test.each([2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)])('%d is a bigint', (value) => {
    expect(decode(frame(6, 2, int64(value)))).toEqual([{ code: 6, encoding: 2, value }]);
  });

  test('a 32-bit server sends four bytes', () => {
    expect(decode(frame(6, 2, Uint8Array.of(0xfe, 0xff, 0xff, 0xff)))[0]?.value).toBe(-2);
  });

  test('the sink is asked once per reply with data, just before it', () => {
    const calls: string[] = [];
    const bytes = (): boolean => calls.push('bytes?') > 0;
    const decoder = new Decoder({ bytes, reply: ({ code }) => void calls.push(`reply ${code}`) });
    for (const byte of concat([frame(6, 0, utf8('ab')), list([[utf8('k'), utf8('v')]]), ok])) {
      decoder.write(Uint8Array.of(byte));
    }
    expect(calls).toEqual(['bytes?', 'reply 6', 'bytes?', 'reply 7', 'reply 5']);
  });

  test('results own their memory', () => {
    const input = Buffer.from(concat([frame(6, 0, utf8('mine')), list([[utf8('key'), utf8('value')]])]));
    const [value, rows] = decode(input, true);
    input.fill(0);
    expect(value?.value).toEqual(utf8('mine'));
    expect(rows?.value).toEqual([[utf8('key'), utf8('value')]]);
    expect((value as { value: Uint8Array }).value.buffer.byteLength).toBe(4);
  });
});

describe('lists', () => {
  test('rows mix text and numbers and keep their order', () => {
    const rows = list([
      [utf8('b'), utf8('two')],
      [utf8('a'), 7n],
    ]);
    expect(decode(rows)).toEqual([
      {
        code: 7,
        encoding: 0,
        value: [
          ['b', 'two'],
          ['a', 7],
        ],
      },
    ]);
  });

  test('no rows is a list, with and without a count', () => {
    expect(decode(list([]))[0]).toEqual({ code: 7, encoding: 0, value: [] });
    expect(decode(frame(7, 0, new Uint8Array(0)))[0]).toEqual({ code: 7, encoding: 0, value: [] });
  });

  test('a list may end before its count and says how much is missing', () => {
    expect(decode(list([[utf8('k'), utf8('v')]], 3))[0]).toEqual({
      code: 7,
      encoding: 0,
      value: [['k', 'v']],
      missing: 2,
    });
    expect(decode(list([], 0xffff_ffff))[0]).toMatchObject({ value: [], missing: 0xffff_ffff });
  });

  test('the end of the data decides where a row may end, not the bytes behind it', () => {
    const cut = frame(7, 0, concat([uint32(1), uint32(1), utf8('k'), Uint8Array.of(0), uint32(4), utf8('abc')]));
    expect(() => decode(concat([cut, ok]))).toThrow(ProtocolError);
  });
});

describe('bytes that are no Gibson reply', () => {
  const bad: readonly (readonly [string, Uint8Array])[] = [
    ['unknown code', frame(8, 0, Uint8Array.of(0))],
    ['code beyond a byte', frame(0x0106, 0, utf8('v'))],
    ['compressed value', frame(6, 1, utf8('v'))],
    ['unknown encoding', frame(6, 3, utf8('v'))],
    ['list marked as number', frame(7, 2, int64(0n))],
    ['error marked as number', frame(1, 2, int64(0n))],
    ['OK with data', frame(5, 0, utf8('no'))],
    ['number of 5 bytes', frame(6, 2, new Uint8Array(5))],
    ['number without bytes', frame(6, 2, new Uint8Array(0))],
    ['list too short for its count', frame(7, 0, Uint8Array.of(1, 0, 0))],
    ['more rows than announced', list([[utf8('k'), utf8('v')]], 0)],
    ['row without value', frame(7, 0, concat([uint32(1), uint32(1), utf8('k')]))],
    ['key length beyond the data', frame(7, 0, concat([uint32(1), uint32(0xffff_ffff), utf8('k')]))],
    [
      'value length beyond the data',
      frame(7, 0, concat([uint32(1), uint32(0), Uint8Array.of(0), uint32(0xffff_fff0)])),
    ],
    ['compressed row', frame(7, 0, concat([uint32(1), uint32(0), Uint8Array.of(1), uint32(0)]))],
    [
      'row with a number of 2 bytes',
      frame(7, 0, concat([uint32(1), uint32(0), Uint8Array.of(2), uint32(2), utf8('ab')])),
    ],
  ];

  test.each(bad)('%s: replies before it arrive, then the decoder is dead', (_, bytes) => {
    const codes: number[] = [];
    const decoder = new Decoder({ bytes: () => false, reply: ({ code }) => void codes.push(code) });
    expect(() => decoder.write(concat([ok, bytes, ok]))).toThrow(ProtocolError);
    expect(() => decoder.write(ok)).toThrow(ProtocolError);
    expect(codes).toEqual([5]);
  });

  test('an exception of the sink also ends the decoder', () => {
    const decoder = new Decoder({
      bytes: () => false,
      reply: () => {
        throw new RangeError('mine');
      },
    });
    expect(() => decoder.write(ok)).toThrow(RangeError);
    expect(() => decoder.write(ok)).toThrow(RangeError);
  });
});

describe('limits', () => {
  test('a reply over the byte limit fails at its header, before memory is taken', () => {
    const header = Uint8Array.of(6, 0, 0, 5, 0, 0, 0);
    expect(() => decode(header, true, { bulkLength: 4 })).toThrow(/limit 4/);
    expect(() => decode(Uint8Array.of(6, 0, 0, 0xff, 0xff, 0xff, 0xff))).toThrow(ProtocolError);
    expect(decode(frame(6, 0, utf8('four')), false, { bulkLength: 4 })[0]?.value).toBe('four');
  });

  test('a list over the row limit fails, whatever it announces', () => {
    const rows = list([
      [utf8('a'), 1n],
      [utf8('b'), 2n],
    ]);
    expect(() => decode(rows, true, { elements: 1 })).toThrow(/more than 1 rows/);
    expect(decode(rows, true, { elements: 2 })).toHaveLength(1);
  });
});

describe('any input', () => {
  const anyRow = fc.tuple(
    fc.uint8Array({ maxLength: 40 }),
    fc.oneof(fc.uint8Array({ maxLength: 90 }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  );
  const anyReply = fc.oneof(
    fc
      .integer({ min: 0, max: 5 })
      .map((code) => ({ bytes: frame(code, 0, Uint8Array.of(0)), code, value: errorReplies[code] ?? null })),
    fc.uint8Array({ maxLength: 300 }).map((value) => ({ bytes: frame(6, 0, value), code: 6, value })),
    fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      .map((n) => ({ bytes: frame(6, 2, int64(n)), code: 6, value: narrow(n) })),
    fc.array(anyRow, { maxLength: 6 }).map((rows) => ({
      bytes: list(rows),
      code: 7,
      value: rows.map(([key, value]) => [key, typeof value === 'bigint' ? narrow(value) : value]),
    })),
  );

  function narrow(value: bigint): number | bigint {
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  function pieces(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
    const all: Uint8Array[] = [];
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const size = sizes[turn % sizes.length] ?? bytes.length;
      all.push(bytes.subarray(at, at + size));
      at += size;
    }
    return all;
  }

  const anySizes = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 8 });

  test('what a server sends comes back, however it is cut', () => {
    const property = fc.property(fc.array(anyReply, { maxLength: 8 }), anySizes, (expected, sizes) => {
      const replies: Reply[] = [];
      const decoder = new Decoder({ bytes: () => true, reply: (reply) => void replies.push(reply) });
      for (const piece of pieces(concat(expected.map(({ bytes }) => bytes)), sizes)) decoder.write(piece);
      expect(replies.map(({ code, value }) => ({ code, value }))).toEqual(
        expected.map(({ code, value }) => ({ code, value })),
      );
    });
    fc.assert(property, { numRuns: 300 });
  });

  test('garbage gives replies or a protocol error, the same however it is cut', () => {
    const nearly = fc.tuple(
      fc.integer({ min: 0, max: 8 }),
      fc.integer({ min: 0, max: 3 }),
      fc.uint8Array({ maxLength: 60 }),
    );
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .array(
          nearly.map(([code, encoding, data]) => frame(code, encoding, data)),
          { maxLength: 5 },
        )
        .map(concat),
    );
    const outcome = (bytes: Uint8Array, sizes: readonly number[]): unknown[] => {
      const seen: unknown[] = [];
      const decoder = new Decoder(
        { bytes: () => false, reply: (reply) => void seen.push(reply) },
        { bulkLength: 1024, elements: 16 },
      );
      try {
        for (const piece of pieces(bytes, sizes)) decoder.write(piece);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        seen.push(error.message);
      }
      return seen;
    };
    const property = fc.property(garbage, anySizes, (bytes, sizes) => {
      expect(outcome(bytes, sizes)).toEqual(outcome(bytes, [bytes.length + 1]));
    });
    fc.assert(property, { numRuns: 1000 });
  });
});

describe('reading into the memory of the decoder', () => {
  const values = ['a'.repeat(1 << 20), '€'.repeat(60_000), 'b'.repeat(70_000)];
  const stream = concat(values.flatMap((value) => [frame(6, 0, utf8(value)), ok]));

  test.each([1000, 8191, 65_536, 262_144, 1 << 22])('reads of %d bytes give what copying gives', (size) => {
    for (const asBytes of [false, true]) {
      const replies: Reply[] = [];
      const decoder = new Decoder({ bytes: () => asBytes, reply: (reply) => void replies.push(reply) });
      const shared = new Uint8Array(256 * 1024);
      let direct = 0;
      for (let at = 0; at < stream.length; ) {
        const room = decoder.room();
        const target = room ?? shared;
        const length = Math.min(target.length, size, stream.length - at);
        target.set(stream.subarray(at, at + length));
        if (room === undefined) decoder.write(shared.subarray(0, length));
        else decoder.filled(length);
        if (room !== undefined) direct += length;
        at += length;
      }
      const read = replies.filter(({ code }) => code === 6).map(({ value }) => Buffer.from(value as string));
      expect(read.map((value, i) => value.equals(utf8(values[i] as string)))).toEqual([true, true, true]);
      expect(replies).toHaveLength(6);
      expect(direct).toBeGreaterThan(0);
    }
  });

  test('there is no room for short replies, between replies, and after a failure', () => {
    const decoder = new Decoder({ bytes: () => true, reply: () => {} });
    expect(decoder.room()).toBeUndefined();
    expect(() => decoder.filled(0)).toThrow(RangeError);
    decoder.write(frame(6, 0, new Uint8Array(100_000)).subarray(0, 10));
    expect(decoder.room()).toHaveLength(99_997);
    expect(() => decoder.filled(99_998)).toThrow(RangeError);
    decoder.filled(99_997);
    expect(decoder.room()).toBeUndefined();
    expect(() => decoder.write(Uint8Array.of(9, 9, 9, 9, 9, 9, 9))).toThrow(ProtocolError);
    expect(decoder.room()).toBeUndefined();
  });
});
