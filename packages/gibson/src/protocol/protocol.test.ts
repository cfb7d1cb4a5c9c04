import { type AnyCommand, Command, type ReplySink, read } from '@kv/core';
import { describe, expect, test } from 'vitest';
import * as commands from '../commands/index.ts';
import { ValueCutError } from './errors.ts';
import { defaultServerLimits } from './limits.ts';
import { GibsonProtocol } from './protocol.ts';

const protocol = new GibsonProtocol({
  window: { commands: 1, refill: 'sliding' },
  serverLimits: defaultServerLimits,
  replyLimits: {},
});

/** What the protocol writes for one command. */
function written(command: AnyCommand): Uint8Array[] {
  const frames: Uint8Array[] = [];
  const out = { text: '', bytes: (frame: Uint8Array): void => void frames.push(frame) };
  protocol.encode(command, out);
  expect(out.text).toBe('');
  return frames;
}

/** What a connection would see when these bytes answer these commands. */
function replies(bytes: Uint8Array, ...heads: { command: AnyCommand; bytes: boolean }[]): unknown[] {
  const seen: unknown[] = [];
  const sink: ReplySink = {
    head: () => heads[0],
    reply: (raw) => {
      const head = heads.shift();
      seen.push(head?.command.reply(raw, head.command));
    },
    fail: (error) => {
      heads.shift();
      seen.push(error.name);
    },
    drain: () => undefined,
    push: (raw) => void seen.push(['push', raw]),
  };
  protocol.open(sink).decode(bytes);
  return seen;
}

function reply(code: number, text: string): Buffer {
  const header = Buffer.from([code, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32LE(text.length, 3);
  return Buffer.concat([header, Buffer.from(text, 'latin1')]);
}

describe('replies', () => {
  test('go to their commands, as text or bytes', () => {
    const get = commands.get('k');
    const bytes = Buffer.concat([reply(6, 'one'), reply(6, 'two'), reply(1, '\0')]);
    const heads = [
      { command: get, bytes: false },
      { command: get, bytes: true },
      { command: get, bytes: false },
    ];
    expect(replies(bytes, ...heads)).toEqual(['one', new TextEncoder().encode('two'), null]);
  });

  test('the echo of SET is compared whatever is wanted', () => {
    for (const value of ['plain', 'größe', Uint8Array.of(0, 255)]) {
      const set = commands.set('k', value);
      const command = new Command({ ...set.spec }, set.args, (raw, own) => set.reply(raw, own)); // of another copy
      const echo = reply(6, Buffer.from(value as string).toString('latin1'));
      expect(replies(echo, { command, bytes: false })).toEqual(['OK']);
      expect(replies(echo, { command, bytes: true })).toEqual(['OK']);
      expect(() => replies(reply(6, 'other'), { command, bytes: true })).toThrow(ValueCutError);
    }
  });

  test.each([
    [0, 'MalformedRequestError'],
    [2, 'NotANumberError'],
    [3, 'MemoryLimitError'],
    [4, 'KeyLockedError'],
  ])('code %i is a %s', (code, name) => {
    expect(replies(reply(code, '\0'), { command: commands.inc('k'), bytes: false })).toEqual([name]);
  });

  test('a reply without a pending command is an error', () => {
    expect(() => replies(reply(5, '\0'))).toThrow(/no pending command/);
    expect(() => replies(reply(6, 'data'))).toThrow(/no pending command/);
  });

  test('bytes that are not the protocol are an error', () => {
    expect(() => replies(reply(9, '\0'), { command: commands.ping(), bytes: false })).toThrow(/reply code 9/);
  });
});

test('a command of another backend is not written', () => {
  const foreign = new Command(read('HGETALL'), ['k'], (raw) => raw);
  expect(() => written(foreign)).toThrow(/^Unknown command: HGETALL$/);
});
