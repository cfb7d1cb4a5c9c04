/**
 * Whether a reply is one that a key gives which is not there: null, nothing, 0, -1 (BITPOS), -2 (EXPIRETIME), `none` (TYPE),
 * or a list of such. Keys that are there may give it as well, as a hash without the field does.
 */
export function mayBeMissing(raw: unknown): boolean {
  if (raw === null || raw === '' || raw === 'none' || raw === false) return true;
  if (typeof raw === 'number') return raw === 0 || raw === -1 || raw === -2;
  if (Array.isArray(raw)) return raw.every(mayBeMissing);
  if (raw instanceof Map || raw instanceof Set) return raw.size === 0;
  return raw instanceof Uint8Array && raw.length === 0;
}
