import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownText } from './own-text.ts';

test('text stays what it is, whatever letters it has, and however long it is', () => {
  const letters = fc.array(fc.oneof(fc.nat({ max: 255 }), fc.nat({ max: 0xffff })), { maxLength: 200 });
  fc.assert(
    fc.property(letters, (codes) => {
      const text = String.fromCharCode(...codes);
      return ownText(text) === text;
    }),
  );
  for (const text of ['\ud800 alone, and long enough', 'é'.repeat(129), 'ж'.repeat(129), 'x'.repeat(10_000)])
    expect(ownText(text)).toBe(text);
});
