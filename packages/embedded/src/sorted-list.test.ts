import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SortedList } from './sorted-list.ts';

test('behaves like a sorted array without duplicates', () => {
  const change = fc.record({ item: fc.nat(3000), add: fc.boolean() });
  const property = fc.property(fc.array(change, { maxLength: 2500, size: 'max' }), fc.nat(3000), (changes, probe) => {
    const list = new SortedList<number>((a, b) => a - b);
    const model = new Set<number>();
    for (const { item, add } of changes) {
      const changed = add ? list.add(item) : list.delete(item);
      const expected = add ? !model.has(item) : model.delete(item);
      if (add) model.add(item);
      if (changed !== expected) throw new Error(`${add ? 'add' : 'delete'} ${item} said ${changed}`);
    }
    const sorted = [...model].sort((a, b) => a - b);
    expect(list.size).toBe(sorted.length);
    expect([...list.up()]).toEqual(sorted);
    expect([...list.down()]).toEqual(sorted.toReversed());
    const rank = sorted.filter((item) => item < probe).length;
    expect(list.rank(probe)).toBe(rank);
    expect(list.at(rank)).toBe(sorted[rank]);
    expect([...list.up(rank)]).toEqual(sorted.slice(rank));
    expect([...list.down(rank)]).toEqual(sorted.slice(0, rank + 1).toReversed());
  });
  fc.assert(property, { numRuns: 60 });
});

test('keeps order over many chunks', () => {
  const list = new SortedList<number>((a, b) => a - b);
  for (let n = 0; n < 5000; n += 1) list.add((n * 7919) % 5000);
  expect([...list.up()]).toEqual(Array.from({ length: 5000 }, (_, n) => n));
  expect([list.at(4321), list.at(5000), list.rank(4321)]).toEqual([4321, undefined, 4321]);
});
