import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Decoder, ProtocolError, Reader, type Reply } from '../src/index.ts';
import { type Event, expectedEvents, type Node } from './expected.ts';

interface Vector {
  name: string;
  hex?: string;
  repeat?: { hex: string; times: number };
  frames?: Node[];
  incomplete?: boolean;
  error?: boolean;
}

const file = new URL('./vectors/resp.vectors.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Vector[] };
/** Larger cases are cut at every place of their first and last kilobyte, and at 500 places between. */
const LARGE = 64 * 1024;

function bytesOf({ hex, repeat }: Vector): Uint8Array {
  return new Uint8Array(Buffer.from(repeat === undefined ? (hex ?? '') : repeat.hex.repeat(repeat.times), 'hex'));
}

interface Outcome {
  events: Event[];
  failed: boolean;
}

/** Each piece is overwritten after it was read: nothing may keep a view of it. */
function decode(pieces: Iterable<Uint8Array>, bytes: boolean): Outcome {
  const events: Event[] = [];
  const decoder = new Decoder({
    reply: (value) => events.push({ kind: 'reply', value }),
    push: (value) => events.push({ kind: 'push', value }),
    attribute: (value) => events.push({ kind: 'attribute', value }),
    bytes: () => bytes,
  });
  for (const piece of pieces) {
    const lent = piece.slice();
    try {
      decoder.write(lent);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return { events, failed: true };
    }
    lent.fill(0x2a);
  }
  return { events, failed: false };
}

function* byteByByte(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let i = 0; i < bytes.length; i++) yield bytes.subarray(i, i + 1);
}

function splitPoints(length: number): number[] {
  const all = Array.from({ length: length + 1 }, (_, i) => i);
  if (length <= LARGE) return all;
  const step = Math.floor(length / 500);
  return all.filter((i) => i < 1024 || i > length - 1024 || i % step === 0);
}

/**
 * Two attributes in a row are joined in the vectors, the decoder reports each. It also reports one whose value is still
 * to come, which the vectors do not list.
 */
function joined(events: readonly Event[]): Event[] {
  const result: Event[] = [];
  for (const event of events) {
    const last = result.at(-1);
    if (last?.kind === 'attribute' && event.kind === 'attribute') {
      for (const [key, value] of event.value) last.value.set(key, value);
    } else result.push(event.kind === 'attribute' ? { kind: 'attribute', value: new Map(event.value) } : event);
  }
  if (result.at(-1)?.kind === 'attribute') result.pop();
  return result;
}

describe.each([
  ['text', false],
  ['bytes', true],
])('recorded vectors as %s', (_, asBytes) => {
  test.each(cases)('$name', (vector) => {
    const bytes = bytesOf(vector);
    const expected = { events: joined(expectedEvents(vector.frames ?? [], asBytes)), failed: vector.error === true };
    const run = (pieces: Iterable<Uint8Array>): Outcome => {
      const { events, failed } = decode(pieces, asBytes);
      return { events: joined(events), failed };
    };
    expect(run([bytes])).toStrictEqual(expected);
    expect(run(byteByByte(bytes))).toStrictEqual(expected);
    const whole = JSON.stringify(expected, plain);
    const wrong = splitPoints(bytes.length).filter(
      (at) => JSON.stringify(run([bytes.subarray(0, at), bytes.subarray(at)]), plain) !== whole,
    );
    expect(wrong).toStrictEqual([]);
  });
});

/** Makes every kind of value visible in JSON, so that thousands of splits compare quickly. */
function plain(_: string, value: unknown): unknown {
  if (value instanceof Map) return { map: [...value] };
  if (value instanceof Set) return { set: [...value] };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
  if (typeof value === 'bigint') return { bigint: `${value}` };
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) return { number: `${value}` };
  return value;
}

test.each(cases)('Reader: $name', (vector) => {
  const expected = expectedEvents(vector.frames ?? [], false).filter(({ kind }) => kind !== 'attribute');
  const pushes: Reply[][] = [];
  const reader = new Reader({ onPush: (items) => pushes.push(items) });
  const replies: Reply[] = [];
  const read = (): unknown => {
    reader.feed(bytesOf(vector));
    try {
      for (let reply = reader.gets(); reply !== undefined; reply = reader.gets()) replies.push(reply);
    } catch (error) {
      return error;
    }
    return undefined;
  };
  expect(read() instanceof ProtocolError).toBe(vector.error === true);
  expect(replies).toStrictEqual(expected.filter(({ kind }) => kind === 'reply').map(({ value }) => value));
  expect(pushes).toStrictEqual(expected.filter(({ kind }) => kind === 'push').map(({ value }) => value));
});
