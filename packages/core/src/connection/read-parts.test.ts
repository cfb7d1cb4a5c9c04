import { beforeEach, expect, it } from 'vitest';
import { turn } from '../../test/observe.ts';
import { nextTick } from '../timers.ts';
import { ReadParts } from './read-parts.ts';

const LONG = 65_536;
/** Bytes of a reply. */
const REPLY = 1024;

/** A client that decodes with a clock of its own: 64 kB take `took` ms. */
class Decoder {
  /** What was decoded, and what callers did, in this order. */
  readonly events: (Uint8Array | string)[] = [];
  due = 0;
  took = 1.2;
  /** Whether what comes are replies. */
  answers = true;
  answered: () => unknown = () => {};
  /** Of each call of decode: whether it was the last of its read. */
  readonly last: boolean[] = [];
  #now = 0;
  readonly parts = new ReadParts(this, () => this.#now);

  decode(bytes: Uint8Array, isLast: boolean): void {
    this.events.push(bytes.slice());
    this.last.push(isLast);
    this.#now += (this.took * bytes.length) / LONG;
    if (this.answers) this.due -= Math.min(Math.floor(bytes.length / REPLY), this.due);
    this.answered();
  }

  get lengths(): number[] {
    return this.events.filter((event) => typeof event !== 'string').map((event) => event.length);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.events.filter((event): event is Uint8Array => typeof event !== 'string'));
  }
}

const numbered = (length: number, first = 0): Uint8Array => Uint8Array.from({ length }, (_, i) => (first + i) % 251);

let decoder: Decoder;

beforeEach(() => {
  decoder = new Decoder();
});

/** Takes a read that answers all that is due, after one that has shown how long that takes. */
function takeLong(from: Decoder = decoder, first = 0): Uint8Array {
  from.due = 2 * (LONG / REPLY);
  from.parts.take(numbered(LONG, first));
  const shared = numbered(LONG, first + LONG);
  from.parts.take(shared);
  return shared;
}

it('a read that takes long and answers all calls is decoded in parts, before the event loop goes on', async () => {
  takeLong();
  expect(decoder.parts.isPending).toBe(true);
  await turn();
  expect(decoder.parts.isPending).toBe(false);
  expect(decoder.lengths).toEqual([LONG, ...Array.from({ length: 8 }, () => 8192)]); // 0.15 ms each
  expect(decoder.last).toEqual([true, ...Array.from({ length: 7 }, () => false), true]);
  expect(decoder.bytes.equals(numbered(2 * LONG))).toBe(true);
});

it('a buffer that is used for something else after the call may hold what is not decoded', async () => {
  takeLong().fill(255);
  await turn();
  expect(decoder.bytes.equals(numbered(2 * LONG))).toBe(true);
});

it('callers go on between two parts, and what they call is written, however many promises they await', async () => {
  takeLong();
  await turn();
  decoder.events.length = 0;
  decoder.due = LONG / REPLY;
  decoder.answered = async () => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
    nextTick(() => decoder.events.push('written'));
  };
  decoder.parts.take(numbered(LONG));
  await turn();
  const kinds = decoder.events.map((event) => (typeof event === 'string' ? event : 'part'));
  expect(kinds).toEqual(Array.from({ length: 8 }, () => ['part', 'written']).flat());
});

it('a read is not divided while the server has other calls to work on', () => {
  decoder.due = 1000;
  decoder.parts.take(numbered(LONG));
  decoder.parts.take(numbered(LONG, LONG));
  expect(decoder.parts.isPending).toBe(false);
  expect(decoder.bytes.equals(numbered(2 * LONG))).toBe(true);
});

it('a read that answers no call is not divided', () => {
  decoder.answers = false;
  for (const due of [0, 0, 1, 1]) {
    decoder.due = due;
    decoder.parts.take(numbered(LONG));
    expect(decoder.parts.isPending).toBe(false);
  }
  expect(decoder.lengths.slice(0, 2)).toEqual([LONG, LONG]);
});

it('what a short read takes says nothing about a long one', () => {
  decoder.due = 1000;
  decoder.took = 1000;
  decoder.parts.take(numbered(10));
  decoder.took = 0.05;
  decoder.due = LONG / REPLY;
  decoder.parts.take(numbered(LONG));
  expect(decoder.lengths).toEqual([10, LONG]);
});

it('a read that is decoded quickly is not divided', () => {
  decoder.took = 0.05;
  takeLong();
  expect(decoder.lengths).toEqual([LONG, LONG]);
});

it('a read that is longer than a socket makes is not copied', () => {
  takeLong();
  decoder.parts.finish();
  decoder.due = 5 * (LONG / REPLY);
  decoder.parts.take(numbered(5 * LONG));
  expect(decoder.parts.isPending).toBe(false);
  expect(decoder.lengths.at(-1)).toBe(5 * LONG);
});

it('bytes that come before the rest of earlier ones is decoded go behind it', async () => {
  takeLong();
  decoder.parts.take(numbered(100, 2 * LONG));
  expect(decoder.parts.isPending).toBe(false);
  expect(decoder.bytes.equals(numbered(2 * LONG + 100))).toBe(true);
  await turn();
  expect(decoder.bytes).toHaveLength(2 * LONG + 100);
});

it('two connections may have a rest at the same time', async () => {
  const other = new Decoder();
  takeLong();
  takeLong(other, 7);
  await turn();
  expect(decoder.bytes.equals(numbered(2 * LONG))).toBe(true);
  expect(other.bytes.equals(numbered(2 * LONG, 7))).toBe(true);
});
