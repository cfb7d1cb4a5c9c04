/**
 * Whatever a caller passes as key, prefix, value, time or limit: exactly one frame of the meant opcode with exactly
 * the meant fields, or ArgumentError and no bytes.
 */
import { type AnyCommand, isKvError } from '@kv/core';
import { opcodes } from '@kv/gibson-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as commands from '../src/commands/index.ts';
import { createGibson } from '../src/index.ts';
import { defaultServerLimits } from '../src/protocol/limits.ts';
import { GibsonProtocol } from '../src/protocol/protocol.ts';
import { rawCommand } from '../src/protocol/raw.ts';
import { answering, notFound, number, ok, plain } from './frames.ts';

const protocol = new GibsonProtocol({
  window: { commands: 1, refill: 'sliding' },
  serverLimits: defaultServerLimits,
  replyLimits: {},
});

const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ maxLength: 700 }),
  fc.stringMatching(/^[a-z:]{1,20}$/),
  fc.uint8Array({ maxLength: 20 }),
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  fc.constantFrom<unknown>(undefined, null, true, '', ' ', 'a b', '\0', '\ud800', '0', '-1', {}, [], () => 'a'),
  fc.integer({ min: 500, max: 514 }).map((length) => 'x'.repeat(length)),
);
const anyNumber = fc.oneof(fc.integer({ min: -3, max: 70_000 }), anything);

/** How a command is made from what a caller passes, and in which order that is on the wire. */
interface Case {
  readonly given: readonly fc.Arbitrary<unknown>[];
  readonly make: (given: readonly never[]) => AnyCommand;
  readonly wire: (given: readonly unknown[]) => unknown[];
}

const asGiven = (given: readonly unknown[]): unknown[] => [...given];
type One = (key: never) => AnyCommand;
type Two = (key: never, second: never) => AnyCommand;
const one = (make: One): Case => ({ given: [anything], make: ([a]) => make(a as never), wire: asGiven });
const two = (make: Two, second: fc.Arbitrary<unknown>): Case => ({
  given: [anything, second],
  make: ([a, b]) => make(a as never, b as never),
  wire: asGiven,
});

const cases: Readonly<Record<string, Case>> = {
  SET: {
    given: [anything, anything, anyNumber],
    make: ([key, value, ttl]) => commands.set(key as never, value as never, { ttl: ttl as never }),
    wire: ([key, value, ttl = 0]) => [ttl, key, value],
  },
  MGET: {
    given: [anything, anyNumber],
    make: ([prefix, limit]) => commands.mget(prefix as never, { limit: limit as never }),
    wire: ([prefix, limit]) => (limit === undefined ? [prefix] : [prefix, limit]),
  },
  TTL: two(commands.ttl, anyNumber),
  LOCK: two(commands.lock, anyNumber),
  MSET: two(commands.mset, anything),
  MTTL: two(commands.mttl, anyNumber),
  MLOCK: two(commands.mlock, anyNumber),
  GET: one(commands.get),
  DEL: one(commands.del),
  INC: one(commands.inc),
  DEC: one(commands.dec),
  UNLOCK: one(commands.unlock),
  MDEL: one(commands.mdel),
  MINC: one(commands.minc),
  MDEC: one(commands.mdec),
  MUNLOCK: one(commands.munlock),
  COUNT: one(commands.count),
  KEYS: one(commands.keys),
};

/** The text or bytes that a JavaScript value stands for. */
function meant(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  const large = typeof value === 'number' && Math.abs(value) >= 1e21;
  const text = large ? BigInt(value).toString() : String(Object.is(value, -0) ? 0 : value);
  return Buffer.from(text).toString('hex');
}

/** What a server reads in a frame: it cuts the payload at the first spaces, the last field takes the rest. */
function readFrame(frame: Buffer, fields: number): string[] {
  const read: Buffer[] = [];
  let rest = frame.subarray(6);
  while (read.length < fields - 1) {
    const space = rest.indexOf(0x20);
    if (space < 0) break;
    read.push(rest.subarray(0, space));
    rest = rest.subarray(space + 1);
  }
  return (fields === 0 && rest.length === 0 ? read : [...read, rest]).map((field) => field.toString('hex'));
}

/** The frames of a command, or `refused` when it is an ArgumentError and nothing was written. */
function attempt(make: () => AnyCommand): Buffer[] | 'refused' {
  const frames: Buffer[] = [];
  try {
    protocol.encode(make(), { text: '', bytes: (frame) => void frames.push(Buffer.from(frame)) });
    return frames;
  } catch (error) {
    if (isKvError(error) && error.code === 'ARGUMENT' && error.outcome === 'notSent' && frames.length === 0)
      return 'refused';
    throw error;
  }
}

function expectOneFrame(name: string, wire: readonly unknown[], frames: readonly Buffer[]): void {
  expect(frames).toHaveLength(1);
  const [frame] = frames as [Buffer];
  expect(frame.readUInt32LE(0)).toBe(frame.length - 4);
  expect(frame.readUInt16LE(4)).toBe(opcodes[name as keyof typeof opcodes]);
  const fields = readFrame(frame, wire.length);
  expect(fields).toEqual(wire.map(meant));
  expect(fields).not.toContain('');
  const key = Buffer.from(fields[name === 'SET' ? 1 : 0] ?? 'ff', 'hex');
  expect([key.includes(0x20), key.includes(0), key.length < 512]).toEqual([false, false, true]);
}

describe('typed commands', () => {
  test.each(Object.entries(cases))('%s', (name, { given, make: makeCase, wire }) => {
    let sent = 0;
    const property = fc.property(fc.tuple(...given), (values) => {
      const frames = attempt(() => makeCase(values as never[]));
      if (frames === 'refused') return;
      sent++;
      expectOneFrame(name, wire(values), frames);
    });
    fc.assert(property, { numRuns: 1000 });
    expect(sent).toBeGreaterThan(20);
  });
});

/** The reply that a command takes for an answer. */
function anyAnswer(opcode: number, payload: Buffer): Buffer {
  const { SET, GET, MGET, KEYS, TTL, DEL, LOCK, UNLOCK } = opcodes;
  if (opcode === SET) return plain(payload.subarray(payload.indexOf(0x20, payload.indexOf(0x20) + 1) + 1));
  if (([GET, MGET, KEYS] as number[]).includes(opcode)) return notFound;
  return ([TTL, DEL, LOCK, UNLOCK] as number[]).includes(opcode) ? ok : number(1);
}

test.each(Object.entries(cases))('through a client, %s', async (name, { given, make: makeCase, wire }) => {
  const server = answering(anyAnswer);
  await using gibson = createGibson({ connect: server.connect }, { maxSize: 1 });
  await gibson.connect();
  const peer = await server.next();
  const property = fc.asyncProperty(fc.tuple(...given), async (values) => {
    const before = peer.written.length;
    const call = (async (): Promise<unknown> => gibson.send(makeCase(values as never[]) as never))();
    const refused = await call.then(
      () => false,
      (error: unknown) => isKvError(error) && error.code === 'ARGUMENT',
    );
    const written = Buffer.from(peer.written.subarray(before));
    if (refused && written.length === 0) return;
    expectOneFrame(name, wire(values), [written]);
  });
  await fc.assert(property, { numRuns: 100 });
});

test('raw commands', () => {
  const sent = new Set<string>();
  const names = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...Object.keys(opcodes)) },
    fc.string({ maxLength: 5 }),
  );
  const property = fc.property(names, fc.array(anyNumber, { maxLength: 4 }), (name, given) => {
    const frames = attempt(() => rawCommand(name, given));
    if (frames === 'refused') return;
    sent.add(name);
    expectOneFrame(name, given, frames);
  });
  fc.assert(property, { numRuns: 5000 });
  expect([...sent].sort()).toEqual(expect.arrayContaining(['END', 'GET', 'PING', 'STATS']));
});
