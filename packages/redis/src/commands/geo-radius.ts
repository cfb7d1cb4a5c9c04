/** Geo: the older commands for searches in a circle, which GEOSEARCH replaces. */
import { type Arg, ArgumentError, Command, type Data, Flag, float, read, toArg, write } from '@kv/core';
import { georadiusByMemberKeys, georadiusKeys } from '../protocol/key-specs.ts';
import type { GeosearchOptions } from './geo.ts';
import { checkOptions, chosen, isSet } from './support/arguments.ts';
import {
  addDetails,
  addPosition,
  addSelection,
  DETAIL_NAMES,
  GEOSEARCH_OPTIONS,
  type GeoMatch,
  type GeoSelection,
  type GeoUnit,
  geoUnit,
  type NoGeoDetails,
} from './support/geo-places.ts';
import { whole } from './support/replies.ts';

const GEORADIUS = write('GEORADIUS', georadiusKeys);
const GEORADIUSBYMEMBER = write('GEORADIUSBYMEMBER', georadiusByMemberKeys);
const GEORADIUSBYMEMBER_RO = read('GEORADIUSBYMEMBER_RO');
const GEORADIUS_RO = read('GEORADIUS_RO');

/** Where {@link georadius} stores what it finds: places, or distances from the centre as scores. Then it tells only how many. */
export type GeoradiusStore = GeoSelection &
  NoGeoDetails &
  ({ readonly store: Data; readonly storedist?: undefined } | { readonly storedist: Data; readonly store?: undefined });

/** Options of {@link georadius} and {@link georadiusbymember} that store nothing. */
export type GeoradiusFind = GeosearchOptions & { readonly store?: undefined; readonly storedist?: undefined };

/** Options of {@link georadius} and {@link georadiusbymember}. */
export type GeoradiusOptions = GeoradiusFind | GeoradiusStore;

const GEORADIUS_OPTIONS = new Set([...GEOSEARCH_OPTIONS, 'store', 'storedist']);

/** Details, selection and storing. Returns the transform that fits. */
function addGeoradius<V>(args: Arg[], options: GeoradiusOptions): (raw: unknown) => V[] | GeoMatch<V>[] | number {
  checkOptions(options, GEORADIUS_OPTIONS);
  const store = chosen(options, ['store', 'storedist']);
  const detail = DETAIL_NAMES.find((name) => isSet((options as Record<string, unknown>)[name]));
  if (store !== undefined && detail !== undefined) {
    throw new ArgumentError(`options.${detail}: cannot be combined with ${store}`);
  }
  const found = addDetails<V>(args, options);
  addSelection(args, options);
  if (store === undefined) return found;
  args.push(store.toUpperCase(), toArg(options[store] as Data, `options.${store}`));
  return whole;
}

/** Whether anything is stored: without that the old commands only read. */
function georadiusFlags(options: GeoradiusOptions): number {
  return options.store === undefined && options.storedist === undefined ? Flag.read : 0;
}

function addCircle(args: Arg[], radius: number, unit: GeoUnit): void {
  args.push(float(radius, 'radius'), geoUnit(unit, 'unit'));
}

/**
 * The members inside a circle, or with `store` or `storedist` how many were stored.
 *
 * @throws ArgumentError when two options exclude each other
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @deprecated use {@link geosearch} or {@link geosearchstore}
 * @since 3.2.0
 * @see https://redis.io/commands/georadius/
 */
export function georadius<V = string>(
  key: Data,
  longitude: number,
  latitude: number,
  radius: number,
  unit: GeoUnit,
  options: GeoradiusStore,
): Command<number, V>;
export function georadius<V = string>(
  key: Data,
  longitude: number,
  latitude: number,
  radius: number,
  unit: GeoUnit,
  options?: GeoradiusFind,
): Command<V[] | GeoMatch<V>[], V>;
export function georadius<V = string>(
  key: Data,
  longitude: number,
  latitude: number,
  radius: number,
  unit: GeoUnit,
  options?: GeoradiusOptions,
): Command<V[] | GeoMatch<V>[] | number, V>;
export function georadius<V = string>(
  key: Data,
  longitude: number,
  latitude: number,
  radius: number,
  unit: GeoUnit,
  options: GeoradiusOptions = {},
): Command<V[] | GeoMatch<V>[] | number, V> {
  const args = [toArg(key, 'key')];
  addPosition(args, { longitude, latitude });
  addCircle(args, radius, unit);
  const answer = addGeoradius<V>(args, options);
  return new Command<V[] | GeoMatch<V>[] | number, V>(GEORADIUS, args, answer, georadiusFlags(options));
}

/**
 * The members inside a circle around another member, or with `store` or `storedist` how many were stored.
 *
 * @throws ArgumentError when two options exclude each other
 * @throws ReplyError when the member is not there; `WRONGTYPE` when the key does not hold a sorted set
 * @deprecated use {@link geosearch} or {@link geosearchstore}
 * @since 3.2.0
 * @see https://redis.io/commands/georadiusbymember/
 */
export function georadiusbymember<V = string>(
  key: Data,
  member: Data,
  radius: number,
  unit: GeoUnit,
  options: GeoradiusStore,
): Command<number, V>;
export function georadiusbymember<V = string>(
  key: Data,
  member: Data,
  radius: number,
  unit: GeoUnit,
  options?: GeoradiusFind,
): Command<V[] | GeoMatch<V>[], V>;
export function georadiusbymember<V = string>(
  key: Data,
  member: Data,
  radius: number,
  unit: GeoUnit,
  options?: GeoradiusOptions,
): Command<V[] | GeoMatch<V>[] | number, V>;
export function georadiusbymember<V = string>(
  key: Data,
  member: Data,
  radius: number,
  unit: GeoUnit,
  options: GeoradiusOptions = {},
): Command<V[] | GeoMatch<V>[] | number, V> {
  const args = [toArg(key, 'key'), toArg(member, 'member')];
  addCircle(args, radius, unit);
  const answer = addGeoradius<V>(args, options);
  return new Command<V[] | GeoMatch<V>[] | number, V>(GEORADIUSBYMEMBER, args, answer, georadiusFlags(options));
}

/**
 * The members inside a circle around another member.
 *
 * @throws ArgumentError when two options exclude each other
 * @throws ReplyError when the member is not there; `WRONGTYPE` when the key does not hold a sorted set
 * @deprecated use {@link geosearch}
 * @since 3.2.10
 * @see https://redis.io/commands/georadiusbymember_ro/
 */
export function georadiusbymemberRo<V = string>(
  key: Data,
  member: Data,
  radius: number,
  unit: GeoUnit,
  options: GeosearchOptions = {},
): Command<V[] | GeoMatch<V>[], V> {
  checkOptions(options, GEOSEARCH_OPTIONS);
  const args = [toArg(key, 'key'), toArg(member, 'member')];
  addCircle(args, radius, unit);
  const answer = addDetails<V>(args, options);
  addSelection(args, options);
  return new Command<V[] | GeoMatch<V>[], V>(GEORADIUSBYMEMBER_RO, args, answer);
}

/**
 * The members inside a circle.
 *
 * @throws ArgumentError when two options exclude each other
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @deprecated use {@link geosearch}
 * @since 3.2.10
 * @see https://redis.io/commands/georadius_ro/
 */
export function georadiusRo<V = string>(
  key: Data,
  longitude: number,
  latitude: number,
  radius: number,
  unit: GeoUnit,
  options: GeosearchOptions = {},
): Command<V[] | GeoMatch<V>[], V> {
  checkOptions(options, GEOSEARCH_OPTIONS);
  const args = [toArg(key, 'key')];
  addPosition(args, { longitude, latitude });
  addCircle(args, radius, unit);
  const answer = addDetails<V>(args, options);
  addSelection(args, options);
  return new Command<V[] | GeoMatch<V>[], V>(GEORADIUS_RO, args, answer);
}
