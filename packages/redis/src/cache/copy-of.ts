/** A reply that shares nothing with the one that is kept, so that no caller can change what others get. */
export function copyOf(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null) return raw;
  if (raw instanceof Uint8Array) return raw.slice();
  if (Array.isArray(raw)) return raw.map(copyOf);
  if (raw instanceof Map) return new Map(Array.from(raw, ([key, value]) => [copyOf(key), copyOf(value)]));
  if (raw instanceof Set) return new Set(Array.from(raw, copyOf));
  return raw;
}
