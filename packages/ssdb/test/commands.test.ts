import { type AnyCommand, isKvError, type Output, type ReplySink } from '@kv/core';
import { fromHex } from '@kv/testkit';
import { describe, expect, test } from 'vitest';
import { commandByName, commandTable } from '../src/protocol/command-table.ts';
import { ssdbProtocol } from '../src/protocol/protocol.ts';
import { expectedAnswer, shapes, takes, typedCommand } from './calls.ts';
import { block, blockText, recordedScenarios, type Step } from './vectors.ts';

const protocol = ssdbProtocol();
const steps = recordedScenarios()
  .flatMap((scenario) => scenario.steps.map((step) => ({ ...step, scenario: scenario.name })))
  .filter(({ raw, redisProtocol, command = '' }) => !raw && !redisProtocol && shapes.has(command))
  .filter(({ command = '', args = [] }) => takes(command, args.length));

function encoded(command: AnyCommand): string {
  const chunks: Uint8Array[] = [];
  const out: Output = {
    text: '',
    bytes(data) {
      chunks.push(Buffer.from(this.text), data);
      this.text = '';
    },
  };
  protocol.encode(command, out);
  return Buffer.concat([...chunks, Buffer.from(out.text)]).toString('hex');
}

/** What a caller gets for these bytes: the value, or the error. */
function answered(command: AnyCommand, replyHex: string, bytes = false): { value: unknown } | { error: unknown } {
  const got: ({ value: unknown } | { error: unknown })[] = [];
  const sink: ReplySink = {
    head: () => ({ command, bytes }),
    reply: (raw) => got.push({ value: command.reply(raw, command) }),
    fail: (error) => got.push({ error }),
    drain: () => undefined,
    push: () => undefined,
  };
  protocol.open(sink).decode(fromHex(replyHex));
  expect(got).toHaveLength(1);
  return got[0] as { value: unknown } | { error: unknown };
}

/** The typed command for a recorded step, or why the function would not make one. */
function made(step: Step): { command: AnyCommand } | { refused: string } {
  try {
    return { command: typedCommand(step.command ?? '', (step.args ?? []).map(block)) };
  } catch (error) {
    if (!isKvError(error) || error.code !== 'ARGUMENT') throw error;
    return { refused: error.message };
  }
}

function accepted(step: Step): AnyCommand | undefined {
  const result = made(step);
  return 'command' in result ? result.command : undefined;
}

test('the 119 registered commands, each with a function and in the table of raw calls', () => {
  expect(shapes.size).toBe(119);
  expect([...commandTable().keys()].sort()).toEqual([...shapes.keys()].sort());
  const recorded = new Set(steps.map((step) => step.command));
  expect([...shapes.keys()].filter((name) => !recorded.has(name))).toEqual([]);
});

test('a raw call has the same flags and key positions as the typed one', () => {
  const typed = new Map(steps.flatMap((step) => accepted(step) ?? []).map(({ spec }) => [spec.name, spec]));
  expect(typed.size).toBe(119);
  for (const [name, { flags, keys }] of typed) expect(commandTable().get(name)).toMatchObject({ name, flags, keys });
});

describe.each([...shapes.keys()])('%s', (name) => {
  const mine = steps
    .filter((step) => step.command === name)
    .flatMap((step) => {
      const command = accepted(step);
      return command === undefined ? [] : [{ step, command, given: (step.args ?? []).map(block) }];
    });
  const answers = name === 'info' ? [] : mine.filter(({ step }) => isAnswer(step));
  const refusals = mine.filter(({ step }) => step.decoded !== undefined && !isAnswer(step));

  test('writes what was recorded, with the defaults filled in', () => {
    for (const { step, command, given } of mine) {
      expect(encoded(commandByName(name, given))).toBe(step.requestHex);
      expect(encoded(command)).toBe(encoded(commandByName(name, [...given, ...command.args.slice(given.length)])));
    }
  });

  test('answers as recorded, as text and as bytes', () => {
    for (const { step, command } of answers) {
      const value = expectedAnswer(
        shapes.get(name)?.answer ?? '',
        (step.decoded ?? []).map(blockText),
        step.args?.length === 2,
      );
      expect(answered(command, step.replyHex)).toEqual({ value });
      expect(textOf(answered(command, step.replyHex, true))).toEqual(textOf({ value }));
    }
  });

  test('refuses as recorded', () => {
    for (const { step, command } of refusals) {
      const failure = {
        error: expect.objectContaining({ code: 'REPLY', status: step.decoded?.[0], outcome: 'refused' }),
      };
      expect(answered(command, step.replyHex)).toEqual(failure);
      expect(answered(command, step.replyHex, true)).toEqual(failure);
    }
  });
});

/** Recorded with `ok` or `not_found`. */
function isAnswer({ decoded }: Step): boolean {
  return decoded?.[0] === 'ok' || decoded?.[0] === 'not_found';
}

/** Data as text at every level, so that an answer in bytes compares with one in text. */
function textOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return new TextDecoder('utf-8', { ignoreBOM: true }).decode(value);
  if (Array.isArray(value)) return value.map(textOf);
  if (value instanceof Map) return [...value].map(textOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, textOf(item)]));
}

test('in bytes, user data is Uint8Array', () => {
  const bytes = Uint8Array.of(0x61);
  const reply = (...body: string[]) =>
    Buffer.from(
      ['ok', ...body]
        .map((one) => `${one.length}\n${one}\n`)
        .join('')
        .concat('\n'),
    ).toString('hex');
  expect(answered(typedCommand('get', ['k']), reply('a'), true)).toEqual({ value: bytes });
  expect(answered(typedCommand('scan', ['', '', '9']), reply('k', 'a'), true)).toEqual({
    value: new Map([['k', bytes]]),
  });
  expect(answered(typedCommand('zscan', ['z', '', '', '', '9']), reply('a', '7'), true)).toEqual({
    value: [{ member: bytes, score: 7 }],
  });
});

test('info is a map, with replication links apart', () => {
  const step = steps.find((one) => one.scenario === 'slaveof' && one.command === 'info');
  const { value } = answered(typedCommand('info', []), step?.replyHex ?? '') as {
    value: { values: Map<string, string>; replication: string[] };
  };
  expect(value.values.get('version')).toBe('1.9.8');
  expect(value.replication).toEqual([expect.stringContaining('slaveof 127.0.0.1:1')]);
});

test('what the server would take wrongly is refused before it is sent', () => {
  const refused = steps.flatMap((step) => {
    const result = made(step);
    return 'refused' in result && isAnswer(step) ? [`${step.command} ${result.refused}`] : [];
  });
  expect([...new Set(refused)].sort()).toEqual([
    'del key: must not be empty',
    'expire ttl: expected 0 to 2147483647, got -1',
    'get key: expected at most 255 bytes, got 256',
    'get key: must not be empty',
    'getset key: must not be empty',
    'hget name: expected at most 255 bytes, got 256',
    'hincr by: expected a whole number, got a string',
    'hscan limit: expected a whole number, got a string',
    'incr by: expected a whole number, got a string',
    'incr key: must not be empty',
    'multi_del keys[0]: expected at most 255 bytes, got 256',
    'multi_set entries[1]: expected at most 255 bytes, got 256',
    'multi_set entries[1]: must not be empty',
    'qrange limit: expected at least 1, or -1 for all, got 0',
    'scan limit: expected a whole number, got a string',
    'set key: must not be empty',
    'setbit key: must not be empty',
    'setnx key: must not be empty',
    'setx ttl: expected 1 to 2147483647, got 0',
    'zget member: must not be empty',
    'zincr member: must not be empty',
    'zrange offset: expected at least 0, got -1',
    'zset member: must not be empty',
    'zset name: must not be empty',
    'zset score: expected a whole number, got a string',
    'zset score: expected at most 64 bits, got 9223372036854775808',
  ]);
});
