/** How many slots a cluster has. */
export const SLOT_COUNT = 16_384;

/** CRC16 of one byte in the high half: polynomial 0x1021 (XMODEM). */
const CRC: Uint16Array = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0);
  return crc;
});

/** The slot of a key, one byte per character. Of `{…}` in it only what is between the braces counts. */
export function keySlot(key: string): number {
  const open = key.indexOf('{');
  const end = open < 0 ? -1 : key.indexOf('}', open + 1);
  return crc16(end > open + 1 ? key.slice(open + 1, end) : key) % SLOT_COUNT;
}

function crc16(text: string): number {
  let crc = 0;
  for (let i = 0; i < text.length; i++)
    crc = ((crc & 0xff) << 8) ^ (CRC[(crc >> 8) ^ (text.charCodeAt(i) & 0xff)] as number);
  return crc;
}
