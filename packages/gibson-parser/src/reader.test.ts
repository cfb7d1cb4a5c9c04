import { describe, expect, test } from 'vitest';
import { concat, frame, list, utf8 } from '../test/reply-frames.ts';
import { ProtocolError } from './errors.ts';
import { Reader } from './reader.ts';

const value = (text: string): Uint8Array => frame(6, 0, utf8(text));
const bad = frame(9, 0, Uint8Array.of(0));

describe('gets', () => {
  test('gives undefined until a reply is complete', () => {
    const reader = new Reader();
    expect(reader.gets()).toBeUndefined();
    reader.feed(value('bar').subarray(0, 5));
    reader.feed(new Uint8Array(0));
    expect(reader.gets()).toBeUndefined();
    reader.feed(value('bar').subarray(5));
    expect(reader.gets()).toEqual({ code: 6, encoding: 0, value: 'bar' });
    expect(reader.gets()).toBeUndefined();
  });

  test('is called once per reply when one feed brings several', () => {
    const reader = new Reader();
    const texts = Array.from({ length: 9 }, (_, index) => `v${index}`);
    reader.feed(concat(texts.map(value)));
    expect(texts.map(() => reader.gets()?.value)).toEqual(texts);
    expect(reader.gets()).toBeUndefined();
  });

  test('throws after the replies before bad bytes, and from then on', () => {
    const reader = new Reader();
    reader.feed(concat([value('one'), value('two'), bad]));
    reader.feed(value('ignored'));
    expect([reader.gets()?.value, reader.gets()?.value]).toEqual(['one', 'two']);
    expect(() => reader.gets()).toThrow(ProtocolError);
    expect(() => reader.gets()).toThrow(ProtocolError);
  });
});

describe('parse', () => {
  test('returns complete replies and keeps the rest', () => {
    const reader = new Reader();
    const bytes = concat([value('one'), value('two'), value('three')]);
    expect(reader.parse(bytes.subarray(0, 25)).map((reply) => reply.value)).toEqual(['one', 'two']);
    expect(reader.parse(bytes.subarray(25)).map((reply) => reply.value)).toEqual(['three']);
  });

  test('includes what feed left behind and not what gets took', () => {
    const reader = new Reader();
    reader.feed(concat(['a', 'b', 'c', 'd'].map(value)));
    reader.gets();
    expect(reader.parse(value('e')).map((reply) => reply.value)).toEqual(['b', 'c', 'd', 'e']);
  });

  test('returns the replies before bad bytes first; the next call throws', () => {
    const reader = new Reader();
    expect(reader.parse(concat([value('one'), bad]))).toHaveLength(1);
    expect(() => reader.parse(value('two'))).toThrow(ProtocolError);
    expect(() => new Reader().parse(bad)).toThrow(ProtocolError);
  });
});

describe('options', () => {
  test("encoding 'bytes' gives Uint8Array for keys and values, numbers stay numbers", () => {
    const reader = new Reader({ encoding: 'bytes' });
    const [single, rows] = reader.parse(concat([value('v'), list([[utf8('k'), 5n]])]));
    expect(single?.value).toEqual(utf8('v'));
    expect(rows?.value).toEqual([[utf8('k'), 5]]);
  });

  test('limits apply', () => {
    expect(() => new Reader({ bulkLength: 2 }).parse(value('bar'))).toThrow(ProtocolError);
  });
});
