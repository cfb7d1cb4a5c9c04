import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BatchError, KvError, ReplyError } from '../errors.ts';
import { asOne, batches, KeySpace, lifetime, lifetimeOf } from './key-space.ts';

const refused = expect.objectContaining({ code: 'ARGUMENT', outcome: 'notSent' });
const words = fc.string({ unit: 'grapheme', minLength: 1 });

describe('keys', () => {
  test('what is put before a key is taken off again, as text and as bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), words, (prefix, key) => {
        const space = new KeySpace({ prefix });
        const whole = space.key(key);
        expect(space.strip(whole)).toBe(key);
        expect(space.strip(new TextEncoder().encode(whole))).toBe(key);
      }),
    );
  });

  test('bytes are counted, with what the client puts before', () => {
    expect(new KeySpace({ prefix: 'ü:' }).bytesWith('€')).toBe(6);
  });

  test('text is no list of keys, and a list must hold keys', () => {
    const space = new KeySpace({});
    expect(space.keyList(new Set(['a', 'b']))).toEqual(['a', 'b']);
    for (const keys of ['ab', null, 5, ['a', ''], ['a', 1]] as string[][]) {
      expect(() => space.keyList(keys)).toThrow(refused);
    }
  });

  test('entries are objects, Maps and pairs; the last of equal keys counts', () => {
    const space = new KeySpace({ prefix: 'p:' });
    expect([...space.entries({ b: 1, a: 2 })]).toEqual([
      ['p:b', 1],
      ['p:a', 2],
    ]);
    expect([...space.entries(new Map([['a', 'x']]))]).toEqual([['p:a', 'x']]);
    expect([
      ...space.entries([
        ['a', 1],
        ['a', 2],
      ]),
    ]).toEqual([['p:a', 2]]);
    for (const entries of [null, 'ab', new Uint8Array(2), ['ab'], [['a']]] as unknown as [string, string][][]) {
      expect(() => space.entries(entries)).toThrow(refused);
    }
  });

  test('unknown options and a prefix that is no text', () => {
    expect(() => new KeySpace({ prefx: 'a' } as object)).toThrow(refused);
    expect(() => new KeySpace({ prefix: '\udc00' })).toThrow(refused);
    expect(() => new KeySpace(null as unknown as object)).toThrow(refused);
  });
});

describe('times to live', () => {
  test('are rounded up, never down', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, minExcluded: true, max: 1e9, noNaN: true }), (ttl) => {
        const ms = lifetime(ttl, 1e9);
        expect(Number.isInteger(ms)).toBe(true);
        expect(ms).toBeGreaterThanOrEqual(ttl);
        expect(ms - ttl).toBeLessThanOrEqual(1); // 1 for a ttl too small to be seen in the difference
      }),
    );
  });

  test('none and Infinity are without end; 0, NaN, text and too much are refused', () => {
    expect([lifetimeOf({}, 10), lifetimeOf({ ttl: undefined }, 10), lifetime(Number.POSITIVE_INFINITY, 10)]).toEqual(
      Array(3).fill(Number.POSITIVE_INFINITY),
    );
    for (const ttl of [0, -1, Number.NaN, 11, '5'] as number[]) expect(() => lifetime(ttl, 10)).toThrow(refused);
    expect(() => lifetimeOf({ ex: 5 } as object, 10)).toThrow(refused);
  });
});

test('a batch that is one command for the user fails with the error of its member', async () => {
  const member = new ReplyError('no');
  await expect(asOne(Promise.reject(new BatchError('1 of 2', ['OK', member])))).rejects.toBe(member);
  const ofAnotherCopy = Object.assign(new KvError('BATCH', '1 of 2'), { results: ['OK', member] });
  await expect(asOne(Promise.reject(ofAnotherCopy))).rejects.toBe(member);
  await expect(asOne(Promise.reject(member))).rejects.toBe(member);
  await expect(asOne(Promise.resolve(5))).resolves.toBe(5);
});

test('items come in lists of the size, the rest last', async () => {
  async function* numbers(count: number): AsyncGenerator<number> {
    for (let i = 0; i < count; i++) yield i;
  }
  const sizes: number[][] = [];
  for (const count of [0, 1, 3, 7]) {
    const list: number[] = [];
    for await (const batch of batches(numbers(count), 3)) list.push(batch.length);
    sizes.push(list);
  }
  expect(sizes).toEqual([[], [1], [3], [3, 3, 1]]);
});
