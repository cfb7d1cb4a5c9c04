import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { BatchError, KvError, ReplyError } from '../errors.ts';
import { asOne, batches, KeySpace, lifetime, lifetimeOf, lifetimeUntil } from './key-space.ts';
import type { KeyValueEntries, KeyValueSetOptions } from './key-value.ts';

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

  const toSet = (entries: KeyValueEntries, options: KeyValueSetOptions = {}): unknown[] =>
    new KeySpace({ prefix: 'p:' }).entries(entries, options, 1000).map(({ key, value, ttl }) => [key, value, ttl]);

  test('entries are objects, Maps and pairs; the last of equal keys counts', () => {
    expect(toSet({ b: 1, a: 2 }, { ttl: 5 })).toEqual([
      ['p:b', 1, 5],
      ['p:a', 2, 5],
    ]);
    expect(toSet(new Map([['a', 'x']]))).toEqual([['p:a', 'x', Number.POSITIVE_INFINITY]]);
    const twice: KeyValueEntries = [
      ['a', 1, { ttl: 9 }],
      ['a', 2],
    ];
    expect(toSet(twice, { ttl: 5 })).toEqual([['p:a', 2, 5]]);
    for (const entries of [null, 'ab', new Uint8Array(2), ['ab'], [['a']]] as unknown as [string, string][][]) {
      expect(() => toSet(entries)).toThrow(refused);
    }
  });

  test('an entry with options of its own has nothing of those of the call', () => {
    const entries: KeyValueEntries = [
      ['a', 1, { ttl: 9 }],
      ['b', 2, {}],
      ['c', 3, undefined],
    ];
    expect(toSet(entries, { ttl: 5 })).toEqual([
      ['p:a', 1, 9],
      ['p:b', 2, Number.POSITIVE_INFINITY],
      ['p:c', 3, 5],
    ]);
    for (const own of [null, 5, { ttl: 0 }, { ttl: 1001 }, { ex: 1 }]) {
      expect(() => toSet([['a', 1, own]] as unknown as KeyValueEntries)).toThrow(refused);
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

describe('ends', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test('are turned into times to live, whole milliseconds rounded up; what has passed is 0', () => {
    vi.useFakeTimers({ now: 1_000_000, toFake: ['Date'] });
    expect([1_000_005, 1_000_000.5, 1_000_000, 5, -5].map((at) => lifetimeUntil(at, 10))).toEqual([5, 1, 0, 0, 0]);
    expect(lifetimeUntil(Number.POSITIVE_INFINITY, 10)).toBe(Number.POSITIVE_INFINITY);
    expect(lifetimeOf({ expiresAt: 1_000_007 }, 10)).toBe(7);
  });

  test('that are no instants, lie too far away, or stand beside a time to live are refused', () => {
    for (const at of [Number.NaN, '5', null, new Date()] as number[]) {
      expect(() => lifetimeUntil(at, 10)).toThrow(refused);
    }
    expect(() => lifetimeUntil(Date.now() + 60_000, 10)).toThrow(refused);
    expect(() => lifetimeOf({ ttl: 5, expiresAt: Date.now() + 5 }, 10)).toThrow(refused);
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
