import { describe, expect, it, test } from 'vitest';
import { checkOptions, float, integer, toArg } from './arguments.ts';

describe('data', () => {
  it.each([
    ['text', 'text'],
    ['', ''],
    ['é€𐍈', 'é€𐍈'],
    [0, '0'],
    [-0, '0'],
    [1.5, '1.5'],
    [2 ** 53, '9007199254740992'],
    [1e21, '1000000000000000000000'],
    [-1e22, '-10000000000000000000000'],
    [1e-7, '1e-7'],
    [12345678901234567890n, '12345678901234567890'],
  ])('%s is sent as %s', (value, wire) => {
    expect(toArg(value, 'value')).toBe(wire);
  });

  it('bytes are taken as they are', () => {
    const bytes = Uint8Array.of(0, 255);
    expect(toArg(bytes, 'value')).toBe(bytes);
    expect(toArg(Buffer.from('x'), 'value')).toEqual(Buffer.from('x'));
  });

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [{}, 'an object'],
    [Promise.resolve('text'), 'a promise'],
    [[1], 'an array'],
    [Symbol('secret'), 'a symbol'],
    [() => 1, 'a function'],
    [true, 'a boolean'],
  ])('%s is refused as %s', (value, kind) => {
    expect(() => toArg(value as string, 'value')).toThrow(
      expect.objectContaining({
        code: 'ARGUMENT',
        outcome: 'notSent',
        message: expect.stringMatching(`^value: .*got ${kind}$`),
      }),
    );
  });

  it('a lone surrogate is refused, and the text is not in the message', () => {
    expect(() => toArg('secret\ud800', 'key')).toThrow(/^key: the text has a lone surrogate/);
    expect(() => toArg('secret\udc00x', 'key')).toThrow(/^(?!.*secret)/);
  });
});

describe('numbers', () => {
  it('integers within bounds, as decimal text', () => {
    expect([integer(5, 'n'), integer(-0, 'n'), integer(2n ** 70n, 'n'), integer(3, 'n', 0, 3)]).toEqual([
      '5',
      '0',
      String(2n ** 70n),
      '3',
    ]);
    for (const wrong of [1.5, Number.NaN, 2 ** 53, '5', undefined])
      expect(() => integer(wrong as number, 'n')).toThrow(/^n: expected a whole number/);
    expect(() => integer(-1, 'n', 0)).toThrow('n: expected at least 0, got -1');
    expect(() => integer(4, 'n', 0, 3)).toThrow('n: expected 0 to 3, got 4');
  });

  it('floats, infinite ones too', () => {
    expect([
      float(1.5, 'n'),
      float(Number.POSITIVE_INFINITY, 'n'),
      float(Number.NEGATIVE_INFINITY, 'n'),
      float(7n, 'n'),
    ]).toEqual(['1.5', '+inf', '-inf', '7']);
    expect(() => float(Number.NaN, 'n')).toThrow(/^n: expected a number/);
  });
});

it('options refuse names that are not known, and what is no object', () => {
  const known = new Set(['ex']);
  expect(() => checkOptions({ ex: 10 }, known)).not.toThrow();
  expect(() => checkOptions(Object.create(null), known)).not.toThrow();
  expect(() => checkOptions({ EX: 10 }, known)).toThrow('options.EX: unknown option; did you mean ex?');
  for (const one of [null, 'nx', 5, ['ex'], [], undefined]) {
    expect(() => checkOptions(one as unknown as object, known)).toThrow(/^options: expected an object/);
  }
});

test('options of the prototype are refused, not taken: another package may have put them there', () => {
  const refused = 'options.nx: inherited from the prototype of the options';
  expect(() => checkOptions(Object.create({ nx: true, other: 1 }), new Set(['ex', 'nx']))).toThrow(refused);
  Object.defineProperty(Object.prototype, 'nx', { value: true, enumerable: true, configurable: true, writable: true });
  try {
    expect(() => checkOptions({ ex: 10 }, new Set(['ex', 'nx']))).toThrow(refused);
    expect(() => checkOptions({ ex: 10 }, new Set(['ex']))).not.toThrow();
  } finally {
    Reflect.deleteProperty(Object.prototype, 'nx');
  }
});

test('options may be of a class with fields, and are refused when it has accessors, which are no names of their own', () => {
  class Fields {
    readonly ex = 10;
  }
  class Accessors {
    get ex(): number {
      return 10;
    }
  }
  expect(() => checkOptions(new Fields(), new Set(['ex']))).not.toThrow();
  expect(() => checkOptions(new Accessors(), new Set(['ex']))).toThrow('options.ex: inherited from the prototype');
});
