/**
 * Wire values to user values: pure, and the same result for RESP2 and RESP3.
 *
 * A transform sees what the decoder made: `Map` (or a flat array in RESP2), `Set` (or an array), numbers (or text in
 * RESP2), booleans (or 0/1). Text is a `Uint8Array` when the caller asked for bytes, so everything that is not the
 * user's own data goes through {@link text} or {@link textOrNull}.
 */

import { checkNotMerged } from '@kv/core';

/** A byte order mark is data like any other. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The wire value itself. */
export function asIs<T>(raw: unknown): T {
  return raw as T;
}

/** The reply has a form that its command never has: the engine makes a ProtocolError of it. */
export function unexpected(expected: string): TypeError {
  return new TypeError(`expected ${expected}`);
}

/** Names, statuses, cursors and ids: text in bytes mode too. */
export function text(raw: unknown): string {
  if (typeof raw === 'string') return raw;
  if (raw instanceof Uint8Array) return decoder.decode(raw);
  throw unexpected('text');
}

/** A value, member or element of the user's: text, or bytes where they were asked for. */
export function data<V>(raw: unknown): V {
  if (typeof raw === 'string' || raw instanceof Uint8Array) return raw as V;
  throw unexpected('text or bytes');
}

/** As {@link data}, or `null`. */
export function dataOrNull<V>(raw: unknown): V | null {
  return raw === null ? null : data<V>(raw);
}

/** A list of {@link data}. */
export function dataList<V>(raw: unknown): V[] {
  const items = list<V>(raw);
  for (const item of items) data(item);
  return items;
}

/** As {@link dataList}, or `null`. */
export function dataListOrNull<V>(raw: unknown): V[] | null {
  return raw === null ? null : dataList<V>(raw);
}

/** A list of {@link data} and `null`. */
export function nullableDataList<V>(raw: unknown): (V | null)[] {
  const items = list<V | null>(raw);
  for (const item of items) dataOrNull(item);
  return items;
}

/** A whole number; a `bigint` at run time when it is beyond 2^53. */
export function whole(raw: unknown): number {
  if (Number.isInteger(raw) || typeof raw === 'bigint') return raw as number;
  throw unexpected('a whole number');
}

/** As {@link whole}, or `null`. */
export function wholeOrNull(raw: unknown): number | null {
  return raw === null ? null : whole(raw);
}

/** A list of {@link whole}. */
export function wholes(raw: unknown): number[] {
  return list(raw).map(whole);
}

/** A list of {@link whole} and `null`. */
export function wholesOrNull(raw: unknown): (number | null)[] {
  return list(raw).map(wholeOrNull);
}

/** A bit. */
export function bitOf(raw: unknown): 0 | 1 {
  if (raw === 0 || raw === 1) return raw;
  throw unexpected('0 or 1');
}

/** An array of so many parts, at least. */
export function parts(raw: unknown, least: number): readonly unknown[] {
  if (Array.isArray(raw) && raw.length >= least) return raw as unknown[];
  throw unexpected(`an array of ${least} parts`);
}

/** As {@link text}, or `null`. */
export function textOrNull(raw: unknown): string | null {
  return raw === null ? null : text(raw);
}

/** `OK`, as text. */
export function ok(raw: unknown): 'OK' {
  if (text(raw) !== 'OK') throw unexpected('OK');
  return 'OK';
}

/** `OK`, or `null` when a condition was not met. */
export function okOrNull(raw: unknown): 'OK' | null {
  return raw === null ? null : ok(raw);
}

/** 0/1 in RESP2, sometimes a real boolean in RESP3. */
export function boolean(raw: unknown): boolean {
  if (raw === 1 || raw === true) return true;
  if (raw === 0 || raw === false) return false;
  throw unexpected('0 or 1');
}

/** A list of 0/1. */
export function booleans(raw: unknown): boolean[] {
  return list(raw).map(boolean);
}

/**
 * A double: text in RESP2 (`inf`, `-inf`, `nan`, on 7.0 also `-nan`), a number in RESP3. Server versions print
 * different digits for the same double, so it is always read as a number.
 */
export function double(raw: unknown): number {
  if (typeof raw === 'number') return raw;
  const printed = text(raw).toLowerCase();
  if (printed === 'inf' || printed === '+inf') return Number.POSITIVE_INFINITY;
  if (printed === '-inf') return Number.NEGATIVE_INFINITY;
  if (DOUBLE.test(printed)) return Number(printed);
  if (printed === 'nan' || printed === '-nan') return Number.NaN;
  throw unexpected('a number');
}

const DOUBLE = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/;

/** As {@link double}, or `null`. */
export function doubleOrNull(raw: unknown): number | null {
  return raw === null ? null : double(raw);
}

/** A list of doubles and `null`. */
export function doublesOrNull(raw: unknown): (number | null)[] {
  return list(raw).map(doubleOrNull);
}

/** A whole number that some server versions print as text: number when safe, else bigint. */
export function integerOf(raw: unknown): number {
  if (typeof raw !== 'string' && !(raw instanceof Uint8Array)) return whole(raw);
  const printed = text(raw);
  if (!/^[+-]?\d+$/.test(printed)) throw unexpected('a whole number');
  const value = Number(printed);
  return Number.isSafeInteger(value) ? value : (BigInt(printed) as unknown as number);
}

/** An array; a set of RESP3 becomes one. */
export function list<T = unknown>(raw: unknown): T[] {
  if (Array.isArray(raw)) return raw as T[];
  if (raw instanceof Set) return [...raw] as T[];
  throw unexpected('a list');
}

/** As {@link list}, or `null`. */
export function listOrNull<T>(raw: unknown): T[] | null {
  return raw === null ? null : list<T>(raw);
}

/** A list of names. */
export function texts(raw: unknown): string[] {
  return list(raw).map(text);
}

/** A list of names and `null`. */
export function textsOrNull(raw: unknown): (string | null)[] {
  return list(raw).map(textOrNull);
}

/** Name and value, name and value, …: a map of RESP3 or the flat array of RESP2. */
export function eachField(raw: unknown, take: (name: string, value: unknown) => void): void {
  if (raw instanceof Map) {
    for (const [name, value] of raw) take(nameOf(name), value);
    return;
  }
  const flat = evenList(raw);
  for (let i = 0; i + 1 < flat.length; i += 2) take(nameOf(flat[i]), flat[i + 1]);
}

/** Some maps of RESP3 have numbers as their keys. */
function nameOf(raw: unknown): string {
  return typeof raw === 'number' || typeof raw === 'bigint' ? String(raw) : text(raw);
}

function evenList(raw: unknown): readonly unknown[] {
  if (Array.isArray(raw) && raw.length % 2 === 0) return raw as unknown[];
  throw unexpected('names with values');
}

/** An object without prototype, so that a field called `__proto__` or `constructor` is only a field. */
export function record<V>(raw: unknown): Record<string, V> {
  return mapValues(raw, asIs<V>);
}

/** As {@link record}, with values of the user's. */
export function dataRecord<V>(raw: unknown): Record<string, V> {
  if (!Array.isArray(raw)) return mapValues(raw, data<V>);
  const flat = evenList(raw);
  const object = Object.create(null) as Record<string, V>;
  for (let i = 0; i < flat.length; i += 2) {
    const name = nameOf(flat[i]);
    if (object[name] !== undefined) checkNotMerged(name); // `in` costs twice as much as storing the value
    object[name] = data<V>(flat[i + 1]);
  }
  return object;
}

/** As {@link record}, with a transform for the values. */
export function mapValues<T>(raw: unknown, value: (raw: unknown) => T): Record<string, T> {
  const object = Object.create(null) as Record<string, T>;
  eachField(raw, (name, item) => {
    if (name in object) checkNotMerged(name);
    object[name] = value(item);
  });
  return object;
}

/** `last-generated-id`, `engine_version`, `Bytes per key` → `lastGeneratedId`, `engineVersion`, `bytesPerKey`. */
export function camelCase(name: string): string {
  const words = name.split(/[-_ .]+/).filter((word) => word !== '');
  return words.map((word, i) => (i === 0 ? lowerFirst(word) : word.charAt(0).toUpperCase() + word.slice(1))).join('');
}

function lowerFirst(word: string): string {
  return word.charAt(0).toLowerCase() + word.slice(1);
}

/** Per field of a {@link structure} its own transform; fields that are not named stay as they are (text as text). */
export type Shape = Readonly<Record<string, (raw: unknown) => unknown>>;

/**
 * A record whose field names the server chose: names become camelCase, values go through `shape` (keyed by the
 * camelCase name). Fields of newer servers come along without a new release.
 */
export function structure<T>(raw: unknown, shape: Shape = {}): T {
  const object: Record<string, unknown> = {};
  eachField(raw, (name, item) => {
    const field = camelCase(name);
    object[field] = Object.hasOwn(shape, field) ? shape[field]?.(item) : plain(item);
  });
  return object as T;
}

/** A list of {@link structure}. */
export function structures<T>(shape: Shape = {}): (raw: unknown) => T[] {
  return (raw) => list(raw).map((item) => structure<T>(item, shape));
}

/** Server text that is not user data: text at every level, sets as arrays. */
export function plain(raw: unknown): unknown {
  if (raw instanceof Uint8Array) return decoder.decode(raw);
  if (Array.isArray(raw)) return raw.map(plain);
  if (raw instanceof Set) return [...raw].map(plain);
  if (raw instanceof Map) return mapValues(raw, plain);
  return raw;
}

/** The cursor of a `[cursor, items]` reply: give it to the next call; `'0'` when all was seen. */
export function cursorOf(raw: unknown): string {
  return text(parts(raw, 2)[0]);
}

/** The items of a `[cursor, items]` reply. */
export function itemsOf(raw: unknown): unknown {
  return parts(raw, 2)[1];
}

/** A member of a sorted set with its score. */
export interface Scored<V> {
  readonly member: V;
  readonly score: number;
}

/** `m s m s …` (RESP2) or `[m, s], [m, s], …` (RESP3). */
export function scored<V>(raw: unknown): Scored<V>[] {
  return pairs(raw).map(([member, score]) => ({ member: data<V>(member), score: double(score) }));
}

/** Pairs that come flat in RESP2 and nested in RESP3 (or as a map). */
export function pairs(raw: unknown): [unknown, unknown][] {
  if (raw instanceof Map) return [...raw];
  if (isListOfPairs(raw)) return raw;
  const items = evenList(raw);
  const found: [unknown, unknown][] = [];
  for (let i = 0; i + 1 < items.length; i += 2) found.push([items[i], items[i + 1]]);
  return found;
}

function isListOfPairs(raw: unknown): raw is [unknown, unknown][] {
  return Array.isArray(raw) && raw.length > 0 && raw.every((item) => Array.isArray(item) && item.length === 2);
}
