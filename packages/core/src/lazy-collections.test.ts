import { expect, it } from 'vitest';
import { LazyMap, LazySet } from './lazy-collections.ts';

it('A map has what was set, before, while and after it has anything', () => {
  const map = new LazyMap<string, number>();
  expect([map.size, map.get('a'), [...map], [...map.keys()], [...map.values()]]).toEqual([0, undefined, [], [], []]);
  map.delete('a');
  map.set('a', 1);
  map.set('b', 2);
  expect([map.size, map.get('b'), [...map.keys()], [...map.values()]]).toEqual([2, 2, ['a', 'b'], [1, 2]]);
  map.delete('a');
  map.delete('b');
  map.set('c', 3);
  expect([...map]).toEqual([['c', 3]]);
});

it('A set has what was added, before, while and after it has anything', () => {
  const set = new LazySet<string>();
  expect([set.size, set.has('a'), set.delete('a'), [...set]]).toEqual([0, false, false, []]);
  set.add('a');
  set.add('a');
  set.add('b');
  expect([set.size, set.has('a'), [...set]]).toEqual([2, true, ['a', 'b']]);
  expect([set.delete('a'), set.delete('a'), set.size]).toEqual([true, false, 1]);
});
