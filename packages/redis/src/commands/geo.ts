/** Geo: sorted sets whose scores are places on earth. */
import { Command, type Data, idempotent, Keys, read, toArg } from '@kv/core';
import { type AtMostOne, addSwitch, checkOptions, chosen, headAndMany, type Many } from './support/arguments.ts';
import {
  addCenter,
  addDetails,
  addPlaces,
  addSelection,
  addShape,
  GEOSEARCH_OPTIONS,
  type GeoCenter,
  type GeoDetails,
  type GeoMatch,
  type GeoPlace,
  type GeoPosition,
  type GeoSelection,
  type GeoShape,
  type GeoUnit,
  geoUnit,
  type NoGeoDetails,
  positionsOrNull,
  SELECTION_NAMES,
} from './support/geo-places.ts';
import { storeFlags } from './support/repeatable.ts';
import { doubleOrNull, textsOrNull, whole } from './support/replies.ts';

const GEOADD = idempotent('GEOADD');
const GEODIST = read('GEODIST');
const GEOHASH = read('GEOHASH');
const GEOPOS = read('GEOPOS');
const GEOSEARCH = read('GEOSEARCH');
const GEOSEARCHSTORE = idempotent('GEOSEARCHSTORE', Keys.two);

/** Options of {@link geoadd}. Since 6.2. */
export type GeoaddOptions = AtMostOne<{
  /** Only add new members, never move one. */
  nx: boolean;
  /** Only move members that are there, never add one. */
  xx: boolean;
}> & {
  /** Count moved members too, not only new ones. */
  readonly ch?: boolean | undefined;
};

const GEOADD_OPTIONS = new Set(['nx', 'xx', 'ch']);

/**
 * Adds places, or moves them.
 *
 * Takes longitude, latitude and member, or `{ longitude, latitude, member }`, or a list of these.
 *
 * @returns how many members are new, with `ch` also how many were moved
 * @example
 * await redis.geoadd('cities', 13.361389, 38.115556, 'Palermo')
 * await redis.geoadd('cities', [{ longitude: 15.087269, latitude: 37.502669, member: 'Catania' }], { nx: true })
 * @throws ArgumentError when there is no place, or two options exclude each other
 * @throws ReplyError when a position is not valid; `WRONGTYPE` when the key does not hold a sorted set
 * @since 3.2.0
 * @see https://redis.io/commands/geoadd/
 */
export function geoadd<V = string>(key: Data, longitude: number, latitude: number, member: Data): Command<number, V>;
export function geoadd<V = string>(
  key: Data,
  places: GeoPlace | readonly GeoPlace[],
  options?: GeoaddOptions,
): Command<number, V>;
export function geoadd<V = string>(
  key: Data,
  longitudeOrPlaces: number | GeoPlace | readonly GeoPlace[],
  latitudeOrOptions?: number | GeoaddOptions,
  member?: Data,
): Command<number, V>;
export function geoadd<V = string>(
  key: Data,
  longitudeOrPlaces: number | GeoPlace | readonly GeoPlace[],
  latitudeOrOptions?: number | GeoaddOptions,
  member?: Data,
): Command<number, V> {
  const args = [toArg(key, 'key')];
  if (typeof longitudeOrPlaces !== 'object') {
    const [longitude, latitude] = [longitudeOrPlaces, latitudeOrOptions as number];
    addPlaces(args, { longitude, latitude, member: member as Data });
    return new Command<number, V>(GEOADD, args, whole);
  }
  const options = (latitudeOrOptions ?? {}) as GeoaddOptions;
  checkOptions(options, GEOADD_OPTIONS);
  const condition = chosen(options, ['nx', 'xx']);
  addSwitch(args, 'NX', options.nx, 'nx');
  addSwitch(args, 'XX', options.xx, 'xx');
  const ch = addSwitch(args, 'CH', options.ch, 'ch');
  addPlaces(args, longitudeOrPlaces);
  return new Command<number, V>(GEOADD, args, whole, condition !== undefined || ch ? 0 : GEOADD.flags);
}

/**
 * The distance between two members, in metres unless another unit is given.
 *
 * @returns `null` when one of them is not there
 * @example await redis.geodist('cities', 'Palermo', 'Catania', 'km')
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 3.2.0
 * @see https://redis.io/commands/geodist/
 */
export function geodist<V = string>(
  key: Data,
  member1: Data,
  member2: Data,
  unit?: GeoUnit,
): Command<number | null, V> {
  const args = [toArg(key, 'key'), toArg(member1, 'member1'), toArg(member2, 'member2')];
  if (unit !== undefined) args.push(geoUnit(unit, 'unit'));
  return new Command<number | null, V>(GEODIST, args, doubleOrNull);
}

/**
 * The standard geohash of members, 11 characters, in their order; `null` for those that are not there.
 *
 * @throws ArgumentError when there is no member
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 3.2.0
 * @see https://redis.io/commands/geohash/
 */
export function geohash<V = string>(key: Data, ...members: Many[]): Command<(string | null)[], V> {
  return new Command<(string | null)[], V>(GEOHASH, headAndMany(toArg(key, 'key'), members, 'members'), textsOrNull);
}

/**
 * The positions of members, in their order; `null` for those that are not there. They are rounded when they are
 * stored, by less than a metre.
 *
 * @throws ArgumentError when there is no member
 * @throws ReplyError `WRONGTYPE` when the key does not hold a sorted set
 * @since 3.2.0
 * @see https://redis.io/commands/geopos/
 */
export function geopos<V = string>(key: Data, ...members: Many[]): Command<(GeoPosition | null)[], V> {
  const args = headAndMany(toArg(key, 'key'), members, 'members');
  return new Command<(GeoPosition | null)[], V>(GEOPOS, args, positionsOrNull);
}

/** Options of {@link geosearch}. */
export type GeosearchOptions = GeoSelection & GeoDetails;

/** {@link GeosearchOptions} with which there are only names. */
export type GeosearchNames = GeoSelection & NoGeoDetails;

/**
 * The members inside a circle or box.
 *
 * @returns members; with `withcoord`, `withdist` or `withhash` objects that have these too
 * @example
 * await redis.geosearch('cities', { longitude: 15, latitude: 37 }, { radius: 200, unit: 'km' }, { asc: true, withdist: true })
 * @throws ArgumentError when two options exclude each other
 * @throws ReplyError when the member in the centre is not there; `WRONGTYPE` when the key does not hold a sorted set
 * @since 6.2.0
 * @see https://redis.io/commands/geosearch/
 */
export function geosearch<V = string>(
  key: Data,
  from: GeoCenter,
  by: GeoShape,
  options?: GeosearchNames,
): Command<V[], V>;
export function geosearch<V = string>(
  key: Data,
  from: GeoCenter,
  by: GeoShape,
  options: GeosearchOptions &
    ({ readonly withcoord: true } | { readonly withdist: true } | { readonly withhash: true }),
): Command<GeoMatch<V>[], V>;
export function geosearch<V = string>(
  key: Data,
  from: GeoCenter,
  by: GeoShape,
  options?: GeosearchOptions,
): Command<V[] | GeoMatch<V>[], V>;
export function geosearch<V = string>(
  key: Data,
  from: GeoCenter,
  by: GeoShape,
  options: GeosearchOptions = {},
): Command<V[] | GeoMatch<V>[], V> {
  checkOptions(options, GEOSEARCH_OPTIONS);
  const args = [toArg(key, 'key')];
  addCenter(args, from);
  addShape(args, by);
  addSelection(args, options);
  return new Command<V[] | GeoMatch<V>[], V>(GEOSEARCH, args, addDetails<V>(args, options));
}

/** Options of {@link geosearchstore}. */
export type GeosearchstoreOptions = GeoSelection & {
  /** Store distances from the centre as scores, in the unit of the search, instead of places. */
  readonly storedist?: boolean | undefined;
};

const GEOSEARCHSTORE_OPTIONS = new Set([...SELECTION_NAMES, 'storedist']);

/**
 * Stores in `destination` the members inside a circle or box, in place of what was there.
 *
 * @returns how many members the result has; with 0 the destination is deleted
 * @throws ArgumentError when two options exclude each other
 * @throws ReplyError when the member in the centre is not there; `WRONGTYPE` when the source is not a sorted set
 * @since 6.2.0
 * @see https://redis.io/commands/geosearchstore/
 */
export function geosearchstore<V = string>(
  destination: Data,
  source: Data,
  from: GeoCenter,
  by: GeoShape,
  options: GeosearchstoreOptions = {},
): Command<number, V> {
  checkOptions(options, GEOSEARCHSTORE_OPTIONS);
  const [to, key] = [toArg(destination, 'destination'), toArg(source, 'source')];
  const args = [to, key];
  addCenter(args, from);
  addShape(args, by);
  addSelection(args, options);
  addSwitch(args, 'STOREDIST', options.storedist, 'storedist');
  return new Command<number, V>(GEOSEARCHSTORE, args, whole, storeFlags(GEOSEARCHSTORE, to, [key]));
}
