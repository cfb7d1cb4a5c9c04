/** Builds frames as a server sends them, byte by byte and independent of the code under test. */
export type Row = readonly [key: Uint8Array, value: Uint8Array | bigint];

export function frame(code: number, encoding: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(7 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, code, true);
  view.setUint8(2, encoding);
  view.setUint32(3, data.length, true);
  bytes.set(data, 7);
  return bytes;
}

export function int64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, value, true);
  return bytes;
}

export function list(rows: readonly Row[], count: number = rows.length): Uint8Array {
  const parts: Uint8Array[] = [uint32(count)];
  for (const [key, value] of rows) {
    const data = typeof value === 'bigint' ? int64(value) : value;
    parts.push(uint32(key.length), key, Uint8Array.of(typeof value === 'bigint' ? 2 : 0), uint32(data.length), data);
  }
  return frame(7, 0, concat(parts));
}

export function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
