import { ProtocolError } from './errors.ts';

/** An unsigned little-endian 32-bit number. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return (readUint16(bytes, at) | (readUint16(bytes, at + 2) << 16)) >>> 0;
}

/** An unsigned little-endian 16-bit number. */
export function readUint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}

/**
 * A counter: signed, little-endian, 8 bytes from a 64-bit server and 4 from a 32-bit one. The length decides.
 * Results that a JavaScript number cannot hold exactly are `bigint`.
 */
export function readInteger(bytes: Uint8Array, start: number, length: number): number | bigint {
  if (length === 4) return readUint32(bytes, start) | 0;
  if (length !== 8) throw new ProtocolError(`a number of ${length} bytes`);
  const low = readUint32(bytes, start);
  const high = readUint32(bytes, start + 4) | 0;
  const value = high * 0x1_0000_0000 + low;
  return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(low);
}
