import { describe, expect, it } from 'vitest';
import { MapAge, withHints } from './map-age.ts';
import { parseClusterSlots, slotTable } from './slot-map.ts';

/** Which views are taken, one after the other. */
function taken(...views: readonly [epoch: number, from: string, lastResort?: boolean][]): boolean[] {
  const age = new MapAge();
  return views.map(([epoch, from, lastResort]) => age.accepts({ epoch, from, lastResort }));
}

describe('a view of the cluster', () => {
  it('is taken when its epoch is the newest, or the same', () => {
    expect(taken([0, 'a'], [5, 'a'], [5, 'b'], [6, 'b'])).toEqual([true, true, true, true]);
  });

  it('is dropped when it is older', () => {
    expect(taken([5, 'a'], [4, 'b'], [3, 'c'], [4, 'c'])).toEqual([true, false, false, false]);
  });

  it('is dropped however often one server tells it', () => {
    expect(taken([5, 'a'], [4, 'b'], [4, 'b'], [4, 'b'])).toEqual([true, false, false, false]);
  });

  it('is taken when two servers tell it: a new cluster has the names of the old one', () => {
    expect(taken([5, 'a'], [1, 'b'], [1, 'c'], [2, 'b'])).toEqual([true, false, true, true]);
  });

  it('is not confirmed by what was told before a newer view came', () => {
    expect(taken([5, 'a'], [4, 'b'], [6, 'a'], [4, 'c'], [4, 'b'])).toEqual([true, false, true, false, true]);
  });

  it('is taken from the seeds when no other server answers', () => {
    expect(taken([5, 'a'], [1, 'seed', true], [1, 'b'])).toEqual([true, true, true]);
  });
});

it('a new table keeps the owners that servers named meanwhile', () => {
  const map = parseClusterSlots([[0, 9, ['h', 1, 'a'], ['h', 3, 'c']]], { host: 'h' });
  const owner = parseClusterSlots([[5, 5, ['h', 2, 'b']]], { host: 'h' }).ranges[0];
  const table = slotTable(map);
  const corrected = withHints(table, new Map(owner === undefined ? [] : [[5, owner]]));
  expect([4, 5, 6, 10].map((slot) => corrected[slot]?.primary.id)).toEqual(['a', 'b', 'a', undefined]);
  expect(table[5]?.primary.id).toBe('a');
});
