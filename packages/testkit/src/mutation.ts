/** Damage to recorded bytes, for fuzzing: most of it is small, so that it gets past the first check of a parser. */
import type { Random } from './random.ts';

/** Numbers at the edges of what fields of lengths and counts can hold. */
const EDGES = [0, 1, 2, 127, 128, 255, 256, 32_767, 32_768, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1] as const;

/** What stands in place of a decimal number. */
const NUMBERS = [
  ...['-1', '-2', '+1', '0', '00', '-0', '', ' 1', '1 ', '1e3', '0x10', 'inf', '?'],
  ...['2147483647', '4294967296', '9007199254740993', '9223372036854775808', '9'.repeat(40)],
] as const;

type Damage = (random: Random, bytes: Uint8Array, corpus: readonly Uint8Array[]) => Uint8Array;

const damages: readonly Damage[] = [
  flipBit,
  setByte,
  setByte,
  truncate,
  removeSome,
  repeatSome,
  insertNoise,
  splice,
  splice,
  changeDecimal,
  changeDecimal,
  changeBinary,
  swapSome,
];

/** One to four recordings in a row, with up to five damages. One in ten is left as it is. */
export function damaged(random: Random, corpus: readonly Uint8Array[]): Uint8Array {
  let bytes: Uint8Array = join(Array.from({ length: 1 + random.below(4) }, () => random.pick(corpus)));
  if (random.chance(0.1)) return bytes;
  for (let i = 1 + random.below(5); i > 0; i--) bytes = random.pick(damages)(random, bytes, corpus);
  return bytes;
}

/** Cuts bytes at random places: mostly a few, sometimes everywhere. */
export function inRandomPieces(random: Random, bytes: Uint8Array): Uint8Array[] {
  const longest = random.pick([1, 3, 20, 500, 20_000]);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + random.below(longest);
    pieces.push(bytes.slice(at, end));
    at = end;
  }
  return pieces;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function replace(bytes: Uint8Array, from: number, to: number, by: Uint8Array): Uint8Array {
  return join([bytes.subarray(0, from), by, bytes.subarray(to)]);
}

/** A short range, anywhere. */
function range(random: Random, { length }: Uint8Array): [from: number, to: number] {
  const from = random.below(length + 1);
  return [from, Math.min(length, from + random.below(random.pick([4, 16, 256])))];
}

function flipBit(random: Random, bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  const at = random.below(bytes.length);
  if (bytes.length > 0) changed[at] = (changed[at] as number) ^ (1 << random.below(8));
  return changed;
}

const TELLING: readonly number[] = Array.from(Buffer.from('\r\n\0 $*+-:_,#(=!%~>|?.0129'));

function setByte(random: Random, bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  changed[random.below(bytes.length)] = random.chance(0.6) ? random.pick(TELLING) : random.below(256);
  return changed;
}

function truncate(random: Random, bytes: Uint8Array): Uint8Array {
  return bytes.slice(0, random.below(bytes.length + 1));
}

function removeSome(random: Random, bytes: Uint8Array): Uint8Array {
  return replace(bytes, ...range(random, bytes), new Uint8Array(0));
}

function repeatSome(random: Random, bytes: Uint8Array): Uint8Array {
  const [from, to] = range(random, bytes);
  const times = 1 + random.below(random.pick([2, 10, 200]));
  return replace(bytes, from, from, join(Array.from({ length: times }, () => bytes.subarray(from, to))));
}

function insertNoise(random: Random, bytes: Uint8Array): Uint8Array {
  const at = random.below(bytes.length + 1);
  return replace(
    bytes,
    at,
    at,
    Uint8Array.from({ length: 1 + random.below(20) }, () => random.below(256)),
  );
}

/** The beginning of one recording with the end of another. */
function splice(random: Random, bytes: Uint8Array, corpus: readonly Uint8Array[]): Uint8Array {
  const other = random.pick(corpus);
  const at = random.below(bytes.length + 1);
  return join([bytes.subarray(0, at), other.subarray(random.below(other.length + 1))]);
}

/** Another number in place of a run of digits: mostly a length or a count. */
function changeDecimal(random: Random, bytes: Uint8Array): Uint8Array {
  const runs = [...Buffer.from(bytes).toString('latin1').matchAll(/\d+/g)];
  if (runs.length === 0) return bytes;
  const run = random.pick(runs);
  const near = String(Number(run[0]) + random.pick([-1, 1, 10, -10]));
  const number = random.chance(0.5) ? near : random.pick(NUMBERS);
  return replace(bytes, run.index, run.index + run[0].length, Buffer.from(number));
}

/** Another number in place of two or four bytes, low byte first. */
function changeBinary(random: Random, bytes: Uint8Array): Uint8Array {
  const size = random.pick([2, 4]);
  if (bytes.length < size) return bytes;
  const changed = Buffer.from(bytes);
  const at = random.below(bytes.length - size + 1);
  const limit = 2 ** (8 * size);
  const number = random.chance(0.5)
    ? changed.readUIntLE(at, size) + limit + random.pick([-1, 1, 7, -7])
    : random.pick(EDGES);
  changed.writeUIntLE(number % limit, at, size);
  return new Uint8Array(changed);
}

function swapSome(random: Random, bytes: Uint8Array): Uint8Array {
  const [from, to] = range(random, bytes);
  const at = random.below(bytes.length - (to - from) + 1);
  return replace(replace(bytes, from, to, new Uint8Array(0)), at, at, bytes.slice(from, to));
}
