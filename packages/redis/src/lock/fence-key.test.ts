import { expect, test } from 'vitest';
import { keySlot } from '../topology/slot.ts';
import { fenceKey } from './fence-key.ts';

test.each([
  ['a', '', '{a}:fence'],
  ['a', 'p:', '{p:a}:fence'],
  ['{tag}a', '', '{tag}a:fence'],
  ['a', '{tag}:', 'a:fence'],
  ['a{}b', '', undefined],
])('the counter of %s behind the prefix %s is in its slot', (key, prefix, name) => {
  if (name === undefined) {
    expect(() => fenceKey(key, prefix)).toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
    return;
  }
  expect(fenceKey(key, prefix)).toBe(name);
  expect(keySlot(prefix + name)).toBe(keySlot(prefix + key));
});

test('a key that is empty or no text is refused', () => {
  for (const key of ['', 5, null] as string[]) {
    expect(() => fenceKey(key, '')).toThrow(expect.objectContaining({ code: 'ARGUMENT', outcome: 'notSent' }));
  }
});
