import { expect, it } from 'vitest';
import { Command } from './command.ts';

const sent = (name: string, ...args: unknown[]): readonly unknown[] =>
  new Command(name, args, { keyPrefix: 'p:' }).value().args;

it('keys of commands that only newer servers know have the prefix', () => {
  expect(sent('msetex', 2, 'a', 1, 'b', 2, 'EX', 60)).toEqual(['2', 'p:a', '1', 'p:b', '2', 'EX', '60']);
  expect(sent('sunioncard', 2, 'a', 'b', 'LIMIT', 3)).toEqual(['2', 'p:a', 'p:b', 'LIMIT', '3']);
  expect(sent('vadd', 'a', 'VALUES', 1, 2, 'x')).toEqual(['p:a', 'VALUES', '1', '2', 'x']);
  expect(sent('lmovem', 'a', 'b', 'LEFT', 'RIGHT')).toEqual(['p:a', 'p:b', 'LEFT', 'RIGHT']);
  expect(sent('himport', 'SET', 'a', 'fields', 1)).toEqual(['SET', 'p:a', 'fields', '1']);
  expect(sent('himport', 'PREPARE', 'fields', 'a')).toEqual(['PREPARE', 'fields', 'a']);
  expect(sent('msetex', 'many', 'a', 1)).toEqual(['many', 'a', '1']);
});

it('a number of keys that is larger than what follows takes all that is there', () => {
  expect(sent('sunioncard', 1e15, 'a', 'b')).toEqual(['1000000000000000', 'p:a', 'p:b']);
  expect(sent('msetex', 1e9, 'a', 1, 'b')).toEqual(['1000000000', 'p:a', '1', 'p:b']);
  expect([sent('sunioncard'), sent('sunioncard', -1, 'a')]).toEqual([[], ['-1', 'a']]);
});

it('the time of blmovem bounds how long it may take', () => {
  expect(new Command('blmovem', ['a', 'b', 'LEFT', 'RIGHT', 0.5]).value().blockMs).toBe(500);
});
