import { type AnyCommand, isKvError } from '@kv/core';
import { describe, expect, test } from 'vitest';
import { commandByName } from '../../protocol/command-table.ts';
import * as commands from '../index.ts';

/** The message of the ArgumentError. */
function refusal(make: () => AnyCommand): string {
  try {
    make();
  } catch (error) {
    if (isKvError(error) && error.code === 'ARGUMENT' && error.outcome === 'notSent') return error.message;
    throw error;
  }
  return 'made';
}

const ok = 'made';

describe('keys, names, fields and members', () => {
  test.each([
    ['a'.repeat(255), ok],
    ['a'.repeat(256), 'key: expected at most 255 bytes, got 256'],
    ['ä'.repeat(127), ok],
    ['ä'.repeat(128), 'key: expected at most 255 bytes, got 256'],
    [new Uint8Array(255), ok],
    [new Uint8Array(256), 'key: expected at most 255 bytes, got 256'],
    [new Uint8Array(0), 'key: must not be empty'],
    ['', 'key: must not be empty'],
    [7, ok],
    ['\ud800', 'key: the text has a lone surrogate, which UTF-8 cannot carry'],
    [undefined, 'key: expected a string, Uint8Array, number or bigint, got undefined'],
    [{}, 'key: expected a string, Uint8Array, number or bigint, got an object'],
  ])('case %#', (key, expected) => {
    expect(refusal(() => commands.get(key as string))).toBe(expected);
    expect(refusal(() => commands.multiGet('other', [key as string]))).toBe(expected.replace('key:', 'keys[1]:'));
    expect(refusal(() => commands.zget('z', key as string))).toBe(expected.replace('key:', 'member:'));
  });

  test('only the name of a queue may be empty', () => {
    expect(refusal(() => commands.qsize(''))).toBe(ok);
    expect(refusal(() => commands.qsize('a'.repeat(256)))).toBe('name: expected at most 255 bytes, got 256');
    expect(refusal(() => commands.hsize(''))).toBe('name: must not be empty');
  });

  test('bounds of ranges may be empty and longer than a key', () => {
    expect(refusal(() => commands.scan('', new Uint8Array(300), -1))).toBe(ok);
  });
});

describe('numbers', () => {
  const max = 2n ** 63n - 1n;
  test.each<[string, () => AnyCommand, string]>([
    ['by', () => commands.incr('k', max), ok],
    ['by', () => commands.incr('k', -max - 1n), ok],
    ['by', () => commands.incr('k', max + 1n), `by: expected at most 64 bits, got ${max + 1n}`],
    ['by', () => commands.incr('k', 1.5), 'by: expected a whole number, got 1.5'],
    ['by', () => commands.incr('k', 2 ** 53), `by: expected a whole number, got ${2 ** 53}`],
    ['by', () => commands.incr('k', '1' as unknown as number), 'by: expected a whole number, got a string'],
    ['ttl', () => commands.setx('k', 'v', 2_147_483_647), ok],
    ['ttl', () => commands.setx('k', 'v', 3_000_000_000), 'ttl: expected 1 to 2147483647, got 3000000000'],
    ['ttl', () => commands.expire('k', 0), ok],
    ['offset', () => commands.setbit('k', 1_073_741_824, 1), ok],
    ['offset', () => commands.getbit('k', -1), 'offset: expected 0 to 1073741824, got -1'],
    ['bit', () => commands.setbit('k', 1, true), ok],
    ['bit', () => commands.setbit('k', 1, 10 as 1), 'value: expected 0 to 1, got 10'],
    ['size', () => commands.substr('k', 0, 2 ** 31), 'size: expected -2147483648 to 2147483647, got 2147483648'],
    ['limit', () => commands.keys('', '', -2), 'limit: expected at least -1, got -2'],
    [
      'scoreEnd',
      () => commands.zremrangebyscore('z', '', Number.NEGATIVE_INFINITY),
      'scoreEnd: expected a whole number, got -Infinity',
    ],
    [
      'scoreStart',
      () => commands.zcount('z', Number.POSITIVE_INFINITY, 5),
      'scoreStart: expected a whole number, got Infinity',
    ],
    [
      'scoreEnd',
      () => commands.zscan('z', '', '', Number.NEGATIVE_INFINITY, 9),
      'scoreEnd: expected a whole number, got -Infinity',
    ],
    [
      'scoreStart',
      () => commands.zrscan('z', '', Number.NEGATIVE_INFINITY, '', 9),
      'scoreStart: expected a whole number, got -Infinity',
    ],
    [
      'scoreEnd',
      () => commands.zrscan('z', '', '', Number.POSITIVE_INFINITY, 9),
      'scoreEnd: expected a whole number, got Infinity',
    ],
    ['scoreEnd', () => commands.zsum('z', '', Number.NaN), 'scoreEnd: expected a whole number, got NaN'],
    ['limit', () => commands.keys('', '', Number.POSITIVE_INFINITY), 'limit: expected a whole number, got Infinity'],
    ['bound', () => commands.zcount('z', Number.NEGATIVE_INFINITY, ''), ok],
    ['bound', () => commands.zscan('z', '', Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 9), ok],
    ['bound', () => commands.zrscan('z', '', Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 9), ok],
    ['bound', () => commands.zcount('z', 'a' as '', ''), 'scoreStart: expected a whole number, got a string'],
    ['port', () => commands.slaveof('id', 'host', 0), 'port: expected 1 to 65535, got 0'],
  ])('%s, case %#', (_, make, expected) => {
    expect(refusal(make)).toBe(expected);
  });
});

describe('lists and entries', () => {
  test('one by one, as a list, or both', () => {
    expect(commands.multiDel('a', ['b', 7], 'c').args).toEqual(['a', 'b', '7', 'c']);
    expect(commands.qpush('q', ['', 'b']).args).toEqual(['q', '', 'b']);
    expect(refusal(() => commands.multiDel([]))).toBe('keys: expected at least one, got none');
  });

  test('entries from an object, a map, pairs or arguments', () => {
    const args = ['a', '1', 'b', 'x'];
    expect(commands.multiSet({ a: 1, b: 'x' }).args).toEqual(args);
    expect(
      commands.multiSet(
        new Map([
          ['a', '1'],
          ['b', 'x'],
        ]),
      ).args,
    ).toEqual(args);
    expect(
      commands.multiSet([
        ['a', 1],
        ['b', 'x'],
      ]).args,
    ).toEqual(args);
    expect(commands.multiSet('a', 1, 'b', 'x').args).toEqual(args);
    expect(commands.multiZset('z', { a: 1n }).args).toEqual(['z', 'a', '1']);
  });

  test.each<[() => AnyCommand, string]>([
    [() => commands.multiSet({}), 'entries: expected at least one, got none'],
    [() => commands.multiSet('a', 1, 'b' as unknown as 'b', ...([] as string[])), 'entries: the last one has no value'],
    [() => commands.multiSet({ a: 1, '': 1 }), 'entries[1]: must not be empty'],
    [
      () => commands.multiHset('h', { a: 1, b: undefined as unknown as string }),
      'entries[1]: expected a string, Uint8Array, number or bigint, got undefined',
    ],
    [() => commands.multiGet('a', ['b', '']), 'keys[2]: must not be empty'],
    [
      () => commands.multiSet(null as unknown as object as Map<string, string>),
      'entries: expected an object, a Map or pairs, got null',
    ],
    [
      () => commands.multiSet([['a']] as unknown as [string, string][]),
      'entries: expected pairs of name and value, got an array',
    ],
    [() => commands.multiZset('z', { a: 1, b: 1.5 }), 'entries[1]: expected a whole number, got 1.5'],
  ])('case %#', (make, expected) => {
    expect(refusal(make)).toBe(expected);
  });
});

describe('what would break the server or the connection', () => {
  test('slaveof without a port is refused, also as a raw call', () => {
    expect(refusal(() => commands.slaveof('id', 'host', undefined as unknown as number))).toContain(
      'port: expected a whole number',
    );
    expect(refusal(() => commandByName('slaveof', ['id', 'host']))).toContain('crashes');
    expect(commands.slaveof('id', 'host', 8888, { lastSeq: 5 }).args).toEqual(['id', 'host', '8888', '', '5']);
  });

  test('unknown options are refused', () => {
    expect(refusal(() => commands.zscan('z', '', '', '', 9, { ofset: 1 } as object))).toBe(
      'options.ofset: unknown option; did you mean offset?',
    );
    expect(commands.zscan('z', '', 1, 5, 9, { offset: 2 }).args).toEqual(['z', '', '1', '5', '2', '9']);
  });

  test('a limit of 0 that the server may answer with everything', () => {
    expect(refusal(() => commands.qrange('q', 0, 0))).toBe('limit: expected at least 1, or -1 for all, got 0');
  });

  test('errors never hold the argument', () => {
    const secret = `secret${'x'.repeat(300)}`;
    expect(refusal(() => commands.get(secret))).not.toContain('secret');
    expect(refusal(() => commands.incr('k', secret as unknown as number))).not.toContain('secret');
  });
});
