/** Keys of the server's storage, as `dump` and `sync140` show them. */

export function kvKey(key: string): string {
  return `k${key}`;
}

export function hashKey(name: string, field: string): string {
  return `h${sized(name)}=${field}`;
}

export function zsetKey(name: string, member: string): string {
  return `s${sized(name)}${sized(member)}`;
}

export function queueKey(name: string, sequence: bigint): string {
  return `q${sized(name)}${bigEndian(sequence)}`;
}

/** A length byte, then the text. */
export function sized(text: string): string {
  return String.fromCharCode(text.length & 0xff) + text;
}

/** Eight bytes, the highest first. */
export function bigEndian(value: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes.toString('latin1');
}

/** Eight bytes, the lowest first. */
export function littleEndian(value: number | bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes.toString('latin1');
}
