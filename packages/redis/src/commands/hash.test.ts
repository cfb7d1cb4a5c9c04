import { Flag } from '@kv/core';
import { describe, expect, it } from 'vitest';
import { hdel, hexpire, hgetall, hmget, hrandfield, hscan, hset, hsetnx, httl } from './index.ts';

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('fields', () => {
  it('come in every form of a list', () => {
    expect(hmget('h', 'a', ['b', 1]).args).toEqual(['h', 'a', 'b', '1']);
    expect(hset('h', { a: 1, b: 'x' }).args).toEqual(['h', 'a', '1', 'b', 'x']);
    expect(hset('h', 'a', 1, 'b', 'x').args).toEqual(['h', 'a', '1', 'b', 'x']);
    expect(hset('h', [[new Uint8Array([255]), 1]]).args).toEqual(['h', new Uint8Array([255]), '1']);
  });

  it('may not be missing', () => {
    expect(() => hdel('h')).toThrow('fields: expected at least one, got none');
    expect(() => hset('h', {})).toThrow('entries: expected at least one pair');
    expect(() => hset('h', 'f', 1, 'g')).toThrow('entries: the last name has no value');
    expect(() => hexpire('h', 5, [])).toThrow('fields: expected at least one, got none');
    expect(() => httl('h')).toThrow('fields: expected at least one, got none');
  });

  it('are text in bytes mode, values are not', () => {
    const raw = new Map([[bytes('f'), bytes('v')]]);
    expect(Object.entries(hgetall('h').reply(raw, hgetall('h')))).toEqual([['f', bytes('v')]]);
    const pair = hrandfield('h', 1, { withvalues: true });
    expect(pair.reply([[bytes('f'), bytes('v')]], pair)).toEqual([{ field: 'f', value: bytes('v') }]);
    const page = hscan('h', 0);
    expect(page.reply([bytes('7'), [bytes('f'), bytes('v')]], page)).toEqual({
      cursor: '7',
      entries: [{ field: 'f', value: bytes('v') }],
    });
  });
});

describe('times of fields', () => {
  it('count the fields', () => {
    expect(hexpire('h', 5, ['a', 'b'], { xx: true }).args).toEqual(['h', '5', 'XX', 'FIELDS', '2', 'a', 'b']);
    expect(httl('h', 'a', ['b']).args).toEqual(['h', 'FIELDS', '2', 'a', 'b']);
    expect(() => hexpire('h', -1, 'a')).toThrow('seconds: expected at least 0');
    expect(() => hexpire('h', 5, 'a', { nx: true, xx: true } as never)).toThrow('options.xx: cannot be combined');
  });
});

it('HRANDFIELD takes options with a count only', () => {
  expect(() => hrandfield('h', undefined as never, { withvalues: true })).toThrow('options: only together with count');
});

it('HSET leaves the same state when repeated, HSETNX tells something else', () => {
  expect([hset('h', 'f', 1).flags, hsetnx('h', 'f', 1).flags]).toEqual([Flag.idempotent, 0]);
});
