import { expect } from 'vitest';
import { xadd, xdel, xlen, xrange, xread, xrevrange, xsetid, xtrim } from '../../src/commands/index.ts';
import { type Case, describeRecorded, plainRecord } from '../recorded-replies.ts';

const COMMANDS = new Set(['XADD', 'XDEL', 'XLEN', 'XRANGE', 'XREAD', 'XREVRANGE', 'XSETID', 'XTRIM']);

/** Scenario → its calls in order, each with what it resolves to. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  'keys-generic': [[xadd('x', '1-1', { a: '1' }), '1-1']],
  'keys-object': [[xadd('x', '1-1', { a: '1' }), '1-1']],
  'stream-basic': [
    [xadd('s', '1-1', { f: 'v' }), '1-1'],
    [xadd('s', '1-2', { a: '1', b: '2' }), '1-2'],
    [xadd('s', '1-*', { k: 'v' }), '1-3'],
    [xadd('s2', '*', { k: 'v' }), expect.any(String)],
    [xadd('s', '5-0', { z: 'z' }, { nomkstream: true }), '5-0'],
    [xadd('nope', '1-1', { a: 'b' }, { nomkstream: true }), null],
    [xadd('s', '7-0', { a: 'b' }, { maxlen: 3 }), '7-0'],
    [xadd('s', '8-0', { a: 'b' }, { maxlen: 100, approximate: true, limit: 10 }), '8-0'],
    [xadd('s', '9-0', { a: 'b' }, { minid: '5' }), '9-0'],
    [xlen('s'), 4],
    [xlen('nope'), 0],
    [
      xrange('s', '-', '+'),
      [
        { id: '5-0', fields: plainRecord({ z: 'z' }) },
        { id: '7-0', fields: plainRecord({ a: 'b' }) },
        { id: '8-0', fields: plainRecord({ a: 'b' }) },
        { id: '9-0', fields: plainRecord({ a: 'b' }) },
      ],
    ],
    [
      xrange('s', '5', '7-0'),
      [
        { id: '5-0', fields: plainRecord({ z: 'z' }) },
        { id: '7-0', fields: plainRecord({ a: 'b' }) },
      ],
    ],
    [xrange('s', '(5-0', '+', { count: 1 }), [{ id: '7-0', fields: plainRecord({ a: 'b' }) }]],
    [xrange('nope', '-', '+'), []],
    [
      xrevrange('s', '+', '-', { count: 2 }),
      [
        { id: '9-0', fields: plainRecord({ a: 'b' }) },
        { id: '8-0', fields: plainRecord({ a: 'b' }) },
      ],
    ],
    [xrange('s', '-', '+', { count: 0 }), []],
    [xdel('s', '9-0', '99-0'), 1],
    [xtrim('s', { maxlen: 1 }), 2],
    [xtrim('s', { minid: '99', approximate: false }), 1],
    [xtrim('s', { maxlen: 10, approximate: true }), 0],
    [xadd('s', '10-0', { a: 'b' }), '10-0'],
    [xsetid('s', '20-0'), 'OK'],
    [xsetid('s', '30-0', { entriesadded: 50, maxdeletedid: '9-0' }), 'OK'],
    [xread({ s: '0' }, { count: 2 }), plainRecord({ s: [{ id: '10-0', fields: plainRecord({ a: 'b' }) }] })],
    [xread({ s: '0', nope: '0' }), plainRecord({ s: [{ id: '10-0', fields: plainRecord({ a: 'b' }) }] })],
    [xread({ s: '$' }), null],
    [xread({ nope: '0' }), null],
    [xread({ s: '$' }, { block: 50 }), null],
    [xadd('m', '1-1', { x: 'y' }), '1-1'],
    [
      xread({ s: '0', m: '0' }),
      plainRecord({
        s: [{ id: '10-0', fields: plainRecord({ a: 'b' }) }],
        m: [{ id: '1-1', fields: plainRecord({ x: 'y' }) }],
      }),
    ],
    [xadd('m', '2-1', { p: 'q' }), '2-1'],
    [xread({ s: '$', m: '$' }, { block: 0 }), plainRecord({ m: [{ id: '2-1', fields: plainRecord({ p: 'q' }) }] })],
    [xread({ m: '+' }), plainRecord({ m: [{ id: '2-1', fields: plainRecord({ p: 'q' }) }] })],
  ],
  'stream-groups': [
    [xadd('s', '1-0', { a: '1' }), '1-0'],
    [xadd('s', '2-0', { b: '2' }), '2-0'],
    [xadd('s', '3-0', { c: '3' }), '3-0'],
    [xdel('s', '2-0'), 1],
    [xadd('s', '50-0', { last: 'one' }), '50-0'],
  ],
  'stream-info': [
    [xadd('s', '1-0', { a: '1' }), '1-0'],
    [xadd('s', '2-0', { b: '2' }), '2-0'],
    [xadd('s', '3-0', { c: '3' }), '3-0'],
    [xadd('e', '1-1', { x: 'y' }), '1-1'],
    [xdel('e', '1-1'), 1],
  ],
  'null-kinds': [[xread({ none: '0' }), null]],
};

describeRecorded('streams', COMMANDS, CASES);
