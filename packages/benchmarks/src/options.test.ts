import { expect, test } from 'vitest';
import { chosen, readOptions } from './options.ts';

test('defaults are everything, five times', () => {
  expect(readOptions([])).toMatchObject({ suite: 'redis', rounds: 5, seconds: 1.5, build: true, name: undefined });
});

test('all suites can be asked for at once', () => {
  expect(readOptions(['--all'])).toMatchObject({ suite: 'all' });
});

test('numbers are read', () => {
  const args = ['--rounds', '2', '--seconds', '0.5', '--no-build', '--name', 'before.1'];
  expect(readOptions(args)).toMatchObject({ rounds: 2, seconds: 0.5, build: false, name: 'before.1' });
});

test.each([
  [['--rounds', 'many'], '--rounds many: a number above 0'],
  [['--minutes', '0'], '--minutes 0: a number above 0'],
  [['--name', '../x'], '--name ../x'],
  [['--fast'], "Unknown option '--fast'"],
])('%j is refused', (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});

test('choices keep the order of the table', () => {
  const all = ['a', 'b', 'c'].map((name) => ({ name }));
  expect(chosen('--only', undefined, all)).toEqual(all);
  expect(chosen('--only', 'c,a', all)).toEqual([{ name: 'a' }, { name: 'c' }]);
  expect(() => chosen('--only', 'a,d', all)).toThrow('--only: there is no d; there are a, b, c');
});
