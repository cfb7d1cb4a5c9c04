import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';

import type * as text from './text.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 120 });
const loneSurrogates = fc
  .array(fc.integer({ min: 0xd7f0, max: 0xe010 }), { maxLength: 70 })
  .map((units) => String.fromCharCode(...units));

async function load(withBuffer: boolean): Promise<typeof text> {
  vi.resetModules();
  if (!withBuffer) vi.stubGlobal('Buffer', undefined);
  return import('./text.ts');
}

describe.each([
  ['with a global Buffer', true],
  ['with standard classes only', false],
])('%s', (_, withBuffer) => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test('text is written as TextEncoder does and counted exactly', async () => {
    const { byteLength, writeText } = await load(withBuffer);
    const property = fc.property(fc.oneof(anyText, loneSurrogates), (text) => {
      const expected = new TextEncoder().encode(text);
      expect(byteLength(text)).toBe(expected.length);
      const into = new Uint8Array(expected.length + 4);
      expect(writeText(into, text, 2, expected.length)).toBe(expected.length + 2);
      expect(into.subarray(2, -2)).toEqual(expected);
      expect([into[0], into[1], into.at(-2), into.at(-1)]).toEqual([0, 0, 0, 0]);
    });
    fc.assert(property);
  });

  test('bytes are read as TextDecoder does, and a byte order mark stays', async () => {
    const { readText } = await load(withBuffer);
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      anyText.map((text) => new TextEncoder().encode(text)),
    );
    const property = fc.property(bytes, (data) => {
      const padded = new Uint8Array([1, ...data, 2]);
      expect(readText(padded, 1, padded.length - 1)).toBe(decoder.decode(data));
    });
    fc.assert(property, { examples: [[Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)]] });
  });
});
