import type { Command } from '@kv/core';
import { expectTypeOf, test } from 'vitest';
import { xadd, xrange, xread, xtrim } from './stream.ts';
import { type Autoclaimed, type AutoclaimedIds, xautoclaim, xclaim } from './stream-claim.ts';
import { xreadgroup } from './stream-group.ts';
import { type StreamInfo, type StreamInfoFull, xinfoStream } from './stream-info.ts';
import { type PendingEntry, type PendingSummary, xpending } from './stream-pending.ts';
import type { HistoryEntry, StreamEntry } from './support/streams.ts';

test('results of streams', () => {
  expectTypeOf(xadd('s', '*', { a: 1 })).toEqualTypeOf<Command<string, string>>();
  expectTypeOf(xadd<Uint8Array>('s', '*', { a: 1 }, { maxlen: 5 })).toEqualTypeOf<Command<string, Uint8Array>>();
  expectTypeOf(xadd('s', '*', { a: 1 }, { nomkstream: true })).toEqualTypeOf<Command<string | null, string>>();
  expectTypeOf(xrange<Uint8Array>('s', '-', '+')).toEqualTypeOf<Command<StreamEntry<Uint8Array>[], Uint8Array>>();
  expectTypeOf(xread({ s: '0' })).toEqualTypeOf<Command<Record<string, StreamEntry<string>[]> | null, string>>();
  expectTypeOf(xreadgroup('g', 'c', { s: '>' })).toEqualTypeOf<
    Command<Record<string, StreamEntry<string>[]> | null, string>
  >();
  expectTypeOf(xreadgroup('g', 'c', { s: '0' })).toEqualTypeOf<
    Command<Record<string, HistoryEntry<string>[]> | null, string>
  >();
  expectTypeOf(xpending('s', 'g')).toEqualTypeOf<Command<PendingSummary, string>>();
  expectTypeOf(xpending('s', 'g', { count: 1 })).toEqualTypeOf<Command<PendingEntry[], string>>();
  expectTypeOf(xclaim('s', 'g', 'c', 0, '1-0')).toEqualTypeOf<Command<StreamEntry<string>[], string>>();
  expectTypeOf(xclaim('s', 'g', 'c', 0, '1-0', { justid: true })).toEqualTypeOf<Command<string[], string>>();
  expectTypeOf(xautoclaim('s', 'g', 'c', 0, '0')).toEqualTypeOf<Command<Autoclaimed<string>, string>>();
  expectTypeOf(xautoclaim('s', 'g', 'c', 0, '0', { justid: true })).toEqualTypeOf<Command<AutoclaimedIds, string>>();
  expectTypeOf(xinfoStream('s')).toEqualTypeOf<Command<StreamInfo<string>, string>>();
  expectTypeOf(xinfoStream('s', { full: true })).toEqualTypeOf<Command<StreamInfoFull<string>, string>>();
});

test('what does not compile', () => {
  // @ts-expect-error by length or by id
  xadd('s', '*', { a: 1 }, { maxlen: 1, minid: '1-0' });
  // @ts-expect-error an exact trim has no limit
  xadd('s', '*', { a: 1 }, { maxlen: 1, limit: 1 });
  // @ts-expect-error approximately what?
  xadd('s', '*', { a: 1 }, { approximate: true });
  // @ts-expect-error something to trim by
  xtrim('s', {});
  // @ts-expect-error one clock
  xclaim('s', 'g', 'c', 0, '1-0', { idle: 1, time: 1 });
  // @ts-expect-error a count of nothing
  xinfoStream('s', { count: 1 });
  // @ts-expect-error how many
  xpending('s', 'g', { start: '-' });
});
