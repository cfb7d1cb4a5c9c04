import { describe, expect, test } from 'vitest';
import { readClientOptions, readPoolOptions, serverLimitsOf, windowOf } from './options.ts';

describe('addresses', () => {
  test.each([
    [undefined, { host: '127.0.0.1', port: 10_128 }],
    ['gibson://cache', { host: 'cache', port: 10_128 }],
    ['gibson://cache:1', { host: 'cache', port: 1 }],
    ['gibson+unix:///var/run/gibson.sock', { path: '/var/run/gibson.sock' }],
    [{ path: '/tmp/g' }, { path: '/tmp/g' }],
    [
      { host: 'h', port: 5 },
      { host: 'h', port: 5 },
    ],
  ] as const)('%j', (input, expected) => {
    expect(readClientOptions(input, {}).address).toEqual(expected);
  });

  test.each(['redis://h', 'gibson://user@h', 'gibson://:secret@h', 'gibson://h/1', 'gibson://h?maxKeys=5', 'nonsense'])(
    '%s is refused, without a password in the message',
    (input) => {
      const read = (): unknown => readClientOptions(input, {});
      expect(read).toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
      expect(read).not.toThrow(/secret/);
    },
  );
});

describe('options', () => {
  test('may stand in the URL; those of the call win', () => {
    const { options } = readClientOptions('gibson://h?maxKeySize=1024&maxSize=4&keyPrefix=app:&bytes=true', {
      maxSize: 5,
    });
    expect(options).toEqual({ maxKeySize: 1024, maxSize: 5, keyPrefix: 'app:', bytes: true });
  });

  test.each([
    { maxKeySize: 0 },
    { maxValueSize: 1.5 },
    { maxRequestSize: '5' },
    { maxSize: 0 },
    { keyPrefix: 'a b' },
    { keyPrefix: 5 },
    { batch: true },
    { timeout: -1 },
    { pipeline: true },
  ])('%j is refused', (options) => {
    expect(() => readClientOptions(undefined, options as object)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT' }),
    );
  });

  test('a pool cannot be kept larger than it may become', () => {
    expect(() => readPoolOptions(undefined, { minSize: 11 })).toThrow(/minSize/);
    expect(readPoolOptions(undefined, { minSize: 0, maxSize: 1 }).options).toEqual({ minSize: 0, maxSize: 1 });
  });

  test('server limits that are not given are the defaults', () => {
    expect(serverLimitsOf({ maxKeySize: 64 })).toEqual({
      maxKeySize: 64,
      maxValueSize: 2_096_127,
      maxRequestSize: 2_097_152,
    });
    expect(serverLimitsOf({})).toMatchObject({ maxKeySize: 512 });
  });
});

describe('the window', () => {
  test('is one command', () => {
    expect(windowOf({})).toMatchObject({ commands: 1 });
  });

  test('with batches is refilled when empty, one packet at most unless more is asked for', () => {
    expect(windowOf({ batch: {} })).toEqual({ commands: 100, bytes: 1200, refill: 'empty' });
    expect(windowOf({ batch: { bytes: 65_536, commands: 7 } })).toEqual({
      commands: 7,
      bytes: 65_536,
      refill: 'empty',
    });
  });

  test.each([{ bytes: 65_537 }, { bytes: 0 }, { commands: 0 }, { size: 1 }])('refuses %j', (batch) => {
    expect(() => windowOf(readClientOptions(undefined, { batch }).options)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT' }),
    );
  });
});

test.each([
  [{ limits: { elements: Number.NaN } }, /^limits.elements: expected a whole number/],
  [{ limits: { element: 1 } }, /^limits.element: .*did you mean elements/],
  [{ limits: null }, /^limits: expected an object/],
  [{ batch: { command: 1 } }, /^batch.command: .*did you mean commands/],
  [{ keyPrefix: '\ud800' }, /^keyPrefix: the text has a lone surrogate/],
  [{ client: 5 }, /^client: expected a class/],
])('%j is refused, and the message says why', (options, message) => {
  expect(() => readClientOptions(undefined, options as never)).toThrow(
    expect.objectContaining({ code: 'ARGUMENT', message: expect.stringMatching(message) }),
  );
});
