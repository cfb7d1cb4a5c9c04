import { type Arg, ArgumentError, badArgument, type Data, integer, isBytes, toArg } from '@kv/core';

/**
 * Every argument of a Gibson command, checked and in its wire form. The space is the only syntax inside a frame and
 * cannot be quoted, so what is let through here decides which key the server touches.
 *
 * Text comes out as a string only when it is ASCII, and as UTF-8 bytes otherwise: `length` is then always the number
 * of bytes on the wire, which the limits and the bounds of a batch count.
 */
const encoder = new TextEncoder();

/** The largest time to live: the server keeps it in a signed 16-bit field and stores anything above wrongly. */
export const MAX_TTL = 32_767;

/**
 * The largest lock time and limit. The server reads them as a `long`, which has 32 bits on some machines, and wraps what
 * is larger and gives no error: a lock that is none, a limit that is ignored.
 */
const MAX_LONG = 2_147_483_647;

/** The fields of META, in the server's order. */
export const metaFields = ['size', 'encoding', 'access', 'created', 'ttl', 'left', 'lock'] as const;

/** A key or a prefix: not empty, without the bytes 0x20 and 0x00. Bytes are copied. @throws ArgumentError */
export function keyArg(value: Data, name = 'key'): Arg {
  const arg = toArg(value, name);
  if (arg.length === 0) throw new ArgumentError(`${name}: must not be empty`);
  return typeof arg === 'string' ? textKey(arg, name) : byteKey(arg, name);
}

function textKey(text: string, name: string): Arg {
  let ascii = true;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x20 || unit === 0) throw forbiddenByte(name);
    if (unit > 0x7f) ascii = false;
  }
  return ascii ? text : encoder.encode(text);
}

// A copy: bytes that change between this check and the write would get past the check.
function byteKey(bytes: Uint8Array, name: string): Arg {
  const copy = new Uint8Array(bytes);
  if (copy.includes(0x20) || copy.includes(0)) throw forbiddenByte(name);
  return copy;
}

function forbiddenByte(name: string): ArgumentError {
  return new ArgumentError(`${name}: it contains a space or a zero byte, which Gibson cannot carry in a key`);
}

/**
 * A prefix: the rules of {@link keyArg}, but it may be empty when a key prefix comes before it. The server refuses an
 * empty one: it has no prefix for "all keys". See `checkLimits`. @throws ArgumentError
 */
export function prefixArg(value: Data): Arg {
  return value === '' || (isBytes(value) && value.length === 0) ? '' : keyArg(value, 'prefix');
}

/** A value: any bytes, but not none. SET or MSET without a value would end the server. @throws ArgumentError */
export function valueArg(value: Data): Arg {
  const arg = toArg(value, 'value');
  if (arg.length === 0) throw new ArgumentError('value: must not be empty, Gibson cannot store an empty value');
  return typeof arg === 'string' && Buffer.byteLength(arg) !== arg.length ? encoder.encode(arg) : arg;
}

/** A time to live in whole seconds, 0 to 32767; 0 = no expiry. @throws ArgumentError */
export function ttlArg(seconds: number | bigint, name = 'ttl'): string {
  return integer(seconds, name, 0, MAX_TTL);
}

/** How long a lock lasts: 1 to 2147483647 seconds, or -1 until it is unlocked. @throws ArgumentError */
export function lockTimeArg(seconds: number | bigint): string {
  const text = integer(seconds, 'seconds', -1, MAX_LONG);
  if (text !== '0') return text;
  throw new ArgumentError('seconds: expected at least 1, or -1 for "until unlocked"; 0 would lock nothing');
}

/** The most rows of an MGET: 1 to 2147483647. @throws ArgumentError */
export function limitArg(rows: number | bigint): string {
  return integer(rows, 'limit', 1, MAX_LONG);
}

/** A field of META, in full: the server would take any beginning of a name. @throws ArgumentError */
export function metaFieldArg(field: string): string {
  if ((metaFields as readonly string[]).includes(field)) return field;
  throw new ArgumentError(`field: expected one of ${metaFields.join(', ')}`);
}

/** A whole number of a raw call: a number, or its plain decimal text. @throws ArgumentError */
export function rawInteger(arg: unknown, name: string): number | bigint {
  if (typeof arg === 'number' || typeof arg === 'bigint') return arg;
  const text = rawText(arg);
  if (typeof text === 'string' && /^(?:0|-?[1-9]\d{0,18})$/.test(text)) return BigInt(text);
  throw badArgument(name, 'a whole number', arg);
}

/** Bytes of a raw call as text, for arguments that are never more than ASCII. Anything else comes back as it is. */
export function rawText(arg: unknown): unknown {
  return isBytes(arg) ? Buffer.from(arg).toString('latin1') : arg;
}
