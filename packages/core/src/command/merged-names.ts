import { ProtocolError } from '../errors.ts';

/** What stands in text for bytes that are no UTF-8. */
const REPLACED = '\ufffd';

/**
 * For a name that comes twice in a reply: refuses it when it has bytes that are no UTF-8, because two different names
 * then look alike and one would hide the other.
 *
 * @throws ProtocolError that says how to read such names
 */
export function checkNotMerged(name: string): void {
  if (!name.includes(REPLACED)) return;
  const text = 'reply: several names are not UTF-8 and equal as text; execute() with bytes: true gives them as bytes';
  throw new ProtocolError(text, { outcome: 'unknown' });
}
