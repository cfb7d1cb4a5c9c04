import { type AnyCommand, type Arg, checkNotMerged } from '@kv/core';
import { type Datum, type Pair, type Reply, replyCodes } from '@kv/gibson-parser';
import { NotFoundError, ValueCutError } from '../../protocol/errors.ts';

/**
 * What the wire hands to a reply transform: the parser's reply (never one that refuses, except "not found"), and
 * whether the caller wants its data as bytes. Transforms throw when the reply is not what the command answers.
 */
export interface WireReply extends Omit<Reply, 'missing'> {
  readonly missing?: number | undefined;
  readonly bytes: boolean;
}

/** What STATS tells, by name. Most are counters; versions and averages are text. */
export type Stats = Record<string, string | number | bigint>;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function unexpected({ code }: WireReply): TypeError {
  return new TypeError(`reply code ${code}`);
}

function text(datum: Datum): string {
  return datum instanceof Uint8Array ? decoder.decode(datum) : String(datum);
}

/** Stored data as users see it: an item that became a counter reads as its decimal digits. */
function userData(datum: Datum, bytes: boolean): string | Uint8Array {
  if (!bytes) return text(datum);
  return datum instanceof Uint8Array ? datum : new TextEncoder().encode(String(datum));
}

function datumOf(reply: WireReply): Datum {
  if (reply.code === replyCodes.VAL) return reply.value as Datum;
  throw unexpected(reply);
}

function integerOf(reply: WireReply): number | bigint {
  const datum = datumOf(reply);
  if (typeof datum === 'number' || typeof datum === 'bigint') return datum;
  throw unexpected(reply);
}

function rowsOf(reply: WireReply): readonly Pair[] {
  if (reply.code === replyCodes.ERR_NOT_FOUND) return [];
  if (reply.code === replyCodes.KVAL) return reply.value as readonly Pair[];
  throw unexpected(reply);
}

/** OK → `'OK'`. */
export function ok(raw: unknown): 'OK' {
  const reply = raw as WireReply;
  if (reply.code === replyCodes.OK) return 'OK';
  throw unexpected(reply);
}

/** OK → `true`, not found → `false`. */
export function done(raw: unknown): boolean {
  const reply = raw as WireReply;
  if (reply.code === replyCodes.OK) return true;
  if (reply.code === replyCodes.ERR_NOT_FOUND) return false;
  throw unexpected(reply);
}

/** The stored value, or `null` when there is none. */
export function datum<V>(raw: unknown): V | null {
  const reply = raw as WireReply;
  if (reply.code === replyCodes.ERR_NOT_FOUND) return null;
  return userData(datumOf(reply), reply.bytes) as V;
}

/** The new value of a counter. */
export function counter(raw: unknown): number | bigint {
  const reply = raw as WireReply;
  if (reply.code === replyCodes.ERR_NOT_FOUND) throw new NotFoundError();
  return integerOf(reply);
}

/** How many items were meant; nothing found is 0. */
export function count(raw: unknown): number {
  const reply = raw as WireReply;
  return reply.code === replyCodes.ERR_NOT_FOUND ? 0 : Number(integerOf(reply));
}

/** A number about an item, or `null` when there is no item. */
export function meta(raw: unknown): number | null {
  const reply = raw as WireReply;
  return reply.code === replyCodes.ERR_NOT_FOUND ? null : Number(integerOf(reply));
}

/** Keys and values in the server's order. */
export function entries<V>(raw: unknown): Map<string, V> {
  const reply = raw as WireReply;
  const map = new Map<string, V>();
  for (const [key, value] of rowsOf(reply)) {
    const name = text(key);
    if (map.has(name)) checkNotMerged(name);
    map.set(name, userData(value, reply.bytes) as V);
  }
  return map;
}

/** The keys of a KEYS reply, whose rows hold an index as key and the key as value. */
export function names<V>(raw: unknown): V[] {
  const reply = raw as WireReply;
  return rowsOf(reply).map(([, name]) => userData(name, reply.bytes) as V);
}

/** The rows of STATS as an object without prototype. */
export function stats(raw: unknown): Stats {
  const result = Object.create(null) as Stats;
  for (const [name, value] of rowsOf(raw as WireReply)) {
    result[text(name)] = value instanceof Uint8Array ? text(value) : value;
  }
  return result;
}

/** The echo of SET against what was sent. @throws ValueCutError when they differ */
export function stored(raw: unknown, command: AnyCommand): 'OK' {
  compareEcho(raw as WireReply, command);
  return 'OK';
}

function compareEcho(reply: WireReply, command: AnyCommand): void {
  const echo = datumOf(reply) as Arg;
  const sent = command.args[2] as Arg;
  if (echo === sent) return; // both are text: a text argument is ASCII
  const [stored, given] = [bytesOf(echo), bytesOf(sent)];
  if (Buffer.compare(stored, given) !== 0) throw new ValueCutError(given.length, stored.length);
}

function bytesOf(arg: Arg): Uint8Array {
  return typeof arg === 'string' ? Buffer.from(arg) : arg;
}

/** For raw calls: the value of the reply as it is; OK is `'OK'`, not found is `null`. */
export function wireValue(raw: unknown, command: AnyCommand): unknown {
  const reply = raw as WireReply;
  if (reply.code === replyCodes.OK) return 'OK';
  if (reply.code === replyCodes.ERR_NOT_FOUND) return null;
  if (command.spec.name !== 'SET') return reply.value;
  compareEcho(reply, command);
  return userData(datumOf(reply), reply.bytes);
}
