import type { AnyCommand } from '@kv/core';
import { errorReplies } from '@kv/gibson-parser';
import { describe, expect, test } from 'vitest';
import { NotFoundError, ValueCutError } from '../../protocol/errors.ts';
import { rawCommand } from '../../protocol/raw.ts';
import * as commands from '../index.ts';
import type { WireReply } from './replies.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const ok: WireReply = { code: 5, encoding: 0, value: null, bytes: false };
const notFound: WireReply = { code: 1, encoding: 0, value: errorReplies[1] ?? null, bytes: false };
const text = (value: string): WireReply => ({ code: 6, encoding: 0, value, bytes: false });
const data = (value: Uint8Array, bytes = true): WireReply => ({ code: 6, encoding: 0, value, bytes });
const number = (value: number | bigint, bytes = false): WireReply => ({ code: 6, encoding: 2, value, bytes });
const list = (value: WireReply['value'], bytes = false): WireReply => ({ code: 7, encoding: 0, value, bytes });

function answer(command: AnyCommand, raw: WireReply): unknown {
  return command.reply(raw, command);
}

describe('typed commands', () => {
  test('OK is true, or OK where nothing else is possible; not found is false', () => {
    const { del, lock, ping, ttl, unlock } = commands;
    for (const command of [del('k'), lock('k', 1), ttl('k', 1), unlock('k')]) {
      expect([answer(command, ok), answer(command, notFound)]).toEqual([true, false]);
    }
    expect(answer(ping(), ok)).toBe('OK');
  });

  test('get gives text or bytes, and counters as their digits', () => {
    const get = commands.get('k');
    expect(answer(get, text('v'))).toBe('v');
    expect(answer(get, number(-42))).toBe('-42');
    expect(answer(get, number(2n ** 62n))).toBe('4611686018427387904');
    expect(answer(get, data(utf8('v')))).toEqual(utf8('v'));
    expect(answer(get, number(-42, true))).toEqual(utf8('-42'));
    expect(answer(get, notFound)).toBeNull();
  });

  test('inc and dec give numbers, and an error when even the second call found nothing', () => {
    expect(answer(commands.inc('k'), number(7))).toBe(7);
    expect(answer(commands.dec('k'), number(2n ** 60n))).toBe(2n ** 60n);
    expect(() => answer(commands.inc('k'), notFound)).toThrow(NotFoundError);
  });

  test('commands on a prefix count; nothing found is 0', () => {
    const { count, mdec, mdel, minc, mlock, mset, mttl, munlock } = commands;
    const all = [
      count('p'),
      mdec('p'),
      mdel('p'),
      minc('p'),
      mlock('p', 1),
      mset('p', 'v'),
      mttl('p', 1),
      munlock('p'),
    ];
    for (const command of all) expect([answer(command, number(3)), answer(command, notFound)]).toEqual([3, 0]);
  });

  test('meta gives a number, or null without an item', () => {
    const { metaAccess, metaCreated, metaEncoding, metaLeft, metaLock, metaSize, metaTtl } = commands;
    for (const make of [metaSize, metaEncoding, metaAccess, metaCreated, metaTtl, metaLeft, metaLock]) {
      expect([answer(make('k'), number(-1)), answer(make('k'), notFound)]).toEqual([-1, null]);
    }
  });

  test('mget gives a map in the order of the server, keys as text', () => {
    const mget = commands.mget('p');
    const rows: WireReply['value'] = [
      ['b', 'two'],
      ['a', 1],
    ];
    expect([...(answer(mget, list(rows)) as Map<string, string>)]).toEqual([
      ['b', 'two'],
      ['a', '1'],
    ]);
    expect(answer(mget, list([[utf8('b'), utf8('two')]], true))).toEqual(new Map([['b', utf8('two')]]));
    expect(answer(mget, notFound)).toEqual(new Map());
  });

  test('keys gives the values of the rows', () => {
    const keys = commands.keys('p');
    expect(
      answer(
        keys,
        list([
          ['0', 'p2'],
          ['1', 'p1'],
        ]),
      ),
    ).toEqual(['p2', 'p1']);
    expect(answer(keys, list([[utf8('0'), utf8('p2')]], true))).toEqual([utf8('p2')]);
    expect(answer(keys, notFound)).toEqual([]);
  });

  test('stats gives an object without prototype, text also when bytes are wanted', () => {
    const stats = answer(
      commands.stats(),
      list(
        [
          [utf8('server_version'), utf8('1.2.1')],
          [utf8('total_items'), 5],
        ],
        true,
      ),
    );
    expect(stats).toEqual(Object.assign(Object.create(null), { server_version: '1.2.1', total_items: 5 }));
    expect(Object.getPrototypeOf(stats)).toBeNull();
  });

  test('set compares the echo', () => {
    expect(answer(commands.set('k', 'value'), data(utf8('value'), false))).toBe('OK');
    expect(answer(commands.set('k', 'größe'), data(utf8('größe'), false))).toBe('OK');
    expect(answer(commands.set('k', 12), data(utf8('12'), false))).toBe('OK');
    expect(answer(commands.set('k', Uint8Array.of(0, 255)), data(Uint8Array.of(0, 255), false))).toBe('OK');
    expect(() => answer(commands.set('k', 'value'), data(utf8('val'), false))).toThrow(ValueCutError);
    expect(() => answer(commands.set('k', 'value'), data(utf8('VALUE'), false))).toThrow(ValueCutError);
    expect(() => answer(commands.set('k', 'value'), data(utf8(' value'), false))).toThrow(/6 bytes of the 5/);
  });

  test('a reply that answers another command is no answer', () => {
    const { del, get, inc, keys, ping, set } = commands;
    for (const [command, raw] of [
      [get('k'), ok],
      [del('k'), text('v')],
      [inc('k'), text('v')],
      [keys('k'), ok],
      [ping(), notFound],
      [set('k', 'v'), notFound],
    ] as const) {
      expect(() => answer(command, raw)).toThrow(TypeError);
    }
  });
});

describe('raw commands give the value of the wire', () => {
  test.each([
    ['PING', [], ok, 'OK'],
    ['get', ['k'], text('v'), 'v'],
    ['GET', ['k'], number(5), 5],
    ['GET', ['k'], notFound, null],
    ['MGET', ['k'], list([['k', 5]]), [['k', 5]]],
    ['SET', [0, 'k', 'v'], data(utf8('v'), false), 'v'],
    ['SET', [0, 'k', 'v'], data(utf8('v'), true), utf8('v')],
  ] as const)('%s', (name, args, raw, expected) => {
    expect(answer(rawCommand(name, args), raw)).toEqual(expected);
  });

  test('with the echo of SET compared all the same', () => {
    expect(() => answer(rawCommand('SET', ['0', 'k', 'long']), data(utf8('lon'), false))).toThrow(ValueCutError);
  });
});

describe('asked again', () => {
  test('MGET that came back short, once', () => {
    const mget = commands.mget('p', { limit: 5 });
    expect(mget.spec.fallback?.(list([]), mget)).toBeUndefined();
    const second = mget.spec.fallback?.({ ...list([['p1', 'v']]), missing: 1 }, mget) as AnyCommand;
    expect(second).toMatchObject({ args: ['p', '5'], flags: mget.flags });
    expect(second.spec.name).toBe('MGET');
    expect(second.spec.fallback?.({ ...list([]), missing: 1 }, second)).toBeUndefined();
    expect(answer(second, { ...list([['p1', 'v']]), missing: 1 })).toEqual(new Map([['p1', 'v']]));
  });

  test('INC and DEC that met an expired item, once; nothing after a refusal', () => {
    for (const command of [commands.inc('k'), commands.dec('k')]) {
      const second = command.spec.fallback?.(notFound, command);
      expect(second?.spec.name).toBe(command.spec.name);
      expect(second?.spec.fallback?.(notFound, second)).toBeUndefined();
      expect(command.spec.fallback?.(number(1), command)).toBeUndefined();
      expect(command.spec.fallback?.(new Error('locked'), command)).toBeUndefined();
    }
  });
});

test('keys that are no UTF-8 never hide each other in the answer to MGET [#13]', () => {
  const reply = list([
    ['\ufffd', '1'],
    ['\ufffd', '2'],
  ]);
  expect(() => answer(commands.mget('p'), reply)).toThrow(/UTF-8/);
});
