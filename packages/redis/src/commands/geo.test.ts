import { Flag, keyPositions } from '@kv/core';
import { describe, expect, test } from 'vitest';
import { geoadd, geodist, geosearch, geosearchstore } from './geo.ts';
import { georadius, georadiusbymember } from './geo-radius.ts';

const palermo = { longitude: 13.361389, latitude: 38.115556, member: 'Palermo' };
const centre = { longitude: 15, latitude: 37 };
const circle = { radius: 200, unit: 'km' } as const;

describe('geoadd', () => {
  test('takes a place in three ways', () => {
    const expected = ['g', '13.361389', '38.115556', 'Palermo'];
    expect(geoadd('g', 13.361389, 38.115556, 'Palermo').args).toEqual(expected);
    expect(geoadd('g', palermo).args).toEqual(expected);
    expect(geoadd('g', [palermo]).args).toEqual(expected);
    expect(geoadd('g', [palermo, palermo], { xx: true, ch: true }).args.slice(0, 4)).toEqual([
      'g',
      'XX',
      'CH',
      '13.361389',
    ]);
  });

  test('refuses what is no place', () => {
    expect(() => geoadd('g', [])).toThrow(/^places: expected at least one/);
    expect(() => geoadd('g', Number.NaN, 1, 'a')).toThrow(/^longitude: expected a number/);
    expect(() => geoadd('g', [{ longitude: 1, member: 'a' }] as never)).toThrow(
      /^places\[0\]\.latitude: expected a number/,
    );
    expect(() => geoadd('g', [null] as never)).toThrow(/^places\[0\]: expected \{ longitude/);
    expect(() => geoadd('g', palermo, { nx: true, xx: true } as never)).toThrow(/^options\.xx: cannot be combined/);
  });

  test('may be repeated only without a condition', () => {
    expect(geoadd('g', palermo).flags).toBe(Flag.idempotent);
    expect(geoadd('g', palermo, { nx: true }).flags).toBe(0);
  });
});

describe('geosearch', () => {
  test('a centre and a shape, in metres by default', () => {
    expect(geosearch('g', centre, { radius: 5 }).args).toEqual(['g', 'FROMLONLAT', '15', '37', 'BYRADIUS', '5', 'm']);
    expect(geosearch('g', { member: 'a' }, { width: 1, height: 2, unit: 'KM' }).args).toEqual([
      'g',
      'FROMMEMBER',
      'a',
      'BYBOX',
      '1',
      '2',
      'km',
    ]);
  });

  test('refuses what does not fit together', () => {
    expect(() => geosearch('g', centre, circle, { asc: true, desc: true } as never)).toThrow(/^options\.desc: cannot/);
    expect(() => geosearch('g', centre, circle, { any: true } as never)).toThrow(
      /^options\.any: only together with count/,
    );
    expect(() => geosearch('g', centre, circle, { count: 0 })).toThrow(/^options\.count: expected at least 1/);
    expect(() => geosearch('g', 'a' as never, circle)).toThrow(/^from: expected/);
    expect(() => geosearch('g', centre, { radius: 1, unit: 'yd' } as never)).toThrow(/^by\.unit: expected one of/);
    expect(() => geodist('g', 'a', 'b', 'yd' as 'm')).toThrow(/^unit: expected one of/);
  });

  test('stored over its source it must not be repeated', () => {
    expect(geosearchstore('d', 'g', centre, circle).flags).toBe(Flag.idempotent);
    expect(geosearchstore('g', 'g', centre, circle).flags).toBe(0);
  });
});

describe('the old commands', () => {
  test('only read, unless they store', () => {
    expect(georadius('g', 15, 37, 200, 'km').flags).toBe(Flag.read);
    expect(georadius('g', 15, 37, 200, 'km', { store: 'd' }).flags).toBe(0);
  });

  test('have a key more when they store', () => {
    const stored = georadiusbymember('g', 'STORE', 200, 'km', { count: 5, storedist: 'd' });
    expect(stored.args).toEqual(['g', 'STORE', '200', 'km', 'COUNT', '5', 'STOREDIST', 'd']);
    expect(keyPositions(stored.spec.keys, stored.args)).toEqual([0, 7]);
  });

  test('store no details', () => {
    const options = { store: 'd', withdist: true } as never;
    expect(() => georadius('g', 15, 37, 200, 'km', options)).toThrow(
      /^options\.withdist: cannot be combined with store/,
    );
    expect(() => georadius('g', 15, 37, 200, 'km', { store: 'd', storedist: 'e' } as never)).toThrow(
      /^options\.storedist/,
    );
  });
});
