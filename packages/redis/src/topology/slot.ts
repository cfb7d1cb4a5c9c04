import { type Arg, hashTagged } from '@kv/core';

/** How many slots a cluster has. A server owns ranges of them, and with a slot all its keys. */
export const SLOT_COUNT = 16_384;

/** CRC16 of one byte in the high half: polynomial 0x1021, initial value 0, not reflected (XMODEM). */
const CRC: Uint16Array = crcTable();

const encoder = new TextEncoder();

/**
 * The slot of a key, of text as UTF-8 and of bytes as they are. Of `{…}` in a key only what is between the braces
 * counts, so that keys can be put together.
 *
 * @see https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#key-distribution-model
 */
export function keySlot(key: Arg): number {
  return hashTagged(key, crcOfText, crcOfBytes) & (SLOT_COUNT - 1);
}

function crcOfText(text: string, start: number, end: number): number {
  let crc = 0;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return crcOfEncoded(text.slice(start, end));
    crc = ((crc & 0xff) << 8) ^ (CRC[(crc >> 8) ^ code] as number);
  }
  return crc;
}

function crcOfEncoded(text: string): number {
  const bytes = encoder.encode(text);
  return crcOfBytes(bytes, 0, bytes.length);
}

function crcOfBytes(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let i = start; i < end; i++) crc = ((crc & 0xff) << 8) ^ (CRC[(crc >> 8) ^ (bytes[i] as number)] as number);
  return crc;
}

function crcTable(): Uint16Array {
  const table = new Uint16Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0);
    table[byte] = crc;
  }
  return table;
}
