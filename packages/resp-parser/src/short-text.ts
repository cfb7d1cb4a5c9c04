/** Up to this many bytes `shortAscii` beats a call into native code: 44 against 77 ns at 24 (Node 20, x64). */
export const SHORT_TEXT = 24;

const code = String.fromCharCode as (...codes: number[]) => string;

/**
 * Decodes a short text of ASCII. One call with all characters makes the string at once, where a loop would make one
 * string per character; the arguments must be written out to be quick. Each byte is read once, and one comparison tells
 * whether all are ASCII.
 * @returns undefined when there is anything but ASCII, or more than `SHORT_TEXT` bytes
 */
export function shortAscii(b: Uint8Array, i: number, end: number): string | undefined {
  const n = end - i;
  if (n < 1) return '';
  const c0 = b[i] as number;
  let all = c0;
  if (n === 1) return all > 127 ? undefined : code(c0);
  const c1 = b[i + 1] as number;
  all |= c1;
  if (n === 2) return all > 127 ? undefined : code(c0, c1);
  const c2 = b[i + 2] as number;
  all |= c2;
  if (n === 3) return all > 127 ? undefined : code(c0, c1, c2);
  const c3 = b[i + 3] as number;
  all |= c3;
  if (n === 4) return all > 127 ? undefined : code(c0, c1, c2, c3);
  const c4 = b[i + 4] as number;
  all |= c4;
  if (n === 5) return all > 127 ? undefined : code(c0, c1, c2, c3, c4);
  const c5 = b[i + 5] as number;
  all |= c5;
  if (n === 6) return all > 127 ? undefined : code(c0, c1, c2, c3, c4, c5);
  const c6 = b[i + 6] as number;
  all |= c6;
  if (n === 7) return all > 127 ? undefined : code(c0, c1, c2, c3, c4, c5, c6);
  const c7 = b[i + 7] as number;
  all |= c7;
  if (n === 8) return all > 127 ? undefined : code(c0, c1, c2, c3, c4, c5, c6, c7);
  const c8 = b[i + 8] as number;
  all |= c8;
  if (n === 9) return all > 127 ? undefined : code(c0, c1, c2, c3, c4, c5, c6, c7, c8);
  const c9 = b[i + 9] as number;
  all |= c9;
  if (n === 10) return all > 127 ? undefined : code(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9);
  const c10 = b[i + 10] as number;
  all |= c10;
  if (n === 11) return all > 127 ? undefined : code(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10);
  const c11 = b[i + 11] as number;
  all |= c11;
  if (n === 12) return all > 127 ? undefined : code(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11);
  const c12 = b[i + 12] as number;
  all |= c12;
  if (n === 13) return all > 127 ? undefined : code(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12);
  const c13 = b[i + 13] as number;
  all |= c13;
  if (n === 14) return all > 127 ? undefined : code(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13);
  const c14 = b[i + 14] as number;
  all |= c14;
  if (n === 15) return all > 127 ? undefined : code(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14);
  const c15 = b[i + 15] as number;
  all |= c15;
  // biome-ignore format: as the others
  if (n === 16) return all > 127 ? undefined : code(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15);
  const c16 = b[i + 16] as number;
  all |= c16;
  // biome-ignore format: as the others
  if (n === 17) return all > 127 ? undefined : code(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16);
  const c17 = b[i + 17] as number;
  all |= c17;
  // biome-ignore format: as the others
  if (n === 18) return all > 127 ? undefined : code(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17);
  const c18 = b[i + 18] as number;
  all |= c18;
  // biome-ignore format: as the others
  if (n === 19) return all > 127 ? undefined : code(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18);
  const c19 = b[i + 19] as number;
  all |= c19;
  // biome-ignore format: as the others
  if (n === 20) return all > 127 ? undefined : code(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19);
  const c20 = b[i + 20] as number;
  all |= c20;
  // biome-ignore format: as the others
  if (n === 21) return all > 127 ? undefined : code(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20);
  const c21 = b[i + 21] as number;
  all |= c21;
  // biome-ignore format: as the others
  if (n === 22) return all > 127 ? undefined : code(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20, c21);
  const c22 = b[i + 22] as number;
  all |= c22;
  // biome-ignore format: as the others
  if (n === 23) return all > 127 ? undefined : code(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20, c21, c22);
  const c23 = b[i + 23] as number;
  all |= c23;
  // biome-ignore format: as the others
  if (n === 24) return all > 127 ? undefined : code(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20, c21, c22, c23);
  return undefined;
}
