import { Flag, keyPositions } from '@kv/core';
import { describe, expect, test } from 'vitest';
import { xadd, xdel, xread, xsetid, xtrim } from './stream.ts';
import { xclaim } from './stream-claim.ts';
import { xreadgroup } from './stream-group.ts';
import { xinfoStream } from './stream-info.ts';
import { xack, xpending } from './stream-pending.ts';

describe('xadd', () => {
  test('fields may be an object, a map or pairs', () => {
    const expected = ['s', '*', 'a', '1', 'b', '2'];
    expect(xadd('s', '*', { a: 1, b: '2' }).args).toEqual(expected);
    expect(
      xadd(
        's',
        '*',
        new Map([
          ['a', 1],
          ['b', 2],
        ]),
      ).args,
    ).toEqual(expected);
    expect(
      xadd('s', '*', [
        ['a', 1],
        ['b', 2],
      ]).args,
    ).toEqual(expected);
  });

  test('pairs keep their order and their doubles', () => {
    expect(
      xadd('s', '*', [
        ['b', 1],
        ['a', 2],
        ['b', 3],
      ]).args,
    ).toEqual(['s', '*', 'b', '1', 'a', '2', 'b', '3']);
  });

  test('options stand where the server expects them', () => {
    const options = { nomkstream: true, maxlen: 10, approximate: true, limit: 5 } as const;
    expect(xadd('s', '1-*', { a: 1 }, options).args).toEqual([
      's',
      'NOMKSTREAM',
      'MAXLEN',
      '~',
      '10',
      'LIMIT',
      '5',
      '1-*',
      'a',
      '1',
    ]);
    expect(xadd('s', 5n, { a: 1 }, { minid: 3 }).args).toEqual(['s', 'MINID', '3', '5', 'a', '1']);
    expect(xadd('s', '*', { a: 1 }, { maxlen: 0 }).args).toEqual(['s', 'MAXLEN', '0', '*', 'a', '1']);
  });

  test('what the server would refuse is not sent', () => {
    expect(() => xadd('s', '*', {})).toThrow(/^fields: expected at least one pair/);
    expect(() => xadd('s', '', { a: 1 })).toThrow(/^id: expected an id/);
    expect(() => xadd('s', -1, { a: 1 })).toThrow(/^id: expected at least 0/);
    expect(() => xadd('s', '*', { a: 1 }, { maxlen: 1, minid: 1 } as never)).toThrow(
      /^options\.minid: cannot be combined/,
    );
    expect(() => xadd('s', '*', { a: 1 }, { maxlen: 1, limit: 1 } as never)).toThrow(
      /^options\.limit: only with approx/,
    );
    expect(() => xadd('s', '*', { a: 1 }, { approximate: true } as never)).toThrow(
      /only together with maxlen or minid/,
    );
    expect(() => xtrim('s', {} as never)).toThrow(/^options: expected one of maxlen, minid/);
  });
});

describe('reading', () => {
  test('streams are an object or pairs', () => {
    expect(xread({ a: '0', b: '$' }).args).toEqual(['STREAMS', 'a', 'b', '0', '$']);
    const key = new TextEncoder().encode('größe');
    expect(xread([[key, '0']]).args).toEqual(['STREAMS', key, '0']);
    const noText = [[new Uint8Array([255]), '0']] as const;
    expect(() => xread(noText)).toThrow(/^streams: expected names that are UTF-8/);
    expect(() => xreadgroup('g', 'c', noText)).toThrow(/^streams: expected names that are UTF-8/);
    expect(() => xread({})).toThrow(/^streams: expected at least one/);
    expect(() => xread('s' as never)).toThrow(/^streams: expected an object or pairs/);
  });

  test('keys are found behind STREAMS, whatever stands before', () => {
    const command = xreadgroup('STREAMS', 'c', { a: '>', b: '>' }, { count: 1, block: 5, noack: true });
    expect(command.args).toEqual([
      'GROUP',
      'STREAMS',
      'c',
      'COUNT',
      '1',
      'BLOCK',
      '5',
      'NOACK',
      'STREAMS',
      'a',
      'b',
      '>',
      '>',
    ]);
    expect(keyPositions(xread({ a: '0', b: '0' }).spec.keys, xread({ a: '0', b: '0' }).args)).toEqual([1, 2]);
  });

  test('only with block it blocks', () => {
    expect(xread({ s: '0' }).flags).toBe(Flag.read);
    expect(xread({ s: '0' }, { block: 50 })).toMatchObject({ flags: Flag.read | Flag.blocking, blockMs: 50 });
    expect(xread({ s: '0' }, { block: 0 })).toMatchObject({ flags: Flag.read | Flag.blocking, blockMs: 0 });
    expect(xreadgroup('g', 'c', { s: '>' }, { block: 50 })).toMatchObject({ flags: Flag.blocking, blockMs: 50 });
    expect(() => xread({ s: '0' }, { block: 0.5 })).toThrow(/^options\.block: expected whole milliseconds/);
  });
});

describe('ids and ranges', () => {
  test('ids may be one or several', () => {
    expect(xdel('s', '1-0', '2-0').args).toEqual(['s', '1-0', '2-0']);
    expect(xack('s', 'g', ['1-0', 2]).args).toEqual(['s', 'g', '1-0', '2']);
    expect(xclaim('s', 'g', 'c', 0, ['1-0', '2-0'], { time: 5, lastid: '3-0' }).args).toEqual([
      's',
      'g',
      'c',
      '0',
      '1-0',
      '2-0',
      'TIME',
      '5',
      'LASTID',
      '3-0',
    ]);
    expect(() => xdel('s')).toThrow(/^ids: expected at least one/);
    expect(() => xclaim('s', 'g', 'c', 0, '1-0', { time: 5, idle: 5 } as never)).toThrow(/^options\.time: cannot be/);
  });

  test('a range of pending entries has its ends by default', () => {
    expect(xpending('s', 'g', { count: 5 }).args).toEqual(['s', 'g', '-', '+', '5']);
    expect(xpending('s', 'g', { start: '(1-0', end: 9, count: 5, idle: 3, consumer: 'c' }).args).toEqual([
      's',
      'g',
      'IDLE',
      '3',
      '(1-0',
      '9',
      '5',
      'c',
    ]);
  });

  test('other options', () => {
    expect(xsetid('s', '9-0', { entriesadded: 4, maxdeletedid: '2-0' }).args).toEqual([
      's',
      '9-0',
      'ENTRIESADDED',
      '4',
      'MAXDELETEDID',
      '2-0',
    ]);
    expect(() => xinfoStream('s', { count: 1 } as never)).toThrow(/^options\.count: only together with full/);
  });
});

test('claimed entries that an old server lost are left out', () => {
  const command = xclaim('s', 'g', 'c', 0, ['1-0', '2-0']);
  expect(command.reply([null, ['2-0', ['a', '1']]], command)).toEqual([{ id: '2-0', fields: { a: '1' } }]);
});

test('in bytes mode ids, fields and stream names are text, values are bytes', () => {
  const command = xread<Uint8Array>({ s: '0' });
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const raw = new Map([[bytes('s'), [[bytes('1-0'), [bytes('f'), bytes('v')]]]]]);
  expect(command.reply(raw, command)).toEqual({ s: [{ id: '1-0', fields: { f: bytes('v') } }] });
});
