import { expect, it } from 'vitest';
import { WriteBuffer } from './write-buffer.ts';

it('keeps text and bytes in order, text between bytes as one chunk', () => {
  const buffer = new WriteBuffer();
  const bytes = Uint8Array.of(1, 2);
  buffer.text += 'a';
  buffer.text += 'b';
  buffer.bytes(bytes);
  buffer.text += 'c';
  expect(buffer.length).toBe(5);
  expect(buffer.take()).toEqual(['ab', bytes, 'c']);
  expect(buffer.length).toBe(0);
  expect(buffer.take()).toEqual([]);
});

it('forgets what came after the mark, also when text was closed since', () => {
  const buffer = new WriteBuffer();
  buffer.text += 'kept';
  buffer.mark();
  buffer.text += ' lost';
  buffer.bytes(Uint8Array.of(1));
  buffer.text += 'lost';
  buffer.rollback();
  expect(buffer.length).toBe(4);
  buffer.text += ' and more';
  expect(buffer.take()).toEqual(['kept and more']);
});

it('refuses bytes that are gone, because their buffer was transferred', () => {
  const buffer = new WriteBuffer();
  const bytes = Uint8Array.of(1);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  expect(() => buffer.bytes(bytes)).toThrow(TypeError);
  buffer.bytes(new Uint8Array(0));
});

it('encodes large text into pieces that go between the text around them', () => {
  const buffer = new WriteBuffer();
  const value = 'ä'.repeat(200_000);
  const pieces = buffer.encode(value);
  buffer.text += 'before';
  for (const piece of pieces) buffer.bytes(piece);
  buffer.text += 'after';
  expect(buffer.length).toBe(400_011);
  const written = Buffer.concat(buffer.take().map((chunk) => Buffer.from(chunk as string)));
  expect(written.equals(Buffer.from(`before${value}after`))).toBe(true);
});
