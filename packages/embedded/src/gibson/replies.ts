/** Reply codes. */
export const ReplyCode = {
  error: 0,
  notFound: 1,
  notANumber: 2,
  memory: 3,
  locked: 4,
  ok: 5,
  value: 6,
  keyValues: 7,
} as const;

/** One row of a list reply. */
export interface Row {
  readonly key: string;
  readonly value: string | bigint;
}

const PLAIN = 0;
const NUMBER = 2;
const scratch = Buffer.alloc(8);

/** A reply that carries nothing but its code (and one zero byte). */
export function codeReply(code: number): string {
  return frame(code, PLAIN, '\0');
}

/** One value: bytes, or a signed 64-bit number. */
export function valueReply(value: string | bigint): string {
  return frame(ReplyCode.value, encodingOf(value), bytesOf(value));
}

/** The data of a list reply: count, then rows. The count may promise more than there are. */
export function rowsData(count: number, rows: readonly Row[]): string {
  let data = u32(count);
  for (const { key, value } of rows) {
    const bytes = bytesOf(value);
    data += u32(key.length) + key + String.fromCharCode(encodingOf(value)) + u32(bytes.length) + bytes;
  }
  return data;
}

/** A list reply. */
export function rowsReply(data: string): string {
  return frame(ReplyCode.keyValues, PLAIN, data);
}

/** `u16 code | u8 encoding | u32 length | data`, little-endian. */
function frame(code: number, encoding: number, data: string): string {
  return String.fromCharCode(code, 0, encoding) + u32(data.length) + data;
}

function encodingOf(value: string | bigint): number {
  return typeof value === 'bigint' ? NUMBER : PLAIN;
}

function bytesOf(value: string | bigint): string {
  if (typeof value === 'string') return value;
  scratch.writeBigInt64LE(value);
  return scratch.toString('latin1', 0, 8);
}

function u32(value: number): string {
  scratch.writeUInt32LE(value);
  return scratch.toString('latin1', 0, 4);
}
