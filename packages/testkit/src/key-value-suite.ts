/** What `KeyValue` promises, the same cases on every backend. Where backends differ, the case asserts the difference. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ending, type KeyValueBackend, listed, type Start } from './key-value-cases.ts';
import { prefixCases } from './key-value-prefix-cases.ts';
import { ttlCases } from './key-value-ttl-cases.ts';

export type { KeyValueBackend } from './key-value-cases.ts';

/** Runs all cases on the backend that `begin` gives. */
export function keyValueSuite(begin: () => Promise<KeyValueBackend>): void {
  let opened: KeyValueBackend | undefined;
  const run = `kv-suite-${process.pid}-${Date.now()}-`;
  let prefixes = 0;
  const backend = (): KeyValueBackend => {
    if (opened === undefined) throw new Error('the backend is opened when the cases run');
    return opened;
  };
  const prefix = (): string => `${run}${prefixes++}:`;
  const start: Start = { backend, prefix, fresh: () => backend().open(prefix()) };

  beforeAll(async () => {
    opened = await begin();
  });
  afterAll(async () => {
    await backend().open(run).clear('');
    await backend().close();
  });

  describe('one key', () => {
    oneKeyCases(start);
  });
  describe('several keys', () => {
    severalKeysCases(start);
  });
  describe('counters', () => {
    counterCases(start);
  });
  describe('times to live', () => {
    ttlCases(start);
  });
  describe('keys and prefixes', () => {
    prefixCases(start);
  });
  describe('wrong arguments', () => {
    argumentCases(start);
  });
}

const VALUES: readonly (readonly [value: string | number | bigint | Uint8Array, read: string])[] = [
  ['grüße ☃ 😀', 'grüße ☃ 😀'],
  [' a b\r\n\0c ', ' a b\r\n\0c '],
  [42, '42'],
  [-1.5, '-1.5'],
  [12_345_678_901_234_567_890n, '12345678901234567890'],
  [new TextEncoder().encode('bytes'), 'bytes'],
  ['x'.repeat(100_000), 'x'.repeat(100_000)],
];

function oneKeyCases({ backend, prefix, fresh }: Start): void {
  test('what was set is there, until it is deleted', async () => {
    const kv = fresh();
    expect([await kv.get('a'), await kv.has('a'), await kv.del('a')]).toEqual([null, false, false]);
    await kv.set('a', 'one');
    expect([await kv.get('a'), await kv.has('a')]).toEqual(['one', true]);
    await kv.set('a', 'two');
    expect(await kv.get('a')).toBe('two');
    expect([await kv.del('a'), await kv.del('a')]).toEqual([true, false]);
    expect([await kv.get('a'), await kv.has('a')]).toEqual([null, false]);
  });

  test('values are text, numbers and bytes', async () => {
    const kv = fresh();
    for (const [value, read] of VALUES) {
      await kv.set('v', value);
      expect(await kv.get('v')).toBe(read);
    }
  });

  test('an empty value is a value, or refused before it is sent', async () => {
    const kv = fresh();
    const ended = await ending(kv.set('empty', ''));
    expect([ended, await kv.get('empty'), await kv.has('empty'), await kv.getMany(['empty'])]).toEqual(
      kv.capabilities.emptyValues ? ['done', '', true, ['']] : ['ARGUMENT', null, false, [null]],
    );
  });

  test('a view of bytes gives every byte back, and keys as text', async () => {
    const kv = backend().openBytes(prefix());
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    await kv.set('ключ', all);
    expect(Uint8Array.from((await kv.get('ключ')) ?? [])).toEqual(all);
    expect((await kv.getMany(['ключ', 'x'])).map((value) => value && Uint8Array.from(value))).toEqual([all, null]);
    expect(await listed(kv.keys())).toEqual(['ключ']);
    expect(await kv.clear('к')).toBe(1);
  });
}

function severalKeysCases({ fresh }: Start): void {
  test('values come in the order of the keys, null where there is none, twice when asked twice', async () => {
    const kv = fresh();
    await kv.setMany({ b: 'B', 10: 'ten', a: 'A' });
    expect(await kv.getMany(['a', 'none', '10', 'b', 'a'])).toEqual(['A', null, 'ten', 'B', 'A']);
    expect(await kv.getMany(new Set(['b']))).toEqual(['B']);
  });

  test('entries are an object, a Map or pairs; of a key given twice the last value counts', async () => {
    const kv = fresh();
    await kv.setMany(new Map([['m', 1]]));
    await kv.setMany([
      ['p', 'first'],
      ['q', 'Q'],
      ['p', 'last'],
    ]);
    expect(await kv.getMany(['m', 'p', 'q'])).toEqual(['1', 'last', 'Q']);
  });

  test('no keys at all is not an error', async () => {
    const kv = fresh();
    await kv.setMany({});
    await kv.setMany([], { ttl: 1000 });
    expect([await kv.getMany([]), await kv.deleteMany([])]).toEqual([[], 0]);
  });

  test('deleteMany counts what was there, once', async () => {
    const kv = fresh();
    await kv.setMany({ a: 1, b: 2, c: 3 });
    expect(await kv.deleteMany(['a', 'none', 'b', 'a'])).toBe(2);
    expect(await kv.getMany(['a', 'b', 'c'])).toEqual([null, null, '3']);
  });

  test('hasMany answers for each key in its order, twice when asked twice', async () => {
    const kv = fresh();
    await kv.setMany({ a: 1, b: 2 });
    expect(await kv.hasMany(['b', 'none', 'a', 'b'])).toEqual([true, false, true, true]);
    expect([await kv.hasMany([]), await kv.hasMany(new Set(['a']))]).toEqual([[], [true]]);
  });

  test('deleteEach tells which keys were there', async () => {
    const kv = fresh();
    await kv.setMany({ a: 1, b: 2, c: 3 });
    expect(await kv.deleteEach(['a', 'none', 'b'])).toEqual([true, false, true]);
    expect(await kv.deleteEach(['a', 'c', 'c']).then((told) => told.filter(Boolean))).toEqual([true]);
    expect([await kv.deleteEach([]), await kv.hasMany(['a', 'b', 'c'])]).toEqual([[], [false, false, false]]);
  });

  test('a thousand entries', async () => {
    const kv = fresh();
    const names = Array.from({ length: 1000 }, (_, i) => `n${i}`);
    await kv.setMany(names.map((name, i) => [name, i] as const));
    expect(await kv.getMany(names)).toEqual(names.map((_, i) => String(i)));
    expect(await kv.deleteMany(names)).toBe(1000);
  });
}

function counterCases({ fresh }: Start): void {
  test('a missing key counts as 0 and gets no end', async () => {
    const kv = fresh();
    expect([await kv.increment('n'), await kv.increment('n')]).toEqual([1, 2]);
    expect([await kv.get('n'), await kv.ttl('n')]).toEqual(['2', Number.POSITIVE_INFINITY]);
  });

  test('counts on from a value that is a number, and keeps its end', async () => {
    const kv = fresh();
    await kv.set('n', '41', { ttl: 60_000 });
    expect(await kv.increment('n')).toBe(42);
    expect(await kv.ttl('n')).toBeLessThanOrEqual(62_000);
  });

  test('any step, or an ArgumentError for any but 1', async () => {
    const kv = fresh();
    const any = kv.capabilities.incrementSteps === 'any';
    for (const [by, value] of [
      [10, '10'],
      [-13, '-3'],
      [0, '-3'],
    ] as const) {
      expect(await ending(kv.increment('n', by))).toBe(any ? 'done' : 'ARGUMENT');
      expect(await kv.get('n')).toBe(any ? value : null);
    }
  });

  test('a value that is no number is refused and stays', async () => {
    const kv = fresh();
    await kv.set('n', 'many');
    await expect(kv.increment('n')).rejects.toMatchObject({ code: 'REPLY', outcome: 'refused' });
    expect(await kv.get('n')).toBe('many');
  });

  test('nothing is lost when many count at the same time', async () => {
    const kv = fresh();
    const seen = await Promise.all(Array.from({ length: 200 }, () => kv.increment('n')));
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  });
}

function argumentCases({ backend, prefix, fresh }: Start): void {
  const refused = { code: 'ARGUMENT', outcome: 'notSent' };

  test('keys', async () => {
    const kv = fresh();
    for (const key of ['', '\ud800', 1, null, undefined] as string[]) {
      await expect(kv.set(key, 'v')).rejects.toMatchObject(refused);
      await expect(kv.getMany(['a', key])).rejects.toMatchObject(refused);
      await expect(kv.hasMany(['a', key])).rejects.toMatchObject(refused);
      await expect(kv.deleteEach(['a', key])).rejects.toMatchObject(refused);
    }
    await expect(kv.getMany('abc')).rejects.toMatchObject(refused);
    expect(await listed(kv.keys())).toEqual([]);
  });

  test('what the server cannot carry in a key', async () => {
    const kv = fresh();
    for (const character of [' ', '\0', '\n', '*', '\u00ff']) {
      const key = `a${character}b`;
      const allowed = !kv.capabilities.forbiddenInKeys.includes(character);
      expect(await ending(kv.set(key, 'v'))).toBe(allowed ? 'done' : 'ARGUMENT');
      expect(await ending(kv.get(key))).toBe(allowed ? 'done' : 'ARGUMENT');
    }
    expect(await kv.clear('a')).toBe(5 - kv.capabilities.forbiddenInKeys.length);
  });

  test('the longest key, and one byte more', async () => {
    const below = prefix();
    const kv = backend().open(below);
    const { maxKeyBytes } = kv.capabilities;
    const size = Math.min(maxKeyBytes, 1024 * 1024); // Redis would take more
    await kv.set('k'.repeat(size), 'v', { ttl: kv.capabilities.maxTtl });
    expect(await kv.get('k'.repeat(size))).toBe('v');
    const tooLong = kv.set('k'.repeat(size + 1), 'v', { ttl: kv.capabilities.maxTtl });
    expect(await ending(tooLong)).toBe(size < maxKeyBytes ? 'done' : 'ARGUMENT');
  });

  test('times to live', async () => {
    const kv = fresh();
    const tooLong = kv.capabilities.maxTtl * 2;
    for (const ttl of [0, -1, Number.NaN, tooLong, '5'] as number[]) {
      await expect(kv.set('a', 'v', { ttl })).rejects.toMatchObject(refused);
      await expect(kv.setMany({ a: 'v' }, { ttl })).rejects.toMatchObject(refused);
      await expect(kv.expire('a', ttl)).rejects.toMatchObject(refused);
    }
    for (const expiresAt of [Number.NaN, Date.now() + tooLong, '5'] as number[]) {
      await expect(kv.set('a', 'v', { expiresAt })).rejects.toMatchObject(refused);
      await expect(kv.setMany([['a', 'v', { expiresAt }]])).rejects.toMatchObject(refused);
      await expect(kv.expireAt('a', expiresAt)).rejects.toMatchObject(refused);
    }
    await expect(kv.set('a', 'v', { ttl: 5000, expiresAt: Date.now() + 5000 })).rejects.toMatchObject(refused);
    expect(await kv.has('a')).toBe(false);
  });

  test('steps, entries and unknown options', async () => {
    const kv = fresh();
    for (const by of [1.5, Number.NaN, Number.POSITIVE_INFINITY, '1'] as number[]) {
      await expect(kv.increment('a', by)).rejects.toMatchObject(refused);
    }
    await expect(kv.setMany(null as unknown as [])).rejects.toMatchObject(refused);
    await expect(kv.setMany([['a']] as unknown as [string, string][])).rejects.toMatchObject(refused);
    await expect(kv.setMany({ ok: 1, bad: undefined as unknown as string })).rejects.toMatchObject(refused);
    await expect(kv.set('a', 'v', { ex: 1 } as object)).rejects.toMatchObject(refused);
    expect(await listed(kv.keys())).toEqual([]);
    expect(() => backend().open(5 as unknown as string)).toThrow(expect.objectContaining(refused));
  });
}
