import { type AnyCommand, ArgumentError, Flag, keyPositions } from '@kv/core';
import { describe, expect, it } from 'vitest';
import { copy, del, dump, expire, migrate, objectEncoding, restore, scan, sort, sortRo, unlink } from './index.ts';

function keys({ spec, args }: AnyCommand): unknown[] {
  return keyPositions(spec.keys, args).map((at) => args[at]);
}

describe('keys', () => {
  it('stand where the command says', () => {
    expect(keys(del('a', ['b', 'c']))).toEqual(['a', 'b', 'c']);
    expect(keys(copy('a', 'b', { replace: true }))).toEqual(['a', 'b']);
    expect(keys(objectEncoding('a'))).toEqual(['a']);
    expect(keys(scan(0, { match: 'a' }))).toEqual([]);
    expect(keys(sort('a', { by: 'store', get: 'b', store: 'c' }))).toEqual(['a', 'c']);
    expect(keys(sortRo('a', { get: ['#', 'x'] }))).toEqual(['a']);
    expect(keys(migrate('h', 1, 'a', 0, 5))).toEqual(['a']);
    expect(keys(migrate('h', 1, ['a', 'b'], 0, 5, { auth: 'KEYS' }))).toEqual(['a', 'b']);
  });
});

describe('time to live', () => {
  it('may have one condition', () => {
    expect(expire('k', 10, { gt: true }).args).toEqual(['k', '10', 'GT']);
    expect(expire('k', 10, { gt: undefined }).args).toEqual(['k', '10']);
    expect(() => expire('k', 10, { gt: true, lt: true } as never)).toThrow('options.lt: cannot be combined with gt');
    expect(() => expire('k', 1.5)).toThrow('seconds: expected a whole number');
    expect(() => expire('k', 10, 'NX' as never)).toThrow(ArgumentError);
  });

  it('leaves the same state when repeated, unless there is a condition', () => {
    expect([expire('k', 1).flags, expire('k', 1, { nx: true }).flags]).toEqual([Flag.idempotent, 0]);
    expect([del('a').flags, unlink('a').flags]).toEqual([Flag.idempotent, Flag.idempotent]);
    expect([copy('a', 'b').flags, copy('a', 'b', { replace: true }).flags]).toEqual([0, Flag.idempotent]);
  });
});

describe('DUMP and RESTORE', () => {
  it('are about bytes, whatever the client is set to', () => {
    const payload = new Uint8Array([0, 255, 10]);
    expect(dump('k').bytes).toBe(true);
    expect(dump('k').reply(payload, dump('k'))).toBe(payload);
    const command = restore('k', 5, payload, { replace: true, absttl: true, freq: 7 });
    expect(command.args).toEqual(['k', '5', payload, 'REPLACE', 'ABSTTL', 'FREQ', '7']);
    expect(() => restore('k', -1, payload)).toThrow('ttl: expected at least 0');
    expect(() => restore('k', 0, payload, { freq: 1, idletime: 1 } as never)).toThrow('options.freq');
  });
});

describe('MIGRATE', () => {
  it('names several keys behind KEYS, and an empty one too', () => {
    expect(migrate('h', 1, ['a', 'b'], 0, 5).args).toEqual(['h', '1', '', '0', '5', 'KEYS', 'a', 'b']);
    expect(migrate('h', 1, '', 0, 5).args).toEqual(['h', '1', '', '0', '5', 'KEYS', '']);
  });

  it('takes a password, or user and password', () => {
    const login = { username: 'u', password: 'p' };
    expect(migrate('h', 1, 'a', 0, 5, { auth2: login }).args.slice(5)).toEqual(['AUTH2', 'u', 'p']);
    expect(migrate('h', 1, 'a', 0, 5, { copy: true, replace: true, auth: 'p' }).args.slice(5)).toEqual([
      'COPY',
      'REPLACE',
      'AUTH',
      'p',
    ]);
    expect(() => migrate('h', 70000, 'a', 0, 5)).toThrow('port: expected 1 to 65535');
    expect(() => migrate('h', 1, [], 0, 5)).toThrow('keys: expected at least one');
  });
});

describe('SORT', () => {
  it('writes every option', () => {
    const all = sort('k', {
      by: 'w_*',
      limit: { offset: 1, count: 2 },
      get: ['#', 'o_*'],
      desc: true,
      alpha: true,
      store: 'd',
    });
    expect(all.args.join(' ')).toBe('k BY w_* GET # GET o_* DESC LIMIT 1 2 ALPHA STORE d');
    expect(() => sort('k', { asc: true, desc: true } as never)).toThrow('options.desc: cannot be combined with asc');
    expect(() => sortRo('k', { store: 'd' } as never)).toThrow('options.store: unknown option');
  });
});
