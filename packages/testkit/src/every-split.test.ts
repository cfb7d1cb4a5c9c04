import { expect, test } from 'vitest';
import { everySplit, inPieces, throughOneBuffer } from './every-split.ts';

const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i & 0xff);
const joined = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

test('whole, byte by byte, then every place', () => {
  const shapes = [...everySplit(counting(4))].map((parts) => parts.map((part) => part.length));
  expect(shapes).toEqual([[4], [1, 1, 1, 1], [1, 3], [2, 2], [3, 1]]);
});

test('short inputs have one split', () => {
  expect([...everySplit(counting(0))]).toEqual([[counting(0)]]);
  expect([...everySplit(counting(1))]).toEqual([[counting(1)]]);
});

test('every split of a long input joins to the input, and there are boundedly many', () => {
  const bytes = counting(300_000);
  let splits = 0;
  for (const parts of everySplit(bytes, { samples: 20 })) {
    splits++;
    expect(parts.length).toBeLessThanOrEqual(65_536);
    expect(Buffer.compare(joined(parts), bytes)).toBe(0);
  }
  expect(splits).toBeGreaterThan(2 + 127 + 18);
  expect(splits).toBeLessThan(2 + 130 + 24);
});

test('the parts of a long input touch both edges', () => {
  const firsts = new Set([...everySplit(counting(5000))].map((parts) => parts[0]?.length));
  for (const at of [1, 2, 64, 4936, 4999]) expect(firsts).toContain(at);
});

test('parts are copies', () => {
  for (const bytes of [counting(8), Buffer.from(counting(8))]) {
    for (const parts of everySplit(bytes)) parts[0]?.fill(255);
    expect(new Uint8Array(bytes)).toEqual(counting(8));
  }
});

test('one buffer for all parts exposes a kept view', () => {
  const kept: Uint8Array[] = [];
  const copied: Uint8Array[] = [];
  throughOneBuffer(inPieces(counting(6), 2), (bytes) => {
    kept.push(bytes);
    copied.push(bytes.slice());
  });
  expect(joined(copied)).toEqual(counting(6));
  expect(joined(kept)).not.toEqual(counting(6));
});
