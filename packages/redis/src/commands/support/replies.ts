/**
 * Wire values to user values: pure, and the same result for RESP2 and RESP3.
 *
 * A transform sees what the decoder made: `Map` (or a flat array in RESP2), `Set` (or an array), numbers (or text in
 * RESP2), booleans (or 0/1). Text is a `Uint8Array` when the caller asked for bytes, so everything that is not the
 * user's own data goes through {@link text} or {@link textOrNull}.
 */

/** A byte order mark is data like any other. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The wire value itself. */
export function asIs<T>(raw: unknown): T {
  return raw as T;
}

/** Names, statuses, cursors and ids: text in bytes mode too. */
export function text(raw: unknown): string {
  if (typeof raw === 'string') return raw;
  return raw instanceof Uint8Array ? decoder.decode(raw) : String(raw);
}

/** As {@link text}, or `null`. */
export function textOrNull(raw: unknown): string | null {
  return raw === null ? null : text(raw);
}

/** `OK`, as text. */
export function ok(raw: unknown): 'OK' {
  return text(raw) as 'OK';
}

/** `OK`, or `null` when a condition was not met. */
export function okOrNull(raw: unknown): 'OK' | null {
  return raw === null ? null : ok(raw);
}

/** 0/1 in RESP2, sometimes a real boolean in RESP3. */
export function boolean(raw: unknown): boolean {
  return raw === 1 || raw === true;
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
  return Number(printed);
}

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
  if (typeof raw === 'number' || typeof raw === 'bigint') return raw as number;
  const printed = text(raw);
  const value = Number(printed);
  return Number.isSafeInteger(value) ? value : (BigInt(printed) as unknown as number);
}

/** An array; a set of RESP3 becomes one. */
export function list<T = unknown>(raw: unknown): T[] {
  return Array.isArray(raw) ? (raw as T[]) : [...(raw as Iterable<T>)];
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
    for (const [name, value] of raw) take(text(name), value);
    return;
  }
  const flat = raw as readonly unknown[];
  for (let i = 0; i + 1 < flat.length; i += 2) take(text(flat[i]), flat[i + 1]);
}

/** An object without prototype, so that a field called `__proto__` or `constructor` is only a field. */
export function record<V>(raw: unknown): Record<string, V> {
  return mapValues(raw, asIs<V>);
}

/** As {@link record}, with a transform for the values. */
export function mapValues<T>(raw: unknown, value: (raw: unknown) => T): Record<string, T> {
  const object = Object.create(null) as Record<string, T>;
  eachField(raw, (name, item) => {
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
  return text((raw as readonly unknown[])[0]);
}

/** The items of a `[cursor, items]` reply. */
export function itemsOf(raw: unknown): unknown {
  return (raw as readonly unknown[])[1];
}

/** A member of a sorted set with its score. */
export interface Scored<V> {
  readonly member: V;
  readonly score: number;
}

/** `m s m s …` (RESP2) or `[m, s], [m, s], …` (RESP3). */
export function scored<V>(raw: unknown): Scored<V>[] {
  return pairs(raw).map(([member, score]) => ({ member: member as V, score: double(score) }));
}

/** Pairs that come flat in RESP2 and nested in RESP3 (or as a map). */
export function pairs(raw: unknown): [unknown, unknown][] {
  if (raw instanceof Map) return [...raw];
  const items = raw as readonly unknown[];
  if (items.length > 0 && items.every((item) => Array.isArray(item) && item.length === 2)) {
    return items as [unknown, unknown][];
  }
  const found: [unknown, unknown][] = [];
  for (let i = 0; i + 1 < items.length; i += 2) found.push([items[i], items[i + 1]]);
  return found;
}
