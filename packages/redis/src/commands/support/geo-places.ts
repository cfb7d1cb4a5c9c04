/** Places: arguments and replies of the geo commands. */
import { type Arg, ArgumentError, badArgument, type Data, float, integer, toArg } from '@kv/core';
import { type AtMostOne, addEach, addSwitch, chosen, type Int, keyword } from './arguments.ts';
import { data, dataList, double, list, parts, whole } from './replies.ts';

/** A point on earth, in degrees: longitude -180 to 180, latitude about -85 to 85. */
export interface GeoPosition {
  readonly longitude: number;
  readonly latitude: number;
}

/** A member and where it is. */
export interface GeoPlace extends GeoPosition {
  readonly member: Data;
}

/** Metres, kilometres, feet or miles. */
export type GeoUnit = 'm' | 'km' | 'ft' | 'mi' | 'M' | 'KM' | 'FT' | 'MI';

const UNITS = ['m', 'km', 'ft', 'mi', 'M', 'KM', 'FT', 'MI'] as const;

/** Where a search begins: a point, or a member of the sorted set. */
export type GeoCenter = GeoPosition | { readonly member: Data };

/** What a search covers: a circle, or a box with the centre in its middle. The unit is metres unless given. */
export type GeoShape =
  | {
      readonly radius: number;
      readonly unit?: GeoUnit | undefined;
      readonly width?: undefined;
      readonly height?: undefined;
    }
  | {
      readonly width: number;
      readonly height: number;
      readonly unit?: GeoUnit | undefined;
      readonly radius?: undefined;
    };

/** Which of the places found are wanted, and in what order. */
export type GeoSelection = AtMostOne<{
  /** Nearest first. */
  asc: boolean;
  /** Farthest first. */
  desc: boolean;
}> &
  (
    | {
        /** So many at most. */
        readonly count: Int;
        /** Stop as soon as there are enough, not necessarily the nearest. Since 6.2. */
        readonly any?: boolean | undefined;
      }
    | { readonly count?: undefined; readonly any?: false | undefined }
  );

/** What a search tells about each place in addition to its name. */
export interface GeoDetails {
  /** Its position. */
  readonly withcoord?: boolean | undefined;
  /** Its distance from the centre, in the unit of the search. */
  readonly withdist?: boolean | undefined;
  /** Its 52-bit geohash, the score in the sorted set. */
  readonly withhash?: boolean | undefined;
}

/** No {@link GeoDetails}: only names. */
export interface NoGeoDetails {
  readonly withcoord?: false | undefined;
  readonly withdist?: false | undefined;
  readonly withhash?: false | undefined;
}

/** A place that was found, with the details that were asked for. */
export interface GeoMatch<V> {
  readonly member: V;
  readonly distance?: number;
  readonly hash?: number;
  readonly coordinates?: GeoPosition;
}

/** The names of the options of {@link GeoSelection}. */
export const SELECTION_NAMES: readonly string[] = ['asc', 'desc', 'count', 'any'];

/** The names of the options of {@link GeoDetails}. */
export const DETAIL_NAMES: readonly string[] = ['withcoord', 'withdist', 'withhash'];

/** Options of a search that stores nothing. */
export const GEOSEARCH_OPTIONS: ReadonlySet<string> = new Set([...SELECTION_NAMES, ...DETAIL_NAMES]);

/** Checks a unit. @throws ArgumentError */
export function geoUnit(unit: GeoUnit, name: string): string {
  return keyword(unit, UNITS, name).toLowerCase();
}

/** Appends `longitude latitude`. */
export function addPosition(args: Arg[], { longitude, latitude }: GeoPosition): void {
  args.push(float(longitude, 'longitude'), float(latitude, 'latitude'));
}

/** Appends `longitude latitude member`. */
function addPlace(args: Arg[], given: GeoPlace, place = ''): void {
  if (typeof given !== 'object' || given === null) {
    throw badArgument(place || 'places', '{ longitude, latitude, member }', given);
  }
  const inside = place && `${place}.`;
  const { longitude, latitude, member } = given;
  args.push(
    float(longitude, `${inside}longitude`),
    float(latitude, `${inside}latitude`),
    toArg(member, `${inside}member`),
  );
}

/** Appends `longitude latitude member …`. @throws ArgumentError when there is none */
export function addPlaces(args: Arg[], places: GeoPlace | readonly GeoPlace[]): void {
  if (Array.isArray(places)) addEach(args, places as readonly GeoPlace[], 'places', addPlace);
  else addPlace(args, places as GeoPlace);
}

/** Appends `FROMMEMBER …` or `FROMLONLAT …`. */
export function addCenter(args: Arg[], from: GeoCenter): void {
  if (typeof from !== 'object' || from === null) {
    throw badArgument('from', '{ longitude, latitude } or { member }', from);
  }
  if ('member' in from) {
    args.push('FROMMEMBER', toArg(from.member, 'from.member'));
    return;
  }
  args.push('FROMLONLAT');
  addPosition(args, from);
}

/** Appends `BYRADIUS …` or `BYBOX …`. */
export function addShape(args: Arg[], by: GeoShape): void {
  if (typeof by !== 'object' || by === null) throw badArgument('by', '{ radius } or { width, height }', by);
  const unit = geoUnit(by.unit ?? 'm', 'by.unit');
  if (by.radius !== undefined) args.push('BYRADIUS', float(by.radius, 'by.radius'), unit);
  else args.push('BYBOX', float(by.width, 'by.width'), float(by.height, 'by.height'), unit);
}

/** Appends `ASC` or `DESC`, and `COUNT n ANY`. */
export function addSelection(args: Arg[], options: GeoSelection): void {
  chosen(options, ['asc', 'desc']);
  addSwitch(args, 'ASC', options.asc, 'asc');
  addSwitch(args, 'DESC', options.desc, 'desc');
  if (options.count === undefined && options.any) throw new ArgumentError('options.any: only together with count');
  if (options.count === undefined) return;
  args.push('COUNT', integer(options.count, 'options.count', 1));
  addSwitch(args, 'ANY', options.any, 'any');
}

/** Appends the details; returns the transform that fits. */
export function addDetails<V>(args: Arg[], options: GeoDetails): (raw: unknown) => V[] | GeoMatch<V>[] {
  const coord = addSwitch(args, 'WITHCOORD', options.withcoord, 'withcoord');
  const dist = addSwitch(args, 'WITHDIST', options.withdist, 'withdist');
  const hash = addSwitch(args, 'WITHHASH', options.withhash, 'withhash');
  return coord || dist || hash ? (raw) => list(raw).map((item) => match<V>(item, options)) : dataList<V>;
}

/** `[member, distance?, hash?, [longitude, latitude]?]`, in this order whatever the order of the options. */
function match<V>(raw: unknown, options: GeoDetails): GeoMatch<V> {
  const [member, ...details] = parts(raw, 2);
  return {
    member: data<V>(member),
    ...(options.withdist ? { distance: double(details.shift()) } : {}),
    ...(options.withhash ? { hash: whole(details.shift()) } : {}),
    ...(options.withcoord ? { coordinates: position(details.shift()) } : {}),
  };
}

function position(raw: unknown): GeoPosition {
  const [longitude, latitude] = parts(raw, 2);
  return { longitude: double(longitude), latitude: double(latitude) };
}

/** A list of positions and `null`. */
export function positionsOrNull(raw: unknown): (GeoPosition | null)[] {
  return list(raw).map((item) => (item === null ? null : position(item)));
}
