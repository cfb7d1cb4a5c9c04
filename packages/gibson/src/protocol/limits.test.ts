import { type AnyCommand, isKvError } from '@kv/core';
import { describe, expect, test } from 'vitest';
import { get, lock, mget, mset, ping, set, ttl } from '../commands/index.ts';
import { checkLimits, defaultServerLimits, type ServerLimits } from './limits.ts';

function fits(command: AnyCommand, limits: Partial<ServerLimits> = {}): boolean {
  try {
    checkLimits(command, { ...defaultServerLimits, ...limits });
    return true;
  } catch (error) {
    if (isKvError(error) && error.code === 'ARGUMENT' && !/xx/.test(error.message)) return false;
    throw error;
  }
}

const x = (length: number): string => 'x'.repeat(length);

describe('keys', () => {
  test('stay one byte below the limit of the server', () => {
    expect(fits(get(x(15)), { maxKeySize: 16 })).toBe(true);
    expect(fits(get(x(16)), { maxKeySize: 16 })).toBe(false);
    expect(fits(mget(x(16), { limit: 1 }), { maxKeySize: 16 })).toBe(false);
    expect(fits(lock(x(16), 1), { maxKeySize: 16 })).toBe(false);
    expect(fits(ttl(x(15), 32_767), { maxKeySize: 16 })).toBe(true);
  });

  test('count in bytes, not in characters', () => {
    expect(fits(get('ü'.repeat(7)), { maxKeySize: 16 })).toBe(true);
    expect(fits(get('ü'.repeat(8)), { maxKeySize: 16 })).toBe(false);
  });

  test('share their room with the ttl in SET', () => {
    expect(fits(set(x(14), 'v'), { maxKeySize: 16 })).toBe(true);
    expect(fits(set(x(15), 'v'), { maxKeySize: 16 })).toBe(false);
    expect(fits(set(x(10), 'v', { ttl: 32_767 }), { maxKeySize: 16 })).toBe(true);
    expect(fits(set(x(11), 'v', { ttl: 32_767 }), { maxKeySize: 16 })).toBe(false);
  });

  test('of 500 bytes fit a server without configuration, whatever the ttl', () => {
    expect(fits(set(x(500), 'v', { ttl: 32_767 }))).toBe(true);
    expect(fits(get(x(512)))).toBe(false);
  });
});

test('values may be as long as the limit of the server', () => {
  expect(fits(set('k', x(10)), { maxValueSize: 10 })).toBe(true);
  expect(fits(set('k', x(11)), { maxValueSize: 10 })).toBe(false);
  expect(fits(mset('k', x(10)), { maxValueSize: 10 })).toBe(true);
  expect(fits(mset('k', x(11)), { maxValueSize: 10 })).toBe(false);
});

test('a request may be as long as the limit of the server: opcode, arguments and spaces', () => {
  expect(fits(set('k', x(64 - 2 - 4)), { maxRequestSize: 64 })).toBe(true);
  expect(fits(set('k', x(64 - 2 - 3)), { maxRequestSize: 64 })).toBe(false);
  expect(fits(ping(), { maxRequestSize: 2 })).toBe(true);
});
