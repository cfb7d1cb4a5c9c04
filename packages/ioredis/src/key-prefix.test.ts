import { expect, test } from 'vitest';
import { Command } from './command.ts';

const sent = (name: string, args: readonly unknown[], keyPrefix: string | Uint8Array): string[] =>
  new Command(name, args, { keyPrefix, replyEncoding: 'utf8' })
    .value()
    .args.map((arg) => Buffer.from(arg as string).toString());

test('the prefix is put before all keys, and before nothing else', () => {
  expect(sent('mset', ['a', '1', 'b', '2'], 'p:')).toEqual(['p:a', '1', 'p:b', '2']);
  expect(sent('eval', ['return 1', 1, 'k', 'v'], 'p:')).toEqual(['return 1', '1', 'p:k', 'v']);
  expect(sent('xread', ['COUNT', 1, 'STREAMS', 's', 't', 0, 0], 'p:').slice(2)).toEqual([
    'STREAMS',
    'p:s',
    'p:t',
    '0',
    '0',
  ]);
  expect(sent('zunionstore', ['to', 2, 'a', 'b', 'WEIGHTS', 1, 2], 'p:').slice(0, 4)).toEqual([
    'p:to',
    '2',
    'p:a',
    'p:b',
  ]);
  expect(sent('ping', ['a'], 'p:')).toEqual(['a']);
});

test('SORT makes keys of its patterns: they get the prefix, and the element itself does not', () => {
  const args = ['list', 'BY', 'w_*', 'LIMIT', 0, 'GET', 'GET', '#', 'get', 'o_*', 'STORE', 'to'];
  expect(sent('sort', args, 'p:').join(' ')).toBe('p:list BY p:w_* LIMIT 0 GET GET # get p:o_* STORE p:to');
});

test('prefix and key may be bytes', () => {
  expect(sent('get', ['a'], Buffer.from('p:'))).toEqual(['p:a']);
  expect(sent('get', [Buffer.from('a')], 'p:')).toEqual(['p:a']);
});
