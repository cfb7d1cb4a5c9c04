import { beforeEach, describe, expect, test } from 'vitest';
import { createSsdb, type SsdbAddress } from '../src/index.ts';

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const MAX_SCORE = 2n ** 63n - 1n;

/** Iterators and key prefixes on a server whose data may be deleted. */
export function scanSuite(address: SsdbAddress): void {
  describe('iterators', () => {
    iterators(address);
  });
  describe('a key prefix', () => {
    prefixes(address);
  });
}

function iterators(address: SsdbAddress): void {
  const names = ['a', 'b', 'p', 'p\0', 'p1', 'p2', 'pé', 'q', '\u{10ffff}'];

  beforeEach(async () => {
    await using ssdb = createSsdb(address);
    await ssdb.flushdb();
  });

  test.each([1, 2, 3, 100])('keys and values in both directions, pages of %i', async (count) => {
    await using ssdb = createSsdb(address);
    await ssdb.multiSet(names.map((name): [string, string] => [name, `value of ${name}`]));
    const entries = names.map((name) => [name, `value of ${name}`]);
    expect(await all(ssdb.scanIterator({ count }))).toEqual(entries);
    expect(await all(ssdb.rscanIterator({ count }))).toEqual(entries.toReversed());
    expect(await all(ssdb.keysIterator({ count }))).toEqual(names);
    expect(await all(ssdb.klistIterator({ count }))).toEqual(names);
    expect(await all(ssdb.rkeysIterator({ count }))).toEqual(names.toReversed());
    expect(await all(ssdb.keysIterator({ count, start: 'a', end: 'p1' }))).toEqual(['b', 'p', 'p\0', 'p1']);
    expect(await all(ssdb.rkeysIterator({ count, start: 'p1', end: 'b' }))).toEqual(['p\0', 'p', 'b']);
  });

  test.each([1, 100])('a prefix, with the key that is the prefix itself, pages of %i', async (count) => {
    await using ssdb = createSsdb(address);
    await ssdb.multiSet(names.map((name): [string, string] => [name, name]));
    await ssdb.set(Uint8Array.of(0x70, 0xff, 0xff, 1), 'not text');
    const found = ['p', 'p\0', 'p1', 'p2', 'pé', 'p\ufffd\ufffd\x01'];
    expect(await all(ssdb.keysIterator({ prefix: 'p', count }))).toEqual(found);
    expect(await all(ssdb.rkeysIterator({ prefix: 'p', count }))).toEqual(found.toReversed());
    expect(await all(ssdb.keysIterator({ prefix: 'p\0', count }))).toEqual(['p\0']);
    expect(await all(ssdb.keysIterator({ prefix: 'nothing', count }))).toEqual([]);
    expect(await all(ssdb.keysIterator({ prefix: '', count }))).toHaveLength(names.length + 1);
  });

  test('a Buffer as prefix finds the same keys as text, and keeps its bytes', async () => {
    await using ssdb = createSsdb(address);
    await ssdb.multiSet(names.map((name): [string, string] => [name, name]));
    await ssdb.multiHset('h', { p: 1, p1: 2, q: 3 });
    const prefix = Buffer.from('p');
    const found = ['p', 'p\0', 'p1', 'p2', 'pé'];
    expect(await all(ssdb.keysIterator({ prefix }))).toEqual(found);
    expect(await all(ssdb.rkeysIterator({ prefix }))).toEqual(found.toReversed());
    expect(await all(ssdb.scanIterator({ prefix }))).toHaveLength(found.length);
    expect(await all(ssdb.hkeysIterator('h', { prefix }))).toEqual(['p', 'p1']);
    expect(prefix.toString()).toBe('p');
  });

  test('keys that are not text are paged over and come as bytes when asked for', async () => {
    await using ssdb = createSsdb(address);
    const keys = [Uint8Array.of(1, 0x80), Uint8Array.of(1, 0xc3), Uint8Array.of(0xff), Uint8Array.of(0xff, 0xff, 1)];
    for (const key of keys) await ssdb.set(key, key);
    const bytes = ssdb.with({ bytes: true });
    expect(await all(bytes.keysIterator({ count: 1 }))).toEqual(keys);
    expect(await all(bytes.rkeysIterator({ count: 1 }))).toEqual(keys.toReversed());
    expect((await all(bytes.scanIterator({ count: 1 }))).map(([, value]) => value)).toEqual(keys);
    expect((await all(ssdb.rscanIterator({ count: 1 }))).map(([key]) => key.length)).toEqual([3, 1, 2, 2]);
  });

  test('fields of a hash', async () => {
    await using ssdb = createSsdb(address);
    await ssdb.multiHset('h', { b: 2, a: 1, c: 3 });
    expect(await all(ssdb.hscanIterator('h', { count: 2 }))).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ]);
    expect(await all(ssdb.hrscanIterator('h', { count: 2 }))).toEqual([
      ['c', '3'],
      ['b', '2'],
      ['a', '1'],
    ]);
    expect(await all(ssdb.hkeysIterator('h', { count: 2, start: 'a' }))).toEqual(['b', 'c']);
    expect(await all(ssdb.hscanIterator('missing'))).toEqual([]);
  });

  test.each([1, 2, 100])('members with equal, negative and extreme scores, pages of %i', async (count) => {
    await using ssdb = createSsdb(address);
    const members: [string, number | bigint][] = [
      ['d', -MAX_SCORE - 1n],
      ['z', -5],
      ['a', 0],
      ['b', 0],
      ['c', 0],
      ['a2', 7],
      ['m', MAX_SCORE],
      ['n', MAX_SCORE],
    ];
    await ssdb.multiZset('z', members);
    const expected = members.map(([member, score]) => ({ member, score }));
    expect(await all(ssdb.zscanIterator('z', { count }))).toEqual(expected);
    expect(await all(ssdb.zrscanIterator('z', { count }))).toEqual(expected.toReversed());
    expect(await all(ssdb.zscanIterator('z', { count, scoreStart: 0, scoreEnd: 7 }))).toEqual(expected.slice(2, 6));
    expect(await all(ssdb.zrscanIterator('z', { count, scoreStart: 7, scoreEnd: 0 }))).toEqual(
      expected.slice(2, 6).toReversed(),
    );
  });

  test('members that begin with the byte 0xff are met at the bounds too, which the server alone would miss', async () => {
    await using ssdb = createSsdb(address, { bytes: true });
    const high = Uint8Array.of(0xff, 0xff, 1);
    const highest = Uint8Array.of(0xff, 0xff, 2);
    await ssdb.multiZset('zff', [
      ['a', 7],
      [high, 7],
      ['b', 8],
      [highest, MAX_SCORE],
    ]);
    const members = async (walk: AsyncIterable<{ member: Uint8Array }>) =>
      (await all(walk)).map(({ member }) => member);
    for (const count of [1, 2, 100]) {
      const seven = { scoreStart: 7, scoreEnd: 7, count };
      expect(await members(ssdb.zscanIterator('zff', seven))).toEqual([utf8('a'), high]);
      expect(await members(ssdb.zrscanIterator('zff', seven))).toEqual([high, utf8('a')]);
      expect(await members(ssdb.zrscanIterator('zff', { scoreStart: MAX_SCORE, scoreEnd: 8, count }))).toEqual([
        highest,
        utf8('b'),
      ]);
    }
  });

  test('names of hashes, sorted sets and queues', async () => {
    await using ssdb = createSsdb(address);
    for (const name of ['x', 'y', 'z']) {
      await ssdb.hset(`h${name}`, 'f', 1);
      await ssdb.zset(`z${name}`, 'm', 1);
      await ssdb.qpush(`q${name}`, 1);
    }
    expect(await all(ssdb.hlistIterator({ count: 2 }))).toEqual(['hx', 'hy', 'hz']);
    expect(await all(ssdb.hrlistIterator({ count: 2 }))).toEqual(['hz', 'hy', 'hx']);
    expect(await all(ssdb.zlistIterator({ count: 2, prefix: 'z' }))).toEqual(['zx', 'zy', 'zz']);
    expect(await all(ssdb.zrlistIterator({ count: 2, prefix: 'z' }))).toEqual(['zz', 'zy', 'zx']);
    expect(await all(ssdb.qlistIterator({ count: 2 }))).toEqual(['qx', 'qy', 'qz']);
    expect(await all(ssdb.qrlistIterator({ count: 2 }))).toEqual(['qz', 'qy', 'qx']);
  });

  test('what is added while one walks is met once or not at all', async () => {
    await using ssdb = createSsdb(address);
    await ssdb.multiSet({ b: 1, d: 1, f: 1 });
    const met: unknown[] = [];
    for await (const key of ssdb.keysIterator({ count: 1 })) {
      met.push(key);
      await ssdb.multiSet({ a: 1, c: 1, e: 1 });
    }
    expect(met).toEqual(['b', 'c', 'd', 'e', 'f']);
  });

  test('wrong options are refused when the walk begins', async () => {
    await using ssdb = createSsdb(address);
    await expect(all(ssdb.scanIterator({ count: 0 }))).rejects.toMatchObject({ code: 'ARGUMENT' });
    await expect(all(ssdb.scanIterator({ prefix: 'a', start: 'a' }))).rejects.toThrow(
      'options.prefix: start or end is given as well',
    );
    await expect(all(ssdb.zscanIterator('z', { start: 'a' } as object))).rejects.toThrow('options.start');
  });
}

function prefixes(address: SsdbAddress): void {
  test('stands before every key and name, and is never seen', async () => {
    await using whole = createSsdb(address);
    await whole.flushdb();
    await using ssdb = createSsdb(address, { keyPrefix: 'pré:' });
    await whole.multiSet({ 'pré:': 'the prefix itself', a: 1, 'pré;': 'behind' });
    await ssdb.multiSet({ a: 1, b: 2 });
    await ssdb.set(Uint8Array.of(0xff), 3);
    expect(await ssdb.keys('', '', -1)).toEqual(['a', 'b', '\ufffd']);
    expect(await ssdb.rkeys('', '', -1)).toEqual(['\ufffd', 'b', 'a']);
    expect(await ssdb.scan('a', 'b', -1)).toEqual(new Map([['b', '2']]));
    expect(await ssdb.rscan('b', 'a', -1)).toEqual(new Map([['a', '1']]));
    expect(await ssdb.multiGet('a', 'c')).toEqual(new Map([['a', '1']]));
    expect(await ssdb.multiExists('a', 'c')).toEqual(
      new Map([
        ['a', true],
        ['c', false],
      ]),
    );
    expect(await ssdb.execute('multi_get', 'b')).toEqual({ status: 'ok', body: ['b', '2'] });
    expect(await all(ssdb.keysIterator({ count: 1 }))).toEqual(['a', 'b', '\ufffd']);
    expect(await all(ssdb.rkeysIterator({ count: 1 }))).toEqual(['\ufffd', 'b', 'a']);
    expect(await all(ssdb.keysIterator({ prefix: 'b', count: 1 }))).toEqual(['b']);
    expect(await ssdb.with({ bytes: true }).keys('', '', -1)).toEqual([utf8('a'), utf8('b'), Uint8Array.of(0xff)]);
    expect(await whole.get('pré:a')).toBe('1');
    await ssdb.hset('h', 'field', 1);
    expect(await whole.hlist('', '', -1)).toEqual(['pré:h']);
    expect(await ssdb.hlist('', '', -1)).toEqual(['h']);
    expect(await ssdb.hgetall('h')).toEqual(new Map([['field', '1']]));
    expect(await ssdb.multiHsize('h')).toEqual(new Map([['h', 1]]));
    expect(await ssdb.multiDel('a', 'b')).toBe(2);
    expect(await whole.keys('', '', -1)).toEqual(['a', 'pré:', 'pré:\ufffd', 'pré;']);
    await expect(ssdb.set('k'.repeat(251), 1)).rejects.toMatchObject({ code: 'ARGUMENT' });
  });
}
