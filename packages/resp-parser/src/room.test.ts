import { expect, test } from 'vitest';
import { Decoder, type Reply } from './index.ts';

/** Reads as a socket does: into the room where there is one, else into a buffer that is overwritten by the next read. */
function readAll(stream: Buffer, bytes: boolean, sizes: () => number): { replies: Reply[]; direct: number } {
  const replies: Reply[] = [];
  const decoder = new Decoder({ reply: (value) => replies.push(value), push: () => {}, bytes: () => bytes });
  const shared = new Uint8Array(256 * 1024);
  let direct = 0;
  for (let at = 0; at < stream.length; ) {
    const room = decoder.room();
    const target = room ?? shared;
    const length = Math.min(target.length, sizes(), stream.length - at);
    target.set(stream.subarray(at, at + length));
    if (room === undefined) decoder.write(shared.subarray(0, length));
    else {
      decoder.filled(length);
      direct += length;
    }
    at += length;
  }
  return { replies, direct };
}

function bulk(value: string): string {
  return `$${Buffer.byteLength(value)}\r\n${value}\r\n`;
}

function toBuffer(reply: Reply): Buffer {
  return Buffer.from(reply as string);
}

const large = [
  'abcdefghijklmnop'.repeat(65_536),
  'grün €uro 日本 😀 '.repeat(9000),
  '\r\n$5\r\n'.repeat(30_000),
  'x'.repeat(70_000),
];

test.each([
  ['text', false],
  ['bytes', true],
])('a large string read into the memory of the decoder is the same as one that was copied: %s', (_, bytes) => {
  const stream = Buffer.from(large.map((value) => `${bulk(value)}:7\r\n`).join(''));
  for (const size of [1000, 8191, 65_536, 262_144, Number.POSITIVE_INFINITY]) {
    const { replies, direct } = readAll(stream, bytes, () => size);
    expect(replies.filter((_, i) => i % 2 === 1)).toEqual([7, 7, 7, 7]);
    const strings = replies.filter((_, i) => i % 2 === 0);
    expect(strings.map((reply, i) => toBuffer(reply).equals(Buffer.from(large[i] as string)))).toEqual(
      large.map(() => true),
    );
    expect(direct).toBeGreaterThan(0);
  }
});

test('in arrays, maps, verbatim strings and chunks, cut at random', () => {
  const value = 'a\u00e9'.repeat(100_000);
  const chunk = `;${Buffer.byteLength(value)}\r\n${value}\r\n`;
  const text = `=${Buffer.byteLength(value) + 4}\r\ntxt:${value}\r\n`;
  const stream = Buffer.from(`*2\r\n${bulk(value)}%1\r\n+k\r\n${text}$?\r\n${chunk}${chunk};0\r\n+end\r\n`);
  let seed = 1;
  const random = (): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return 1 + (seed % 100_000);
  };
  for (const bytes of [false, true]) {
    const { replies } = readAll(stream, bytes, random);
    const [[first, map], streamed, end] = replies as [[Reply, Map<Reply, Reply>], Reply, string];
    expect(toBuffer(first).equals(Buffer.from(value))).toBe(true);
    expect(toBuffer(map.get('k') as Reply).equals(Buffer.from(value))).toBe(true);
    expect(toBuffer(streamed).equals(Buffer.from(value + value))).toBe(true);
    expect(end).toBe('end');
  }
});

test('of 1 MB that arrive in reads of 64 kB, at most two reads are copied', () => {
  const stream = Buffer.from(bulk(large[0] as string));
  expect(readAll(stream, true, () => 65_536).direct).toBeGreaterThan((1 << 20) - 2 * 65_536);
});

test('memory of an announced string is taken as bytes arrive, beyond 16 MB', () => {
  const decoder = new Decoder({ reply: () => {}, push: () => {}, bytes: () => true });
  decoder.write(Buffer.from('$536870912\r\nabc'));
  expect(decoder.room()).toHaveLength(16 * 1024 * 1024 - 3);
});

test('there is no room for short strings, between strings, and after a failure', () => {
  const decoder = new Decoder({ reply: () => {}, push: () => {}, bytes: () => true });
  expect(decoder.room()).toBeUndefined();
  expect(() => decoder.filled(1)).toThrow(RangeError);
  decoder.write(Buffer.from('$1000\r\nabc'));
  expect(decoder.room()).toBeUndefined();
  decoder.write(Buffer.from(`${'x'.repeat(997)}\r\n$100000\r\nabc`));
  expect(decoder.room()).toHaveLength(99_997);
  expect(() => decoder.filled(99_998)).toThrow(RangeError);
  decoder.filled(99_997);
  expect(decoder.room()).toBeUndefined();
  expect(() => decoder.write(Buffer.from('xx'))).toThrow('does not end where its length says');
  expect(decoder.room()).toBeUndefined();
});
