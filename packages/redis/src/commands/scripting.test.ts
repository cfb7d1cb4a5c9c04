import { Flag, keyPositions } from '@kv/core';
import { describe, expect, test } from 'vitest';
import { fcall, functionDump, functionLoad, functionRestore } from './function.ts';
import { evalRo, evalsha, eval as evaluate, scriptExists, scriptFlush } from './scripting.ts';

const SHA1 = '098e0f0d1448c0a81dafe820f66d460eb09263da';

describe('keys and arguments', () => {
  test('keys are counted', () => {
    expect(evaluate('return 1').args).toEqual(['return 1', '0']);
    expect(evaluate('s', 'k', 'a', 1).args).toEqual(['s', '1', 'k', 'a', '1']);
    expect(evaluate('s', ['k1', 'k2'], ['a', 'b']).args).toEqual(['s', '2', 'k1', 'k2', 'a', 'b']);
    expect(evaluate('s', [], 'a').args).toEqual(['s', '0', 'a']);
    expect(fcall('f', ['k']).args).toEqual(['f', '1', 'k']);
    expect(evaluate('s', [], []).args).toEqual(['s', '0']);
  });

  test('keys are found, arguments are no keys', () => {
    const command = evalsha(SHA1, ['k1', 'k2'], 'a');
    expect(keyPositions(command.spec.keys, command.args)).toEqual([2, 3]);
  });

  test('a number of keys is refused, not taken for a key', () => {
    expect(() => evaluate('s', 1 as never, 'k')).toThrow(
      /^keys: expected a key or a list of keys, without their number/,
    );
    expect(() => fcall('f', 0 as never)).toThrow(/^keys: expected/);
  });
});

describe('scripts', () => {
  test('a SHA-1 has 40 digits', () => {
    expect(scriptExists(SHA1, [SHA1.toUpperCase()]).args).toEqual([SHA1, SHA1.toUpperCase()]);
    expect(() => evalsha('098e')).toThrow(/^sha1: expected 40 hexadecimal digits/);
    expect(() => scriptExists()).toThrow(/^sha1s: expected at least one/);
  });

  test('scripts that only read may be repeated', () => {
    expect(evalRo('s').flags).toBe(Flag.read | Flag.opaque);
    expect(evaluate('s').flags).toBe(Flag.opaque);
    expect(scriptFlush('ASYNC').args).toEqual(['ASYNC']);
  });
});

describe('libraries', () => {
  test('a dump is bytes for every client', () => {
    expect(functionDump().bytes).toBe(true);
    const dump = new Uint8Array([1, 255]);
    expect(functionRestore(dump, 'replace').args).toEqual([dump, 'REPLACE']);
    expect(() => functionRestore(dump, 'merge' as 'flush')).toThrow(/^policy: expected one of/);
  });

  test('to load may be repeated when it replaces', () => {
    expect(functionLoad('#!lua name=a', { replace: true })).toMatchObject({
      args: ['REPLACE', '#!lua name=a'],
      flags: Flag.idempotent,
    });
    expect(functionLoad('#!lua name=a').flags).toBe(0);
  });
});
