import { Flag, isKvError } from '@kv/core';
import { opcodes } from '@kv/gibson-parser';
import { describe, expect, test } from 'vitest';
import { rawCommand } from './raw.ts';

function refused(name: string, ...args: unknown[]): boolean {
  try {
    rawCommand(name, args);
    return false;
  } catch (error) {
    if (isKvError(error) && error.code === 'ARGUMENT' && !error.message.includes('secret')) return true;
    throw error;
  }
}

const sample: Record<string, readonly unknown[]> = {
  SET: ['60', 'k', 'v'],
  TTL: ['k', 60],
  GET: ['k'],
  DEL: ['k'],
  INC: ['k'],
  DEC: ['k'],
  LOCK: ['k', -1],
  UNLOCK: ['k'],
  MSET: ['p', 'v'],
  MTTL: ['p', '0'],
  MGET: ['p'],
  MDEL: ['p'],
  MINC: ['p'],
  MDEC: ['p'],
  MLOCK: ['p', 5n],
  MUNLOCK: ['p'],
  COUNT: ['p'],
  KEYS: ['p'],
  META: ['k', 'size'],
  STATS: [],
  PING: [],
  END: [],
};

test('every opcode has a raw command', () => {
  expect(Object.keys(sample).sort()).toEqual(Object.keys(opcodes).sort());
});

describe.each(Object.entries(sample))('%s', (name, args) => {
  test('takes its arguments in wire order, in any case of the name', () => {
    const command = rawCommand(name.toLowerCase(), args);
    expect(command.spec.name).toBe(name);
    expect(command.args).toEqual(args.map(String));
  });

  test('takes no argument less and none more', () => {
    expect(refused(name, ...args, 'x', 'x')).toBe(true);
    expect(args.length === 0 || refused(name, ...args.slice(0, -1))).toBe(true);
  });

  test('refuses a bad key', () => {
    const place = args.findIndex((arg) => arg === 'k' || arg === 'p');
    // an empty prefix may get a key prefix before it, and is refused when it is sent without
    for (const bad of [...(args[place] === 'p' ? [] : ['']), 'secret key', 'secret\0', '\ud800', undefined, {}]) {
      expect(place < 0 || refused(name, ...args.with(place, bad))).toBe(true);
    }
  });
});

test('MGET takes a limit', () => {
  expect(rawCommand('MGET', ['p', 10]).args).toEqual(['p', '10']);
  expect(refused('MGET', 'p', 0)).toBe(true);
  expect(refused('MGET', 'p', '')).toBe(true);
});

test.each([
  ['SET', [32_768, 'k', 'v']],
  ['SET', [0, 'k', '']],
  ['SET', ['', 'k', 'v']],
  ['MSET', ['p', '']],
  ['TTL', ['k', '0abc']],
  ['MTTL', ['p', -1]],
  ['LOCK', ['k', 0]],
  ['LOCK', ['k', '9999999999999999999']],
  ['MLOCK', ['p', '1.5']],
  ['MGET', ['p', '9999999999999999999']],
  ['META', ['k', 'si']],
  ['PING', ['payload']],
  ['NOPE', ['secret']],
  ['constructor', []],
  ['', []],
])('%s refuses %j', (name, args) => {
  expect(refused(name, ...args)).toBe(true);
});

test('META takes its field as bytes too', () => {
  expect(rawCommand('META', ['k', Buffer.from('ttl')]).args).toEqual(['k', 'ttl']);
});

test('flags say what may be repeated, and END closes', () => {
  const flagged = (flag: number): string[] =>
    Object.keys(sample).filter((name) => (rawCommand(name, sample[name] ?? []).flags & flag) !== 0);
  expect(flagged(Flag.read).sort()).toEqual(['COUNT', 'GET', 'KEYS', 'META', 'MGET', 'PING', 'STATS']);
  expect(flagged(Flag.idempotent).sort()).toEqual(['DEL', 'MDEL', 'MSET', 'MTTL', 'MUNLOCK', 'SET', 'TTL', 'UNLOCK']);
  expect(flagged(Flag.quit)).toEqual(['END']);
});
