import type { Arg } from '@kv/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { command } from '../protocol/command-table.ts';
import { keySlot } from './slot.ts';
import { mergeParts, type SplitPart, splitBySlot } from './split.ts';

/** Keys in few slots, some of them more than once. */
const keys = fc.array(fc.constantFrom('a', 'b', 'c', '{a}1', '{b}1', '{a}2', 'd'), { minLength: 1, maxLength: 12 });

/** A part's reply of a server that has a value for each key. */
const stored = (key: Arg): string => `value of ${String(key)}`;
const reply = ({ args }: SplitPart): string[] => args.map(stored);

describe('a command over many keys', () => {
  it('goes to each slot with the keys of that slot, and its values come back in the order of the call', () => {
    fc.assert(
      fc.property(keys, (list) => {
        const slots = [...new Set(list.map((key) => keySlot(key)))];
        const parts = splitBySlot(command('MGET', ...list));
        expect(parts?.map(({ slot }) => slot)).toEqual(slots.length === 1 ? undefined : slots);
        for (const { slot, args, positions } of parts ?? []) {
          expect(args.map((key) => keySlot(key))).toEqual(args.map(() => slot));
          expect(positions.map((position) => list[position])).toEqual(args);
        }
        const merged = parts === undefined ? list.map(stored) : mergeParts('MGET', parts, parts.map(reply));
        expect(merged).toEqual(list.map(stored));
      }),
    );
  });

  it('keeps values with their keys', () => {
    const parts = splitBySlot(command('MSET', 'a', '1', 'b', '2', '{a}x', '3', 'b', '4'));
    expect(parts).toEqual([
      { slot: keySlot('a'), args: ['a', '1', '{a}x', '3'], positions: [0, 2] },
      { slot: keySlot('b'), args: ['b', '2', 'b', '4'], positions: [1, 3] },
    ]);
    expect(mergeParts('MSET', parts ?? [], ['OK', 'OK'])).toBe('OK');
  });

  it.each(['DEL', 'UNLINK', 'EXISTS', 'TOUCH'])('%s adds the counts', (name) => {
    const parts = splitBySlot(command(name, 'a', 'b', 'b', '{a}x')) ?? [];
    expect(parts.map(({ args }) => args)).toEqual([
      ['a', '{a}x'],
      ['b', 'b'],
    ]);
    expect(mergeParts(name, parts, [1, 2])).toBe(3);
  });

  it('of one slot stays one command, with the order of its keys', () => {
    expect(splitBySlot(command('MGET', '{a}2', 'a', '{a}1'))).toBeUndefined();
    expect(splitBySlot(command('DEL', 'a'))).toBeUndefined();
  });

  it.each<[string, string[]]>([
    ['MSETNX', ['a', '1', 'b', '2']],
    ['PFCOUNT', ['a', 'b']],
    ['SINTER', ['a', 'b']],
    ['RENAME', ['a', 'b']],
    ['ZUNIONSTORE', ['a', '2', 'b', 'c']],
    ['MGET', []],
    ['MSET', ['a', '1', 'b']],
  ])('%s %j is not split', (name, args) => {
    expect(splitBySlot(command(name, ...args))).toBeUndefined();
  });

  it('asks the slot of keys that it is given', () => {
    const parts = splitBySlot(command('EXISTS', 'a', 'b', 'c'), (key) => (key === 'b' ? 1 : 2));
    expect(parts?.map(({ slot, positions }) => [slot, positions])).toEqual([
      [2, [0, 2]],
      [1, [1]],
    ]);
  });

  it.each<[string, unknown[], string]>([
    ['MGET', [['1'], 'OK'], 'expected a list'],
    ['MGET', [['1'], ['2', '3']], 'expected one value per key'],
    ['MGET', [['1'], null], 'expected a list'],
    ['DEL', [1, null], 'expected a number'],
    ['DEL', [1, '1'], 'expected a number'],
  ])('%s with the replies %j is a protocol error', (name, replies, problem) => {
    const parts = splitBySlot(command(name, 'a', 'b')) ?? [];
    const message = `${name}: unexpected reply (${problem})`;
    expect(() => mergeParts(name, parts, replies)).toThrow(expect.objectContaining({ code: 'PROTOCOL', message }));
  });
});
