import { expect, test } from 'vitest';
import { readOptions } from './options.ts';

test('defaults are everything, five times', () => {
  expect(readOptions([])).toMatchObject({ rounds: 5, seconds: 1.5, name: 'clients' });
});

test('choices keep the order of the table', () => {
  expect(readOptions(['--only', 'get-c64,get-c1', '--clients', 'ioredis,kv', '--rounds', '2'])).toMatchObject({
    workloads: ['get-c1', 'get-c64'],
    clients: ['kv', 'ioredis'],
    rounds: 2,
  });
});

test.each([
  [['--only', 'get-c2'], '--only: there is no get-c2'],
  [['--clients', 'memcached'], '--clients: there is no memcached'],
  [['--rounds', 'many'], '--rounds many: a number above 0'],
  [['--name', '../x'], '--name ../x'],
  [['--fast'], "Unknown option '--fast'"],
])('%j is refused', (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});
