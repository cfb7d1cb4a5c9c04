import type { KeyValue } from '@kv/core';
import { expect, test } from 'vitest';
import { ending, listed, type Start } from './key-value-cases.ts';

/** `keys`, `clear` and what belongs to whom. */
export function prefixCases({ backend, prefix, fresh }: Start): void {
  test('keys come without the prefix of the KeyValue, in order where the server has one', async () => {
    const kv = fresh();
    const names = ['b', 'a', 'user:2', 'user:10', 'user:', 'user', 'users', 'Ä', '\u{1F600}', '\uffff'];
    await kv.setMany(names.map((name) => [name, 1] as const));
    expect(comparable(kv, await listed(kv.keys()))).toEqual(names.toSorted(byBytes));
    expect(comparable(kv, await listed(kv.keys('user:')))).toEqual(['user:', 'user:10', 'user:2']);
    expect(await listed(kv.keys('nobody'))).toEqual([]);
  });

  test('entries come with their values, as keys come', async () => {
    const kv = fresh();
    await kv.setMany({ 'user:2': 'two', 'user:10': 'ten', 'user:': 'none', user: 'other' });
    const entries = await listed(kv.entries('user:'));
    expect(new Map(entries)).toEqual(new Map(Object.entries({ 'user:': 'none', 'user:10': 'ten', 'user:2': 'two' })));
    expect(
      comparable(
        kv,
        entries.map(([key]) => key),
      ),
    ).toEqual(['user:', 'user:10', 'user:2']);
    expect([await listed(kv.entries('nobody')), (await listed(kv.entries())).length >= 4]).toEqual([[], true]);
  });

  test('a view of bytes gives the values of entries as bytes', async () => {
    const kv = backend().openBytes(prefix());
    await kv.set('a', Uint8Array.of(0xff, 0, 1));
    const [entry] = await listed(kv.entries());
    expect([entry?.[0], ...(entry?.[1] ?? [])]).toEqual(['a', 0xff, 0, 1]);
  });

  test('clear removes what begins with the prefix, the key that equals it too, and counts', async () => {
    const kv = fresh();
    await kv.setMany({ 'user:1': 1, 'user:2': 2, 'user:': 3, user: 4, other: 5 });
    expect(await kv.clear('user:')).toBe(3);
    expect(await kv.getMany(['user:1', 'user:2', 'user:', 'user', 'other'])).toEqual([null, null, null, '4', '5']);
    expect([await kv.clear('user:'), await kv.clear('')]).toEqual([0, 2]);
  });

  test('more keys than one page has', async () => {
    const kv = fresh();
    const names = Array.from({ length: 2500 }, (_, i) => `n${i}`);
    await kv.setMany(names.map((name) => [name, 1] as const));
    expect(new Set(await listed(kv.keys('n')))).toEqual(new Set(names));
    const values = new Map(await listed(kv.entries('n')));
    expect([values.size, values.get('n0'), values.get('n2499')]).toEqual([2500, '1', '1']);
    expect(await kv.clear('n')).toBe(2500);
    expect(await listed(kv.keys())).toEqual([]);
  });

  test('the loop may be left, and keys be deleted in it', async () => {
    const kv = fresh();
    await kv.setMany({ a: 1, b: 2, c: 3 });
    for await (const key of kv.keys()) {
      expect(await kv.del(key)).toBe(true);
      break;
    }
    expect(await listed(kv.keys())).toHaveLength(2);
    for await (const [key] of kv.entries()) {
      expect(await kv.del(key)).toBe(true);
      break;
    }
    expect(await listed(kv.entries())).toHaveLength(1);
  });

  test('characters of patterns are taken as they are', async () => {
    const kv = fresh();
    const names = ['*', 'a*', 'ab', '?', '[a]', '\\', 'a\\b', '^'];
    await kv.setMany(names.map((name) => [name, 1] as const));
    for (const name of names) {
      const begins = names.filter((other) => other.startsWith(name));
      expect(new Set(await listed(kv.keys(name)))).toEqual(new Set(begins));
    }
    expect(await kv.clear('*')).toBe(1);
    expect(await kv.clear('a*')).toBe(1);
    expect(await kv.clear('')).toBe(names.length - 2);
  });

  test('two prefixes on one server do not see each other', async () => {
    const [own, foreign] = [prefix(), prefix()];
    const [one, two] = [backend().open(own), backend().open(foreign)];
    await one.set('a', 'one');
    await two.set('a', 'two');
    expect([await one.get('a'), await two.get('a')]).toEqual(['one', 'two']);
    expect(await one.clear('')).toBe(1);
    expect([await one.get('a'), await two.get('a')]).toEqual([null, 'two']);
  });

  test('without any prefix: everything, or an ArgumentError', async () => {
    const below = prefix();
    const [bare, kv] = [backend().open(''), backend().open(below)];
    await kv.set('a', 1);
    expect(await bare.get(`${below}a`)).toBe('1');
    expect(kv.capabilities.emptyPrefix).toBe(true);
    for (const call of [listed(bare.keys()), listed(bare.entries())]) {
      expect(await ending(call)).toBe(bare.capabilities.emptyPrefix ? 'done' : 'ARGUMENT');
    }
    expect(await listed(bare.keys(below))).toEqual([`${below}a`]);
    expect(await bare.clear(below)).toBe(1);
  });

  test('each call that removes tells its own share, where the server tells it', async () => {
    const kv = fresh();
    await kv.set('a', 1);
    const told = (await Promise.all(Array.from({ length: 8 }, () => kv.del('a')))).filter(Boolean).length;
    expect(told).toBeGreaterThanOrEqual(1);
    expect(told).toBeLessThanOrEqual(kv.capabilities.exactCounts ? 1 : 8);
  });
}

/** Keys as the capabilities let them be compared: sorted unless they should be, each once unless that is promised. */
function comparable({ capabilities }: KeyValue, keys: readonly string[]): string[] {
  const once = capabilities.uniqueKeys ? keys : [...new Set(keys)];
  return capabilities.orderedKeys ? [...once] : once.toSorted(byBytes);
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
