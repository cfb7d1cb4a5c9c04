import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Trie } from './trie.ts';

test('lists siblings by first insertion, also after removal, and shorter keys first', () => {
  const trie = new Trie<number>();
  for (const [index, key] of ['mb', 'ma', 'mab', 'm', 'z'].entries()) trie.set(key, index);
  trie.delete('mb');
  trie.set('mb', 9);
  expect(trie.search('m').map(({ key }) => key)).toEqual(['m', 'mb', 'ma', 'mab']);
  expect(trie.search('', 2)).toEqual([
    { key: 'm', value: 3 },
    { key: 'mb', value: 9 },
  ]);
});

test('finds what a plain map finds', () => {
  const key = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 5 });
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.boolean())), key, (changes, prefix) => {
      const trie = new Trie<number>();
      const model = new Map<string, number>();
      for (const [index, [name, keep]] of changes.entries()) {
        if (keep) {
          trie.set(name, index);
          model.set(name, index);
        } else if (trie.delete(name) !== model.delete(name)) throw new Error(`delete ${name}`);
      }
      const found = new Map(trie.search(prefix).map((entry) => [entry.key, entry.value]));
      expect(found).toEqual(new Map([...model].filter(([name]) => name.startsWith(prefix))));
      expect(trie.size).toBe(model.size);
    }),
  );
});
