import { type AnyCommand, Command, spec } from '@kv/core';
import { expect, test } from 'vitest';
import { get, multiGet, multiSet, ping, scan } from '../commands/index.ts';
import { byFirstKey } from './connection-choice.ts';

const COUNT = 8;
const choose = byFirstKey(COUNT);

const names = Array.from({ length: 200 }, (_, i) => `key ${i}`);

test('keys are spread over all connections', () => {
  expect(new Set(names.map((name) => choose(get(name) as AnyCommand))).size).toBe(COUNT);
});

test('of several keys the first one decides; without a key it is the first connection', () => {
  for (const name of names) {
    const alone = choose(get(name) as AnyCommand);
    expect(choose(multiGet(name, 'other') as AnyCommand)).toBe(alone);
    expect(choose(multiSet(name, 1, 'other', 2) as AnyCommand)).toBe(alone);
  }
  expect(choose(ping() as AnyCommand)).toBe(0);
  expect(choose(scan('key 1', '', 10) as AnyCommand)).toBe(0);
});

test('own commands may say where their keys are', () => {
  const second = spec('own', 0, () => [1]);
  for (const name of names) {
    const own = new Command(second, ['not a key', name], () => undefined) as AnyCommand;
    expect(choose(own)).toBe(choose(get(name) as AnyCommand));
  }
});

test('one connection takes all', () => {
  const one = byFirstKey(1);
  for (const name of names) expect(one(get(name) as AnyCommand)).toBe(0);
});
