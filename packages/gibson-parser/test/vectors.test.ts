import { isDeepStrictEqual } from 'node:util';
import { appendCommand, Decoder, opcodeOf, Reader, type Reply } from '@kv/gibson-parser';
import { describe, expect, test } from 'vitest';
import {
  argument,
  describeReply,
  encodeStep,
  hex,
  type RecordedArgument,
  repliesOf,
  type Step,
  scenarios,
} from './recorded.ts';

const replayed = scenarios.flatMap(({ name, steps }) =>
  steps
    .filter((step) => step.replyHex !== '')
    .map((step, index) => [`${name} ${index} ${step.command}`, step] as const),
);

function decode(pieces: Iterable<Uint8Array>): Reply[] {
  const reader = new Reader({ encoding: 'bytes' });
  return Array.from(pieces, (piece) => reader.parse(piece)).flat();
}

test('the recording covers every command', () => {
  const names = new Set(scenarios.flatMap(({ steps }) => steps.map((step) => step.command)));
  expect([...names].filter((name) => opcodeOf(name) !== undefined)).toHaveLength(22);
});

function encodedSteps(steps: readonly Step[]): (readonly [Uint8Array, Step])[] {
  return steps.flatMap((step) => {
    const frame = encodeStep(step);
    return frame === undefined ? [] : [[frame, step] as const];
  });
}

describe('requests are the recorded bytes', () => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (_, { steps }) => {
    for (const [frame, step] of encodedSteps(steps)) {
      expect(Buffer.from(frame).toString('hex')).toBe(step.requestHex);
    }
  });

  test('also through an output, as one frame in one piece', () => {
    for (const step of scenarios.flatMap(({ steps }) => steps)) {
      const opcode = opcodeOf(step.command);
      if (opcode === undefined) continue;
      const frames: Uint8Array[] = [];
      const out = { text: '', bytes: (frame: Uint8Array): void => void frames.push(frame) };
      appendCommand(out, opcode, (step.args as RecordedArgument[]).map(argument));
      expect(out.text).toBe('');
      expect(frames.map((frame) => Buffer.from(frame).toString('hex'))).toEqual([step.requestHex]);
    }
  });
});

describe('replies are the recorded values', () => {
  test.each(replayed)('whole: %s', (_, step) => {
    expect(decode([hex(step.replyHex)]).map(describeReply)).toEqual(repliesOf(step));
  });

  test.each(replayed)('byte by byte: %s', (_, step) => {
    const bytes = hex(step.replyHex);
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
    expect(decode(single).map(describeReply)).toEqual(repliesOf(step));
  });

  test.each(replayed)('at every split: %s', (_, step) => {
    const bytes = hex(step.replyHex);
    const whole = decode([bytes]);
    const different: number[] = [];
    for (let at = 0; at <= bytes.length; at++) {
      if (!isDeepStrictEqual(decode([bytes.subarray(0, at), bytes.subarray(at)]), whole)) different.push(at);
    }
    expect(different).toEqual([]);
  });

  test('the input may be overwritten after each piece', () => {
    for (const [, step] of replayed) {
      const replies: Reply[] = [];
      const decoder = new Decoder({ bytes: () => true, reply: (reply) => void replies.push(reply) });
      const bytes = hex(step.replyHex);
      const memory = Buffer.alloc(64);
      for (let at = 0; at < bytes.length; at += memory.length) {
        memory.set(bytes.subarray(at, at + memory.length));
        decoder.write(memory.subarray(0, Math.min(memory.length, bytes.length - at)));
        memory.fill(0xee);
      }
      expect(replies.map(describeReply)).toEqual(repliesOf(step));
    }
  });
});
