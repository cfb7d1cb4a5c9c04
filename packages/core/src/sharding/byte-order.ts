import type { Arg } from '../command/command.ts';

const encoder = new TextEncoder();

/** Below 0 when `a` comes before `b` in the order of their bytes, 0 when both are equal. Text counts as its UTF-8. */
export function compareBytes(a: Arg, b: Arg): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return compareArrays(bytesOf(a), bytesOf(b));
}

function bytesOf(data: Arg): Uint8Array {
  return typeof data === 'string' ? encoder.encode(data) : data;
}

function compareArrays(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return utf8Rank(left) - utf8Rank(right);
  }
  return a.length - b.length;
}

/** UTF-8 sorts by code point: surrogates stand for the highest ones, above U+E000 to U+FFFF. */
function utf8Rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
