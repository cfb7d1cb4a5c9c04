import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Entries } from './entries.ts';
import type { Entry, ReplySource } from './entry.ts';

const source = {} as ReplySource;

function begin(entries: Entries, key: string, name = 'GET'): Entry {
  return entries.add(entries.groupOf(key), key, name, null, false);
}

function put(entries: Entries, key: string, value: unknown, name = 'GET'): Entry {
  const entry = begin(entries, key, name);
  entries.store(entry, value, source, 0, Number.POSITIVE_INFINITY);
  return entry;
}

function find(entries: Entries, key: string, name = 'GET'): Entry | undefined {
  return entries.find(entries.groupOf(key), key, name, null, false);
}

describe('room', () => {
  test('what was used least recently goes first, and the bytes stay below the bound [#201]', () => {
    const entries = new Entries(32_000, false);
    for (let i = 0; i < 200; i++) {
      put(entries, `k${i}`, 'v'.repeat(100));
      const first = find(entries, 'k0');
      if (first !== undefined) entries.touch(first);
      expect(entries.bytes).toBeLessThanOrEqual(32_000);
    }
    expect(find(entries, 'k0')).toBeDefined();
    expect(find(entries, 'k1')).toBeUndefined();
    expect(find(entries, 'k199')).toBeDefined();
    expect(entries.evicted).toBe(200 - entries.stored);
  });

  test('a reply that takes more than a sixteenth of the room is not kept [#201]', () => {
    const entries = new Entries(16_000, false);
    put(entries, 'small', 'v'.repeat(500));
    put(entries, 'large', 'v'.repeat(1000));
    expect(find(entries, 'small')).toBeDefined();
    expect(find(entries, 'large')).toBeUndefined();
    expect(entries.evicted).toBe(0);
  });
});

describe('keys', () => {
  test('all entries of a key go together, those of other keys stay', () => {
    const entries = new Entries(1 << 20, false);
    for (const name of ['GET', 'STRLEN', 'GETRANGE']) put(entries, 'a', name, name);
    put(entries, 'b', 'x');
    expect(entries.dropKey(entries.groupOf('a'), 'a')).toBe(3);
    expect(find(entries, 'a', 'STRLEN')).toBeUndefined();
    expect([find(entries, 'b')?.raw, entries.stored]).toEqual(['x', 1]);
  });

  test('keys of bytes that look alike as text are told apart by their arguments', () => {
    const entries = new Entries(1 << 20, false);
    const keys = [Uint8Array.of(0xff), Uint8Array.of(0xfe)];
    const stored = keys.map((key) => entries.add(entries.groupOf(key), '\ufffd', 'GET', [key], false));
    const group = entries.groupOf('x');
    expect(entries.find(group, '\ufffd', 'GET', [Uint8Array.of(0xff)], false)).toBe(stored[0]);
    expect(entries.find(group, '\ufffd', 'GET', [Uint8Array.of(0xfe)], false)).toBe(stored[1]);
    expect(entries.find(group, '\ufffd', 'GET', null, false)).toBeUndefined();
  });

  test('a slot is dropped without the others [#203]', () => {
    const entries = new Entries(1 << 20, true);
    put(entries, 'foo', '1');
    put(entries, 'bar', '2');
    expect(entries.dropSlot(12_182)).toBe(1); // of foo
    expect([find(entries, 'foo'), find(entries, 'bar')?.raw]).toEqual([undefined, '2']);
  });

  test('slots without keys take no room: a small one keeps the newest of many slots [#201]', () => {
    const entries = new Entries(100_000, true);
    for (let i = 0; i < 20_000; i++) {
      put(entries, `k${i}`, 'v');
      if (i % 100 === 0) expect(find(entries, `k${i}`)?.raw).toBe('v');
    }
    expect(entries.bytes).toBeLessThanOrEqual(100_000);
    expect(entries.stored).toBeGreaterThan(100);
    entries.dropGroups(() => true);
    expect([entries.stored, entries.bytes]).toEqual([0, 0]);
  });

  test('what came on an earlier connection does not outlive the first reply of a new one [#202]', () => {
    const entries = new Entries(1 << 20, false);
    put(entries, 'a', 'old');
    const entry = begin(entries, 'b');
    entries.store(entry, 'new', {} as ReplySource, 0, 1);
    expect([find(entries, 'a'), find(entries, 'b')?.raw]).toEqual([undefined, 'new']);
  });
});

describe('as a model of it would be', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const name = fc.constantFrom('GET', 'STRLEN');
  const step = fc.oneof(
    fc.record({ do: fc.constant('put' as const), key, name, size: fc.integer({ min: 0, max: 400 }) }),
    fc.record({ do: fc.constant('begin' as const), key, name }),
    fc.record({ do: fc.constant('use' as const), key, name }),
    fc.record({ do: fc.constant('drop' as const), key, name }),
    fc.record({ do: fc.constant('dropKey' as const), key }),
    fc.record({ do: fc.constant('dropAll' as const) }),
  );

  test('any order of steps leaves the same replies in the same order of use, and their bytes add up', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.boolean(), (steps, bySlot) => {
        const room = 3000;
        const entries = new Entries(room, bySlot);
        let model: Entry[] = []; // the oldest first
        for (const one of steps) {
          const found = 'name' in one ? find(entries, one.key, one.name) : undefined;
          if (one.do === 'put') {
            if (found !== undefined) entries.drop(found);
            model = model.filter((entry) => entry !== found);
            const entry = put(entries, one.key, 'x'.repeat(one.size), one.name);
            if (!entry.gone || entry.size > 0) model.push(entry);
          } else if (one.do === 'begin' && found === undefined) begin(entries, one.key, one.name);
          else if (one.do === 'use' && found?.pending === false) {
            entries.touch(found);
            model = [...model.filter((entry) => entry !== found), found];
          } else if (one.do === 'drop' && found !== undefined) {
            entries.drop(found);
            model = model.filter((entry) => entry !== found);
          } else if (one.do === 'dropKey') {
            entries.dropKey(entries.groupOf(one.key), one.key);
            model = model.filter((entry) => entry.key !== one.key);
          } else if (one.do === 'dropAll') {
            entries.dropGroups(() => true);
            model = [];
          }
          const evicted = model.findIndex(({ gone }) => !gone);
          model = evicted < 0 ? [] : model.slice(evicted); // only the oldest
          expect(entries.bytes).toBeLessThanOrEqual(room + entries.tableBytes);
          expect(entries.bytes - entries.tableBytes).toBe(sum(model));
          expect(entries.stored).toBe(model.length);
          for (const entry of model) expect(find(entries, entry.key, entry.name)).toBe(entry);
        }
      }),
    );
  });

  function sum(model: readonly Entry[]): number {
    return model.reduce((bytes, { size }) => bytes + size, 0);
  }
});
