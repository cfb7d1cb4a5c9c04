import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Entries } from './entries.ts';
import { Fetch, type ReplySource } from './fetch.ts';
import { NONE } from './index-chains.ts';

const source = {} as ReplySource;

/** The slot of a key, as far as it matters here. */
function slotOf(key: string): number {
  return key.charCodeAt(1) % 5;
}

function begin(entries: Entries, key: string, name = 'GET', slot = -1): Fetch {
  const fetch = new Fetch(slot, key, name, null, false);
  entries.begin(fetch);
  return fetch;
}

function put(entries: Entries, key: string, value: unknown, name = 'GET', slot = -1): Fetch {
  const fetch = begin(entries, key, name, slot);
  entries.store(fetch, value, source, 0, Number.POSITIVE_INFINITY);
  return fetch;
}

function find(entries: Entries, key: string, name = 'GET'): number {
  return entries.find(key, name, null, false);
}

/** The reply that is stored. */
function storedValue(entries: Entries, key: string, name = 'GET'): unknown {
  const index = find(entries, key, name);
  return index === NONE ? undefined : entries.rawAt(index);
}

describe('room', () => {
  test('what was used least recently goes first, and the bytes stay below the bound [#201]', () => {
    const entries = new Entries(32_000, false);
    for (let i = 0; i < 200; i++) {
      put(entries, `k${i}`, 'v'.repeat(100));
      const first = find(entries, 'k0');
      if (first !== NONE) entries.touch(first);
      expect(entries.bytes).toBeLessThanOrEqual(32_000);
    }
    const found = ['k0', 'k1', 'k199'].map((key) => find(entries, key) !== NONE);
    expect(found).toEqual([true, false, true]);
    expect(entries.evicted).toBe(200 - entries.stored);
  });

  test('a reply that takes more than a sixteenth of the room is not kept [#201]', () => {
    const entries = new Entries(16_000, false);
    put(entries, 'small', 'v'.repeat(500));
    put(entries, 'large', 'v'.repeat(1000));
    expect(['small', 'large'].map((key) => find(entries, key) !== NONE)).toEqual([true, false]);
    expect(entries.evicted).toBe(0);
  });
});

describe('keys', () => {
  test('all entries of a key go together, those of other keys stay', () => {
    const entries = new Entries(1 << 20, false);
    for (const name of ['GET', 'STRLEN', 'GETRANGE']) put(entries, 'a', name, name);
    put(entries, 'b', 'x');
    expect(entries.dropKey('a')).toBe(3);
    expect(find(entries, 'a', 'STRLEN')).toBe(NONE);
    expect([storedValue(entries, 'b'), entries.stored]).toEqual(['x', 1]);
  });

  test('keys of bytes that look alike as text are told apart by their arguments', () => {
    const entries = new Entries(1 << 20, false);
    const [one, two] = [0xff, 0xfe].map((byte) => {
      const fetch = new Fetch(-1, '\ufffd', 'GET', [Uint8Array.of(byte)], false);
      entries.begin(fetch);
      return fetch;
    });
    expect(entries.find('\ufffd', 'GET', [Uint8Array.of(0xff)], false)).toBe(one?.index);
    expect(entries.find('\ufffd', 'GET', [Uint8Array.of(0xfe)], false)).toBe(two?.index);
    expect(entries.find('\ufffd', 'GET', null, false)).toBe(NONE);
  });

  test('a slot is dropped without the others [#203]', () => {
    const entries = new Entries(1 << 20, true);
    put(entries, 'foo', '1', 'GET', 12_182);
    put(entries, 'bar', '2', 'GET', 5061);
    expect(entries.dropSlot(12_182)).toBe(1);
    expect([storedValue(entries, 'foo'), storedValue(entries, 'bar')]).toEqual([undefined, '2']);
  });

  test('many slots take no more room than one, and what is dropped takes none [#201]', () => {
    const entries = new Entries(100_000, true);
    for (let i = 0; i < 20_000; i++) {
      put(entries, `k${i}`, 'v', 'GET', i % 16_384);
      if (i % 100 === 0) expect(storedValue(entries, `k${i}`)).toBe('v');
    }
    expect(entries.bytes).toBeLessThanOrEqual(100_000);
    expect(entries.stored).toBeGreaterThan(300);
    entries.dropSlots(() => true);
    expect([entries.stored, entries.bytes]).toEqual([0, 8]);
  });

  test('what came on an earlier connection does not outlive the first reply of a new one [#202]', () => {
    const entries = new Entries(1 << 20, false);
    put(entries, 'a', 'old');
    const fetch = begin(entries, 'b');
    const waiting = begin(entries, 'c');
    entries.store(fetch, 'new', {} as ReplySource, 0, 1);
    expect([storedValue(entries, 'a'), storedValue(entries, 'b')]).toEqual([undefined, 'new']);
    expect(waiting.pending).toBe(true);
  });
});

describe('as a model of it would be', () => {
  const key = fc.integer({ min: 0, max: 11 }).map((n) => `k${n}`);
  const name = fc.constantFrom('GET', 'STRLEN', 'GETRANGE');
  const step = fc.oneof(
    fc.record({ do: fc.constant('put' as const), key, name, size: fc.integer({ min: 0, max: 300 }) }),
    fc.record({ do: fc.constant('begin' as const), key, name }),
    fc.record({ do: fc.constant('use' as const), key, name }),
    fc.record({ do: fc.constant('drop' as const), key, name }),
    fc.record({ do: fc.constant('dropKey' as const), key }),
    fc.record({ do: fc.constant('dropAll' as const) }),
  );

  interface Kept {
    readonly key: string;
    readonly name: string;
    readonly value: string;
  }

  test('any order of steps leaves the same replies in the same order of use, within the same room', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), fc.boolean(), (steps, bySlot) => {
        const room = 6000;
        const entries = new Entries(room, bySlot);
        const waiting = new Set<Fetch>();
        let model: Kept[] = []; // the oldest first
        for (const one of steps) {
          const found = 'name' in one ? find(entries, one.key, one.name) : NONE;
          const isSame = (kept: Kept): boolean => 'name' in one && kept.key === one.key && kept.name === one.name;
          const slot = bySlot && 'key' in one ? slotOf(one.key) : -1;
          if (one.do === 'put') {
            if (found !== NONE) entries.drop(found);
            const value = 'x'.repeat(one.size);
            model = model.filter((kept) => !isSame(kept));
            const { kept } = put(entries, one.key, value, one.name, slot);
            if (kept) model.push({ key: one.key, name: one.name, value });
          } else if (one.do === 'begin' && found === NONE) waiting.add(begin(entries, one.key, one.name, slot));
          else if (one.do === 'use' && found !== NONE && entries.fetchAt(found) === undefined) {
            entries.touch(found);
            model = [...model.filter((kept) => !isSame(kept)), ...model.filter(isSame)];
          } else if (one.do === 'drop' && found !== NONE) {
            entries.drop(found);
            model = model.filter((kept) => !isSame(kept));
          } else if (one.do === 'dropKey') {
            entries.dropKey(one.key);
            model = model.filter(({ key }) => key !== one.key);
          } else if (one.do === 'dropAll') {
            entries.dropSlots(() => true);
            model = [];
          }
          model = model.slice(model.length - entries.stored); // only the oldest may have gone
          for (const { key, name, value } of model) expect(storedValue(entries, key, name)).toBe(value);
          for (const fetch of waiting) {
            if (!fetch.pending) waiting.delete(fetch);
            else
              expect([find(entries, fetch.key, fetch.name), entries.fetchAt(fetch.index)]).toEqual([
                fetch.index,
                fetch,
              ]);
          }
          expect(entries.bytes).toBeLessThanOrEqual(Math.max(room, entries.tableBytes));
        }
      }),
    );
  });

  test('rows are moved together when replies become so large that fewer have room [#201]', () => {
    const entries = new Entries(200_000, false);
    for (let i = 0; i < 3000; i++) put(entries, `small${i}`, 'v');
    const waiting = begin(entries, 'waiting');
    const before = entries.tableBytes;
    for (let i = 0; i < 300; i++) put(entries, `large${i}`, 'v'.repeat(5000));
    expect(entries.tableBytes).toBeLessThan(before / 4);
    expect(entries.bytes).toBeLessThanOrEqual(200_000);
    for (let i = 270; i < 300; i++) expect(storedValue(entries, `large${i}`)).toBe('v'.repeat(5000));
    expect(entries.fetchAt(find(entries, 'waiting'))).toBe(waiting);
    expect(entries.store(waiting, 'at last', source, 0, 1)).toBe(true);
    expect(storedValue(entries, 'waiting')).toBe('at last');
  });
});
