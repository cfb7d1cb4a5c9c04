const HASH_BITS = 16;
const MAX_OFFSET = 1 << 13;
const MAX_MATCH = (1 << 8) + (1 << 3);
const MAX_LITERALS = 1 << 5;
const MUST_SAVE = 4;

/**
 * The size of a value after LZF compression (http://oldhome.schmorp.de/marc/liblzf.html), or 0 when that would not
 * save at least four bytes. Only the size is ever visible (META size), so no output is made.
 *
 * The format: a literal run costs one byte plus its bytes (32 at most); a match of 3..8 bytes costs two, a longer one
 * (264 at most) three. Candidates come from a table of the last place where three bytes were seen.
 */
export function compressedSize(value: string): number {
  const last = new Map<number, number>();
  const seen = (at: number): number | undefined => {
    const slot = slotOf(value, at);
    const before = last.get(slot);
    last.set(slot, at);
    return before;
  };
  let size = 0;
  let literals = 0;
  let at = 0;
  while (at < value.length - 2) {
    const length = matchLength(value, at, seen(at));
    if (length === 0) {
      literals += 1;
      at += 1;
      continue;
    }
    size += literalCost(literals) + (length < 9 ? 2 : 3);
    literals = 0;
    at += length;
    if (at >= value.length - 2) break;
    seen(at - 2);
    seen(at - 1);
  }
  size += literalCost(literals + value.length - at);
  return size <= value.length - MUST_SAVE ? size : 0;
}

function slotOf(value: string, at: number): number {
  const three = (value.charCodeAt(at) << 16) | (value.charCodeAt(at + 1) << 8) | value.charCodeAt(at + 2);
  return ((three >> (24 - HASH_BITS)) - three * 5) & ((1 << HASH_BITS) - 1);
}

/** 0: no match. The first byte of a value can never be the start of one, and the last two are never part of one. */
function matchLength(value: string, at: number, from: number | undefined): number {
  if (from === undefined || from === 0 || at - from - 1 >= MAX_OFFSET) return 0;
  if (value.slice(from, from + 3) !== value.slice(at, at + 3)) return 0;
  const limit = Math.max(3, Math.min(MAX_MATCH, value.length - at - 2));
  let length = 3;
  while (length < limit && value.charCodeAt(from + length) === value.charCodeAt(at + length)) length += 1;
  return length;
}

function literalCost(count: number): number {
  return count + Math.ceil(count / MAX_LITERALS);
}
