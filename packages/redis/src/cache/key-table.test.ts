import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NONE } from './index-chains.ts';
import { hashOf } from './key-hash.ts';
import { KeyTable } from './key-table.ts';

describe('the hash of a key', () => {
  test('is the same each time, another one for most other keys, and never 0', () => {
    const keys = Array.from({ length: 10_000 }, (_, i) => `user:${i}`);
    const hashes = keys.map(hashOf);
    expect(keys.map(hashOf)).toEqual(hashes);
    expect(new Set(hashes).size).toBeGreaterThan(9_900);
    expect(hashes).not.toContain(0);
    expect([hashOf(''), hashOf(''), hashOf('a'), hashOf('a')].every((hash) => hash !== 0)).toBe(true);
    expect(hashOf('')).not.toBe(hashOf('a'));
  });

  test('tells keys apart whose letters are chosen so that a known factor makes their hashes the same', () => {
    const letters = (n: number): string =>
      n.toString(2).padStart(16, '0').replace(/0/g, '\u47DC').replace(/1/g, '\uE913');
    const keys = Array.from({ length: 4096 }, (_, n) => `page:${letters(n * 16)}`);
    expect(new Set(keys.map(hashOf)).size).toBeGreaterThan(4000);
  });

  test('spreads keys that differ in one letter over all places', () => {
    const places = new Set(Array.from({ length: 4096 }, (_, i) => hashOf(String.fromCharCode(i)) & 4095));
    expect(places.size).toBeGreaterThan(2300); // 63 % by chance
  });
});

describe('a table of keys', () => {
  test('doubles when it is three quarters full, and shrinks when few are left', () => {
    const table = new KeyTable();
    const keys = Array.from({ length: 1000 }, (_, i) => `k${i}`);
    for (const [i, key] of keys.entries()) table.add(hashOf(key), i);
    expect([table.size, table.bytes]).toEqual([1000, 2048 * 8]);
    for (const [i, key] of keys.entries()) if (i % 100 !== 0) table.delete(hashOf(key), i);
    expect([table.size, table.bytes]).toEqual([10, 64 * 8]);
    for (let i = 0; i < 1000; i += 100) expect(table.get(`k${i}`, hashOf(`k${i}`), keys)).toBe(i);
    table.clear();
    expect(table.get('k0', hashOf('k0'), keys)).toBe(NONE);
  });

  test('finds after any order of steps what a Map would, also when all keys have few hashes', () => {
    const step = fc.record({ does: fc.constantFrom('add', 'add', 'delete', 'replace'), key: fc.nat({ max: 60 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), fc.constantFrom(1, 3, 1000), (steps, hashes) => {
        const hash = (key: number): number => (key % hashes) + 1;
        const table = new KeyTable();
        const model = new Map<number, number>();
        const keys: string[] = [];
        for (const { does, key } of steps) {
          const index = model.get(key);
          if (does === 'add' && index === undefined) {
            table.add(hash(key), keys.length);
            model.set(key, keys.length);
            keys.push(`${key}`);
          } else if (does === 'delete' && index !== undefined) {
            table.delete(hash(key), index);
            model.delete(key);
          } else if (does === 'replace' && index !== undefined) {
            table.replace(hash(key), index, keys.length);
            model.set(key, keys.length);
            keys.push(`${key}`);
          }
        }
        expect(table.size).toBe(model.size);
        for (let key = 0; key <= 60; key++) expect(table.get(`${key}`, hash(key), keys)).toBe(model.get(key) ?? NONE);
      }),
    );
  });
});
