import type { Command } from '@kv/core';
import { expectTypeOf, test } from 'vitest';
import { geoadd, geopos, geosearch, geosearchstore } from './geo.ts';
import { georadius } from './geo-radius.ts';
import type { GeoMatch, GeoPosition } from './support/geo-places.ts';

const centre = { longitude: 15, latitude: 37 };
const circle = { radius: 200, unit: 'km' } as const;

test('results of geo', () => {
  expectTypeOf(geopos('g', 'a')).toEqualTypeOf<Command<(GeoPosition | null)[], string>>();
  expectTypeOf(geosearch('g', centre, circle)).toEqualTypeOf<Command<string[], string>>();
  expectTypeOf(geosearch('g', centre, circle, { asc: true, count: 5 })).toEqualTypeOf<Command<string[], string>>();
  expectTypeOf(geosearch('g', centre, circle, { withdist: true })).toEqualTypeOf<Command<GeoMatch<string>[], string>>();
  expectTypeOf(geosearch<Uint8Array>('g', centre, circle, { withcoord: true })).toEqualTypeOf<
    Command<GeoMatch<Uint8Array>[], Uint8Array>
  >();
  expectTypeOf(georadius('g', 15, 37, 200, 'km', { store: 'd' })).toEqualTypeOf<Command<number, string>>();
});

test('what does not compile', () => {
  // @ts-expect-error new ones or old ones
  geoadd('g', { ...centre, member: 'a' }, { nx: true, xx: true });
  // @ts-expect-error one order
  geosearch('g', centre, circle, { asc: true, desc: true });
  // @ts-expect-error any of how many
  geosearch('g', centre, circle, { any: true });
  // @ts-expect-error a circle or a box
  geosearch('g', centre, { radius: 1, width: 1, height: 1 });
  // @ts-expect-error a box has a height
  geosearch('g', centre, { width: 1 });
  // @ts-expect-error what is stored is not told
  geosearchstore('d', 'g', centre, circle, { withdist: true });
  // @ts-expect-error what is stored is not told
  georadius('g', 15, 37, 200, 'km', { store: 'd', withdist: true });
  // @ts-expect-error places or distances
  georadius('g', 15, 37, 200, 'km', { store: 'd', storedist: 'e' });
});
