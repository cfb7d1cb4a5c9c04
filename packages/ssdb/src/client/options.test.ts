import { describe, expect, test } from 'vitest';
import { readClientOptions, readConnectionOptions, readPoolOptions } from './options.ts';

const readers = { readClientOptions, readConnectionOptions, readPoolOptions };

describe.each(Object.entries(readers))('%s', (_name, read) => {
  test.each([
    [{ limits: { bulkLenght: 1 } }, /^limits.bulkLenght: .*did you mean bulkLength/],
    [{ limits: { elements: Number.NaN } }, /^limits.elements: expected a whole number/],
    [{ limits: { packetLength: -1 } }, /^limits.packetLength/],
    [{ limits: null }, /^limits: expected an object/],
    [{ keyPrefix: '\ud800' }, /^keyPrefix: the text has a lone surrogate/],
    [{ password: 5 }, /^password: expected text or a function/],
    [{ password: '\udfff' }, /^password/],
    [{ pasword: 'x' }, /^pasword: .*did you mean password/],
  ])('refuses %j and says why', (options, message) => {
    expect(() => read(undefined, options as never)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT', message: expect.stringMatching(message) }),
    );
  });

  test('takes what is right, and unlimited limits', () => {
    const limits = { elements: Number.POSITIVE_INFINITY, lineLength: 64 };
    expect(read('ssdb://:secret@h', { limits }).options).toEqual({ limits, password: 'secret' });
  });
});

test('a class of users must be a class', () => {
  expect(() => readClientOptions(undefined, { client: null } as never)).toThrow(/^client: expected a class/);
});
