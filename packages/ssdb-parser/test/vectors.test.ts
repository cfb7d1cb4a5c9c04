import { describe, expect, test } from 'vitest';
import { Decoder, encodeCommand, ProtocolError, type Reply } from '../src/index.ts';
import { blockBytes, fromHex, recordedScenarios, type Step } from './vectors.ts';

const scenarios = recordedScenarios();

/** Decodes with bodies as bytes; every piece passes through one buffer that is overwritten afterwards. */
function decode(...pieces: readonly Uint8Array[]): Reply[] {
  const out: Reply[] = [];
  const decoder = new Decoder({ bytes: () => true, reply: (reply) => out.push(reply) });
  const shared = new Uint8Array(Math.max(0, ...pieces.map((piece) => piece.length)));
  for (const piece of pieces) {
    shared.set(piece);
    decoder.write(shared.subarray(0, piece.length));
    shared.fill(0xff, 0, piece.length);
  }
  return out;
}

/** What was recorded, as the decoder gives it; undefined where nothing was written down. */
function recorded(step: Step): Reply[] | undefined {
  const packets = step.decodedPackets ?? (step.decoded ? [step.decoded] : undefined);
  if (packets === undefined) return step.replyHex === '' ? [] : undefined;
  return packets.map(([status = '', ...body]) => ({
    status: Buffer.from(blockBytes(status)).toString('latin1'),
    body: body.map(blockBytes),
  }));
}

function fingerprint(replies: Reply[]): string {
  const blocks = replies.map(({ status, body }) => [
    status,
    ...body.map((block) => Buffer.from(block).toString('latin1')),
  ]);
  return JSON.stringify(blocks);
}

/** The cuts after which `bytes` decode to something else than `wanted`. */
function badCuts(bytes: Uint8Array, wanted: Reply[]): number[] {
  const text = fingerprint(wanted);
  const cuts = Array.from({ length: bytes.length }, (_, cut) => cut);
  return cuts.filter((cut) => fingerprint(decode(bytes.subarray(0, cut), bytes.subarray(cut))) !== text);
}

describe.each(scenarios)('$name', ({ steps }) => {
  const native = steps.filter((step) => !step.redisProtocol && recorded(step) !== undefined);

  test('replies: whole, byte by byte, cut at every point', () => {
    for (const step of native) {
      const bytes = fromHex(step.replyHex);
      const wanted = recorded(step) ?? [];
      expect(decode(bytes)).toEqual(wanted);
      expect(decode(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(wanted);
      expect(badCuts(bytes, wanted)).toEqual([]);
    }
  });

  test('replies: all in one stream', () => {
    const bytes = fromHex(native.map((step) => step.replyHex).join(''));
    expect(decode(bytes)).toEqual(native.flatMap((step) => recorded(step) ?? []));
  });

  test('requests', () => {
    for (const { command = '', args = [], requestHex } of steps.filter((step) => !step.raw)) {
      const bytes = fromHex(requestHex);
      expect(encodeCommand(command, ...args.map(blockBytes))).toEqual(bytes);
      expect(encodeCommand(command, ...args.map((arg) => (typeof arg === 'string' ? arg : fromHex(arg.hex))))).toEqual(
        bytes,
      );
      expect(decode(bytes)).toEqual([{ status: command, body: args.map(blockBytes) }]);
    }
  });
});

test('replies in Redis format are refused', () => {
  const redis = scenarios.flatMap(({ steps }) => steps).filter(({ redisProtocol }) => redisProtocol);
  expect(redis.length).toBeGreaterThan(0);
  for (const step of redis) expect(() => decode(fromHex(step.replyHex))).toThrow(ProtocolError);
});
