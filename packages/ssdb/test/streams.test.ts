import type { ReplySink } from '@kv/core';
import { fromHex } from '@kv/testkit';
import { expect, test } from 'vitest';
import { dump, sync140 } from '../src/commands/index.ts';
import { ssdbProtocol } from '../src/protocol/protocol.ts';
import { dumpEntry, isSyncFrame, storageKey, syncEntry } from '../src/streams/streams.ts';
import { recordedScenarios } from './vectors.ts';

const steps = recordedScenarios().flatMap((scenario) => scenario.steps);
const utf8 = (text: string) => new TextEncoder().encode(text);

/** What a connection would see: pushes, and how the command ended. */
function frames(command: ReturnType<typeof dump>, replyHex: string): { pushed: unknown[]; ended: unknown } {
  const seen: { pushed: unknown[]; ended: unknown } = { pushed: [], ended: undefined };
  const sink: ReplySink = {
    head: () => ({ command, bytes: false }),
    reply: () => {
      seen.ended = 'ok';
    },
    fail: (error) => {
      seen.ended = error;
    },
    drain: () => undefined,
    push: (raw) => seen.pushed.push(raw),
  };
  const wire = ssdbProtocol().open(sink);
  for (const byte of fromHex(replyHex)) wire.decode(Uint8Array.of(byte));
  return seen;
}

test('a dump: entries, then the end', () => {
  const [step] = steps.filter((one) => one.command === 'dump');
  const { pushed, ended } = frames(dump(), step?.replyHex ?? '');
  expect(ended).toBe('ok');
  expect(pushed.map(dumpEntry).map(({ key }) => key)).toEqual([
    { type: 'hashSize', name: utf8('h') },
    { type: 'zsetSize', name: utf8('z') },
    { type: 'hash', name: utf8('h'), field: utf8('f') },
    { type: 'kv', key: utf8('a') },
    { type: 'kv', key: utf8('b') },
    { type: 'kv', key: utf8('c') },
    { type: 'zset', name: utf8('z'), member: utf8('m') },
    { type: 'zsetIndex', name: utf8('z'), score: 7n, member: utf8('m') },
  ]);
  expect(dumpEntry(pushed[2]).value).toEqual(utf8('v'));
});

test('a sync: copy, changes, no end', () => {
  const [step] = steps.filter((one) => one.command === 'sync140');
  const { pushed, ended } = frames(sync140(), step?.replyHex ?? '');
  expect(ended).toBeUndefined();
  expect(pushed.map(syncEntry)).toMatchObject([
    { sequence: 0n, type: 'copy', command: 'begin' },
    { sequence: 661n, type: 'copy', command: 'set', key: { type: 'kv', key: utf8('a') }, value: utf8('1') },
    { sequence: 661n, type: 'copy', command: 'end' },
  ]);
});

/** What an SSDB 1.9.8 with the queue `kitchen` sent while it was changed. */
const queueChanges = [
  '31370a0400000000000000010d6b69746368656e0a0a', // qpop_front kitchen
  '31370a0500000000000000010c6b69746368656e0a0a', // qpop_back kitchen
  '32370a0600000000000000010b71076b69746368656e3fffffffffffffff0a300a0a0a', // qpush_front kitchen w
];

test('a sync: pops come with the name of the queue alone', () => {
  const { pushed } = frames(sync140(), queueChanges.join(''));
  const name = utf8('kitchen');
  expect(pushed.map(syncEntry)).toMatchObject([
    { sequence: 4n, command: 'qpop_front', key: { type: 'queue', name, sequence: null }, rawKey: name, value: null },
    { sequence: 5n, command: 'qpop_back', key: { type: 'queue', name, sequence: null }, rawKey: name, value: null },
    { sequence: 6n, command: 'qpush_front', key: { type: 'queue', name, sequence: 2n ** 62n - 1n }, value: utf8('') },
  ]);
});

test('a refusal ends the stream', () => {
  for (const command of [dump(), sync140()]) {
    const { ended } = frames(command, Buffer.from('6\nnoauth\n24\nauthentication required.\n\n').toString('hex'));
    expect(ended).toMatchObject({ code: 'REPLY', status: 'noauth' });
    expect(frames(command, Buffer.from('12\nclient_error\n\n').toString('hex')).ended).toMatchObject({
      status: 'client_error',
    });
  }
});

test('keys of the storage', () => {
  const queue = Uint8Array.of(0x71, 1, 0x61, 0x80, 0, 0, 0, 0, 0, 0, 1);
  expect(storageKey(queue)).toEqual({ type: 'queue', name: utf8('a'), sequence: 2n ** 63n + 1n });
  const negative = Uint8Array.of(0x7a, 1, 0x61, 0x2d, 255, 255, 255, 255, 255, 255, 255, 254, 0x3d, 0x6d);
  expect(storageKey(negative)).toEqual({ type: 'zsetIndex', name: utf8('a'), score: -2n, member: utf8('m') });
  expect([storageKey(utf8('x')), storageKey(utf8('h')), storageKey(Uint8Array.of(0x68, 9, 0x61))]).toEqual([
    null,
    null,
    null,
  ]);
});

test('no status of text is taken for a packet of sync140', () => {
  expect(['ok', 'client_error', 'out_of_range', 'a_longer_status_of_the_future'].filter(isSyncFrame)).toEqual([]);
});
