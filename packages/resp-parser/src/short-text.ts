/** Up to this many bytes `shortAscii` beats a call into native code: 36 against 80 ns at 16 (Node 20, x64). */
export const SHORT_TEXT = 16;

const code = String.fromCharCode as (...codes: (number | undefined)[]) => string;

/**
 * Decodes a short text of ASCII. One call with all characters makes the string at once, where a loop would make one
 * string per character; the number of arguments must be written out to be quick, hence the cases.
 * @returns undefined when there is anything but ASCII
 */
export function shortAscii(b: Uint8Array, i: number, end: number): string | undefined {
  for (let at = i; at < end; at++) {
    if ((b[at] as number) > 127) return undefined;
  }
  // biome-ignore format: a table, one line per length
  switch (end - i) {
    case 1: return code(b[i]);
    case 2: return code(b[i], b[i + 1]);
    case 3: return code(b[i], b[i + 1], b[i + 2]);
    case 4: return code(b[i], b[i + 1], b[i + 2], b[i + 3]);
    case 5: return code(b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4]);
    case 6: return code(b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5]);
    case 7: return code(b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6]);
    case 8: return code(b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6], b[i + 7]);
    case 9: return code(b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6], b[i + 7], b[i + 8]);
    case 10: return code(b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6], b[i + 7], b[i + 8], b[i + 9]);
    case 11: return code(b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6], b[i + 7], b[i + 8], b[i + 9], b[i + 10]);
    case 12: return code(b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6], b[i + 7], b[i + 8], b[i + 9], b[i + 10], b[i + 11]);
    case 13: return code(b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6], b[i + 7], b[i + 8], b[i + 9], b[i + 10], b[i + 11], b[i + 12]);
    case 14: return code(b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6], b[i + 7], b[i + 8], b[i + 9], b[i + 10], b[i + 11], b[i + 12], b[i + 13]);
    case 15: return code(b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6], b[i + 7], b[i + 8], b[i + 9], b[i + 10], b[i + 11], b[i + 12], b[i + 13], b[i + 14]);
    case 16: return code(b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5], b[i + 6], b[i + 7], b[i + 8], b[i + 9], b[i + 10], b[i + 11], b[i + 12], b[i + 13], b[i + 14], b[i + 15]);
    default: return '';
  }
}
