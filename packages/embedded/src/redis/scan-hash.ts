/**
 * Place of a key or member in a scan: FNV-1a of its bytes, 32 bits, never 0, for that cursor means "from the start". It
 * stays the same when the key is written again or comes back, so a loop that writes to what it gets comes to an end.
 */
export function scanHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0) + 1;
}
