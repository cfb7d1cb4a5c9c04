import { expect, test } from 'vitest';
import { keySlot } from '../topology/slot.ts';
import { inSlotOfStream } from './dead-letters.ts';

const base = { group: 'g', name: 'n' };

test.each([
  ['jobs', '', '{jobs}:dead'],
  ['jobs:{eu}', '', 'jobs:{eu}:dead'],
  ['jobs', 'app:', '{app:jobs}:dead'],
  ['jobs', '{app}:', 'jobs:dead'],
  ['odd{', '', '{odd{}:dead'],
])('dead letters of the stream %j with the prefix %j go to %j by default [#160]', (stream, prefix, deadLetters) => {
  expect(inSlotOfStream({ ...base, stream }, prefix)).toEqual({ ...base, stream, deadLetters });
  expect(keySlot(prefix + deadLetters)).toBe(keySlot(prefix + stream));
});

test('a name that cannot be in the slot of the stream is refused [#160]', () => {
  expect(() => inSlotOfStream({ ...base, stream: 'jobs', deadLetters: 'graves' }, '')).toThrow(/^deadLetters: /);
  expect(() => inSlotOfStream({ ...base, stream: 'od}d' }, '')).toThrow(/^deadLetters: /);
});
