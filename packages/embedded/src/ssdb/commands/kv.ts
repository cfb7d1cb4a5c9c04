import { pairsOf } from '../../pairs.ts';
import {
  CLIENT_ERROR,
  type Command,
  type Context,
  flag,
  found,
  NOT_AN_INTEGER,
  ok,
  okList,
  type Reply,
  ranged,
  reads,
  readsMany,
  writes,
  writesMany,
} from '../command.ts';
import { int32, integer, storedInteger, wrappingSum } from '../numbers.ts';
import { keysDown, keysUp } from '../ranges.ts';

const MAX_BIT_OFFSET = 1_073_741_824;
const MAX_KEY = 255;

function set({ db }: Context, key: string, value: string): Reply {
  db.set(key, value);
  return ok(1);
}

function setx({ db, expiry }: Context, key: string, value: string, ttl: string): Reply {
  db.set(key, value);
  expiry.set(key, int32(ttl));
  return ok(1);
}

function setnx({ db }: Context, key: string, value: string): Reply {
  db.check(key);
  if (key === '' || db.kv.has(key)) return ok(0);
  db.set(key, value);
  return ok(1);
}

/** Stores the new value also when there was no old one. */
function getset({ db }: Context, key: string, value: string): Reply {
  const old = db.kv.get(key);
  db.set(key, value);
  return found(key === '' ? undefined : old);
}

function del({ db, expiry }: Context, key: string): Reply {
  db.check(key);
  db.del(key);
  expiry.delete(key);
  return ok(1);
}

function step(sign: bigint) {
  return ({ db }: Context, key: string, by = '1'): Reply => {
    db.check(key);
    const old = storedInteger(db.kv.get(key) ?? '0');
    if (old === undefined) return NOT_AN_INTEGER;
    const value = wrappingSum(old, sign * integer(by));
    db.store(key, String(value));
    return ok(value);
  };
}

function expire({ db, expiry }: Context, key: string, ttl: string): Reply {
  if (!db.kv.has(key)) return ok(0);
  expiry.set(key, int32(ttl));
  return ok(1);
}

/** A negative start counts from the end; a negative size drops so many bytes from the end. */
function part(value: string, start: number, size: number): string {
  const from = start < 0 ? start + value.length : start;
  const length = size < 0 ? value.length + size - from : size;
  return from < 0 || length <= 0 ? '' : value.slice(from, from + length);
}

/** Both ends included; a start before the beginning gives nothing. The size wraps at 32 bits, as in the server. */
function range(value: string, start: number, end: number): string {
  const from = start < 0 ? start + value.length : start;
  const to = end < 0 ? end + value.length : end;
  const size = (to - from + 1) | 0;
  return from < 0 || size <= 0 ? '' : value.slice(from, from + size);
}

function bitsIn(value: string): number {
  let bits = 0;
  for (let at = 0; at < value.length; at += 1) {
    for (let byte = value.charCodeAt(at); byte > 0; byte &= byte - 1) bits += 1;
  }
  return bits;
}

function bitAt(value: string, offset: number): number {
  const byte = offset < 0 ? Number.NaN : value.charCodeAt(offset >> 3);
  return Number.isNaN(byte) ? 0 : (byte >> (7 - (offset & 7))) & 1;
}

/** Any text that begins with 0 or 1 is taken for a bit, but only the number 1 sets it. */
function setbit({ db }: Context, key: string, offsetText: string, bit: string): Reply {
  if (!/^[01]/.test(bit)) return ['client_error', 'bit is not an integer or out of range'];
  const offset = int32(offsetText);
  if (offset < 0 || offset > MAX_BIT_OFFSET) return ['client_error', `offset is out of range [0, ${MAX_BIT_OFFSET}]`];
  db.check(key);
  if (key === '') return ok(0);
  const old = db.kv.get(key) ?? '';
  const bytes = Buffer.alloc(Math.max(old.length, (offset >> 3) + 1));
  bytes.write(old, 'latin1');
  const mask = 0x80 >> (offset & 7);
  const byte = bytes[offset >> 3] as number;
  bytes[offset >> 3] = int32(bit) === 1 ? byte | mask : byte & ~mask;
  db.set(key, bytes.toString('latin1'));
  return ok(bitAt(old, offset));
}

function withValues({ db }: Context, keys: readonly string[]): Reply {
  return okList(keys.flatMap((key) => [key, db.kv.get(key) as string]));
}

function multiGet(context: Context, keys: readonly string[]): Reply {
  return withValues(
    context,
    keys.filter((key) => context.db.kv.has(key)),
  );
}

/** All or nothing; one key that cannot be stored means nothing. */
function multiSet({ db }: Context, args: readonly string[]): Reply {
  if (args.length < 2 || args.length % 2 !== 0) return CLIENT_ERROR;
  const pairs = pairsOf(args);
  if (pairs.some(([key]) => key === '' || key.length > MAX_KEY)) return ok(0);
  for (const [key, value] of pairs) db.set(key, value);
  return ok(pairs.length);
}

/** Counts what was given, not what was there. */
function multiDel({ db, expiry }: Context, keys: readonly string[]): Reply {
  for (const key of keys) {
    db.del(key);
    expiry.delete(key);
  }
  return ok(keys.length);
}

const textOf = ({ db }: Context, key: string): string => db.kv.get(key) ?? '';

/** Commands of the kv name space. */
export const kvCommands: Readonly<Record<string, Command>> = {
  get: ranged(reads(1, ({ db }, key) => found(db.kv.get(key)))),
  set: ranged(writes(2, set)),
  setx: ranged(writes(3, setx)),
  setnx: ranged(writes(2, setnx)),
  getset: ranged(writes(2, getset)),
  del: ranged(writes(1, del)),
  incr: ranged(writes(1, step(1n))),
  decr: ranged(writes(1, step(-1n))),
  exists: ranged(reads(1, ({ db }, key) => flag(db.kv.has(key)))),
  ttl: ranged(reads(1, ({ expiry }, key) => ok(expiry.left(key)))),
  expire: ranged(writes(2, expire)),
  strlen: ranged(reads(1, (context, key) => ok(textOf(context, key).length))),
  substr: ranged(
    reads(1, (context, key, start = '0', size = '2147483647') =>
      ok(part(textOf(context, key), int32(start), int32(size))),
    ),
  ),
  getrange: ranged(
    reads(1, (context, key, start = '0', end = '-1') => ok(range(textOf(context, key), int32(start), int32(end)))),
  ),
  getbit: ranged(reads(2, (context, key, offset) => ok(bitAt(textOf(context, key), int32(offset))))),
  setbit: ranged(writes(3, setbit)),
  countbit: ranged(
    reads(1, (context, key, start = '0', size = '2147483647') =>
      ok(bitsIn(part(textOf(context, key), int32(start), int32(size)))),
    ),
  ),
  bitcount: ranged(
    reads(1, (context, key, start = '0', end = '-1') =>
      ok(bitsIn(range(textOf(context, key), int32(start), int32(end)))),
    ),
  ),
  scan: reads(3, (context, start, end, limit) => withValues(context, keysUp(context.db.kv, start, end, limit))),
  rscan: reads(3, (context, start, end, limit) => withValues(context, keysDown(context.db.kv, start, end, limit))),
  keys: reads(3, ({ db }, start, end, limit) => okList(keysUp(db.kv, start, end, limit))),
  rkeys: reads(3, ({ db }, start, end, limit) => okList(keysDown(db.kv, start, end, limit))),
  multi_get: readsMany(1, multiGet),
  multi_exists: readsMany(1, ({ db }, keys) => okList(keys.flatMap((key) => [key, db.kv.has(key) ? '1' : '0']))),
  multi_set: writesMany(0, multiSet),
  multi_del: writesMany(1, multiDel),
};
