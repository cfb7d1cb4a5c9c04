import { describe, expect, it } from 'vitest';
import { setImmediate } from '../timers.ts';
import { sliced } from './sliced-transport.ts';
import { encodeText, giveBack } from './text-blocks.ts';
import type { Connect, Transport, TransportEvents } from './transport.ts';

type Chunk = Parameters<Transport['write']>[0][number];

/** A transport that notes what it is told, and how full it is. */
class Noted implements Transport {
  readonly writes: Chunk[][] = [];
  readonly told: string[] = [];
  isFull = false;
  on: TransportEvents | undefined;

  readonly connect: Connect = async (_address, on) => {
    this.on = on;
    return this;
  };

  write(chunks: readonly Chunk[]): boolean {
    this.writes.push([...chunks]);
    return !this.isFull;
  }

  pause(): void {
    this.told.push('pause');
  }

  resume(): void {
    this.told.push('resume');
  }

  end(): void {
    this.told.push('end');
  }

  destroy(): void {
    this.told.push('destroy');
    this.on?.close();
  }
}

/** What the user of the transport is told. */
interface Heard {
  bytes: number;
  drains: number;
  closed?: Error | undefined;
}

async function open(room?: Uint8Array): Promise<{ inner: Noted; outer: Transport; heard: Heard }> {
  const inner = new Noted();
  const heard: Heard = { bytes: 0, drains: 0 };
  const outer = await sliced(inner.connect)(
    { host: '', port: 0 },
    {
      data: ({ length }) => {
        heard.bytes += length;
      },
      room: () => room,
      filled: (length) => {
        heard.bytes += length;
      },
      drain: () => {
        heard.drains++;
      },
      close: (error) => {
        heard.closed = error;
      },
    },
    new AbortController().signal,
  );
  return { inner, outer, heard };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Waits for a change. In one turn there is one at most. */
async function change(of: readonly unknown[]): Promise<void> {
  for (const { length } = of; of.length === length; ) await turn();
}

/** So many that no pause is left. */
async function manyTurns(): Promise<void> {
  for (let i = 0; i < 20; i++) await turn();
}

/** How many turns pass until a change, and whether a millisecond did. */
async function turnsUntilChange(of: readonly unknown[], busy: () => void): Promise<{ turns: number; long: boolean }> {
  const { length } = of;
  const start = performance.now();
  let turns = 0;
  for (; of.length === length; turns++) {
    busy();
    await turn();
  }
  return { turns, long: performance.now() - start >= 1 };
}

function workForTwoMs(): void {
  for (const start = performance.now(); performance.now() - start < 2; );
}
const lengths = (chunks: readonly Chunk[]): number => chunks.reduce((sum, { length }) => sum + length, 0);
const SLICE = 65_536;
const READ_SLICE = 32_768;

it('writes large bytes in slices, never two in a turn of the event loop, and is drained after the last', async () => {
  const { inner, outer, heard } = await open();
  const bytes = Uint8Array.from({ length: SLICE * 2 + 100 }, (_, i) => i % 251);
  expect(outer.write(['head', bytes, 'end'])).toBe(false);
  expect(inner.writes.map(lengths)).toEqual([SLICE]);
  await change(inner.writes);
  expect(inner.writes.map(lengths)).toEqual([SLICE, SLICE]);
  expect(heard.drains).toBe(0);
  await change(inner.writes);
  expect(inner.writes.map(lengths)).toEqual([SLICE, SLICE, 107]);
  expect(heard.drains).toBe(1);
  const sent = Buffer.concat(inner.writes.flat().map((chunk) => Buffer.from(chunk as string)));
  expect(sent.equals(Buffer.concat([Buffer.from('head'), bytes, Buffer.from('end')]))).toBe(true);
});

it('writes what is small at once', async () => {
  const { inner, outer, heard } = await open();
  expect(outer.write(['one', new Uint8Array(3)])).toBe(true);
  expect(inner.writes).toHaveLength(1);
  await turn();
  expect(heard.drains).toBe(0);
});

it('keeps the order when more is written before the slices have gone out', async () => {
  const { inner, outer } = await open();
  outer.write([new Uint8Array(SLICE + 1)]);
  expect(outer.write(['behind'])).toBe(false);
  await change(inner.writes);
  expect(inner.writes.map(lengths)).toEqual([SLICE, 7]);
  expect(inner.writes[1]?.[1]).toBe('behind');
});

it('waits while the transport is full', async () => {
  const { inner, outer, heard } = await open();
  inner.isFull = true;
  expect(outer.write([new Uint8Array(SLICE * 2)])).toBe(false);
  await manyTurns();
  expect(inner.writes).toHaveLength(1);
  inner.isFull = false;
  inner.on?.drain();
  expect(heard.drains).toBe(0);
  await change(inner.writes);
  expect(inner.writes).toHaveLength(2);
  expect(heard.drains).toBe(1);
});

it('writes large text in slices, and its memory is used again when all of them were written', async () => {
  const { inner, outer } = await open();
  const text = Array.from({ length: 40_000 }, (_, i) => `${i};`).join('');
  const blocks = encodeText(text);
  outer.write(blocks);
  while (lengths(inner.writes.flat()) < text.length) await turn();
  const parts = inner.writes.flat() as Uint8Array[];
  expect(inner.writes.length).toBeGreaterThan(2);
  expect(inner.writes.every((chunks) => lengths(chunks) <= SLICE)).toBe(true);
  expect(Buffer.concat(parts).toString()).toBe(text);

  const memory = blocks[0]?.buffer;
  const ofFirst = parts.filter(({ buffer }) => buffer === memory);
  for (const part of ofFirst.slice(1)) giveBack(part);
  expect(encodeText('x')[0]?.buffer).not.toBe(memory);
  giveBack(ofFirst[0] as Uint8Array);
  expect(encodeText('x')[0]?.buffer).toBe(memory);
});

it('writes what is left when it is ended, and nothing after it was destroyed', async () => {
  const ended = await open();
  ended.outer.write([new Uint8Array(SLICE * 3)]);
  ended.outer.end();
  await manyTurns();
  expect(ended.inner.writes.map(lengths)).toEqual([SLICE, SLICE * 2]);
  expect(ended.inner.told).toEqual(['end']);

  const destroyed = await open();
  destroyed.outer.write([new Uint8Array(SLICE * 3)]);
  destroyed.outer.destroy();
  await manyTurns();
  expect(destroyed.inner.writes.map(lengths)).toEqual([SLICE]);
});

it('reads a slice, and then nothing in that turn', async () => {
  const { inner, heard } = await open();
  inner.on?.data(new Uint8Array(READ_SLICE - 1));
  expect(inner.told).toEqual([]);
  inner.on?.data(new Uint8Array(1));
  expect(inner.told).toEqual(['pause']);
  await change(inner.told);
  expect(inner.told).toEqual(['pause', 'resume']);
  expect(heard.bytes).toBe(READ_SLICE);
});

it('gives others several turns before it reads or writes again', async () => {
  const { inner, outer } = await open();
  inner.on?.data(new Uint8Array(READ_SLICE));
  const read = await turnsUntilChange(inner.told, () => undefined);
  expect(read.turns >= 8 || read.long).toBe(true);
  outer.write([new Uint8Array(SLICE * 2)]);
  const written = await turnsUntilChange(inner.writes, () => undefined);
  expect(written.turns >= 4 || written.long).toBe(true);
});

it('does not count turns when they are long', async () => {
  const { inner, outer } = await open();
  inner.on?.data(new Uint8Array(READ_SLICE));
  expect(await turnsUntilChange(inner.told, workForTwoMs)).toEqual({ turns: 1, long: true });
  outer.write([new Uint8Array(SLICE * 2)]);
  expect(await turnsUntilChange(inner.writes, workForTwoMs)).toEqual({ turns: 1, long: true });
});

it('reads what is no large value in slices, too', async () => {
  const { inner, heard } = await open();
  const room = inner.on?.room?.();
  expect(room).toHaveLength(READ_SLICE);
  inner.on?.filled?.(100);
  expect(heard.bytes).toBe(100);
  expect(inner.told).toEqual([]);
  inner.on?.filled?.(READ_SLICE - 100);
  expect(inner.told).toEqual(['pause']);
});

it('reads into memory of its own, also while another one reads', async () => {
  const bytes: number[][] = [];
  const reading = [1, 2].map(async (value) => {
    const inner = new Noted();
    const taken: number[] = [];
    bytes.push(taken);
    const on = { data: (read: Uint8Array) => void taken.push(...read), drain: () => undefined, close: () => undefined };
    await sliced(inner.connect)({ host: '', port: 0 }, on, new AbortController().signal);
    return { inner, value };
  });
  const both = await Promise.all(reading);
  for (const { inner, value } of both) inner.on?.room?.()?.fill(value, 0, 3);
  for (const { inner } of both) inner.on?.filled?.(3);
  expect(bytes).toEqual([
    [1, 1, 1],
    [2, 2, 2],
  ]);
});

it('reads into the memory that its user offers, a slice of it at a time', async () => {
  const { inner, heard } = await open(new Uint8Array(READ_SLICE * 4));
  expect(inner.on?.room?.()).toHaveLength(READ_SLICE);
  inner.on?.filled?.(READ_SLICE);
  expect(heard.bytes).toBe(READ_SLICE);
  expect(inner.told).toEqual(['pause']);
});

it('does not read again when its user has stopped it meanwhile', async () => {
  const { inner, outer } = await open();
  inner.on?.data(new Uint8Array(READ_SLICE));
  outer.pause();
  await manyTurns();
  expect(inner.told).toEqual(['pause', 'pause']);
  outer.resume();
  expect(inner.told).toEqual(['pause', 'pause', 'resume']);
});

interface Resizable extends ArrayBuffer {
  resize(length: number): void;
}

/** Memory whose length can change; TypeScript's library for Node 20 does not know it. */
function resizable(length: number): Resizable {
  return Reflect.construct(ArrayBuffer, [length, { maxByteLength: SLICE * 4 }]) as Resizable;
}

describe('bytes that are gone before all of them were written', () => {
  const views = {
    transferred: () => {
      const bytes = new Uint8Array(SLICE * 3);
      return { bytes, takeAway: () => void structuredClone(bytes.buffer, { transfer: [bytes.buffer] }) };
    },
    shrunk: () => {
      const buffer = resizable(SLICE * 3);
      return { bytes: new Uint8Array(buffer), takeAway: () => buffer.resize(SLICE) };
    },
  };

  it.each(['transferred', 'shrunk'] as const)('%s: end the connection, and nothing is thrown', async (how) => {
    const { bytes, takeAway } = views[how]();
    const { inner, outer, heard } = await open();
    outer.write(['head', bytes, 'end']);
    takeAway();
    await manyTurns();
    expect([inner.writes.length, inner.told]).toEqual([1, ['destroy']]);
    expect(heard.closed).toMatchObject({ code: 'CONNECTION', cause: expect.any(TypeError) as TypeError });
    expect(outer.write(['more'])).toBe(false);
    await manyTurns();
    expect([inner.writes.length, heard.drains]).toEqual([1, 0]);
  });

  it.each(['transferred', 'shrunk'] as const)('%s: an orderly end becomes one at once', async (how) => {
    const { bytes, takeAway } = views[how]();
    const { inner, outer } = await open();
    outer.write([bytes]);
    takeAway();
    outer.end();
    expect(inner.told).toEqual(['destroy']);
  });

  it('grown: as many go out as there were', async () => {
    const buffer = resizable(SLICE * 2);
    const { inner, outer } = await open();
    outer.write([new Uint8Array(buffer)]);
    buffer.resize(SLICE * 4);
    await manyTurns();
    expect(inner.writes.map(lengths)).toEqual([SLICE, SLICE]);
  });
});
