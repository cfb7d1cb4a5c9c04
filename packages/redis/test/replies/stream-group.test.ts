import { expect } from 'vitest';
import {
  xack,
  xautoclaim,
  xclaim,
  xgroupCreate,
  xgroupCreateconsumer,
  xgroupDelconsumer,
  xgroupDestroy,
  xgroupHelp,
  xgroupSetid,
  xpending,
  xreadgroup,
} from '../../src/commands/index.ts';
import { type Case, describeRecorded, plainRecord } from '../recorded-replies.ts';

const COMMANDS = new Set([
  'XACK',
  'XAUTOCLAIM',
  'XCLAIM',
  'XGROUP CREATE',
  'XGROUP CREATECONSUMER',
  'XGROUP DELCONSUMER',
  'XGROUP DESTROY',
  'XGROUP HELP',
  'XGROUP SETID',
  'XPENDING',
  'XREADGROUP',
]);

/** Scenario → its calls in order, each with what it resolves to. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  'stream-groups': [
    [xgroupCreate('s', 'g', '0'), 'OK'],
    [xgroupCreate('mk', 'g', '$', { mkstream: true }), 'OK'],
    [xgroupCreate('s', 'g2', '$', { entriesread: 3 }), 'OK'],
    [xgroupCreateconsumer('s', 'g', 'idle'), true],
    [xgroupCreateconsumer('s', 'g', 'idle'), false],
    [
      xreadgroup('g', 'c1', { s: '>' }, { count: 2 }),
      plainRecord({
        s: [
          { id: '1-0', fields: plainRecord({ a: '1' }) },
          { id: '2-0', fields: plainRecord({ b: '2' }) },
        ],
      }),
    ],
    [
      xreadgroup('g', 'c1', { s: '0' }),
      plainRecord({
        s: [
          { id: '1-0', fields: plainRecord({ a: '1' }) },
          { id: '2-0', fields: plainRecord({ b: '2' }) },
        ],
      }),
    ],
    [
      xreadgroup('g', 'c2', { s: '>' }, { noack: true }),
      plainRecord({ s: [{ id: '3-0', fields: plainRecord({ c: '3' }) }] }),
    ],
    [xreadgroup('g', 'c2', { s: '>' }), null],
    [xreadgroup('g', 'c2', { s: '>' }, { block: 50 }), null],
    [xreadgroup('g', 'c2', { s: '0' }), plainRecord({ s: [] })],
    [xpending('s', 'g'), { count: 2, min: '1-0', max: '2-0', consumers: plainRecord({ c1: 2 }) }],
    [
      xpending('s', 'g', { count: 10 }),
      [
        { id: '1-0', consumer: 'c1', idle: expect.any(Number), deliveries: 2 },
        { id: '2-0', consumer: 'c1', idle: expect.any(Number), deliveries: 2 },
      ],
    ],
    [
      xpending('s', 'g', { idle: 0, count: 10, consumer: 'c1' }),
      [
        { id: '1-0', consumer: 'c1', idle: expect.any(Number), deliveries: 2 },
        { id: '2-0', consumer: 'c1', idle: expect.any(Number), deliveries: 2 },
      ],
    ],
    [xpending('s', 'g', { count: 10, consumer: 'nobody' }), []],
    [xpending('s', 'g', { idle: 99999999, count: 10 }), []],
    [xpending('mk', 'g'), { count: 0, min: null, max: null, consumers: plainRecord({}) }],
    [xack('s', 'g', '1-0', '99-0'), 1],
    [xack('s', 'none', '1-0'), 0],
    [xclaim('s', 'g', 'c2', 0, '2-0'), [{ id: '2-0', fields: plainRecord({ b: '2' }) }]],
    [xclaim('s', 'g', 'c2', 0, '2-0', { justid: true }), ['2-0']],
    [xclaim('s', 'g', 'c2', 99999999, '2-0'), []],
    [
      xclaim('s', 'g', 'c3', 0, '2-0', { idle: 5, retrycount: 7, force: true }),
      [{ id: '2-0', fields: plainRecord({ b: '2' }) }],
    ],
    [xclaim('s', 'g', 'c3', 0, '99-0'), []],
    [
      xautoclaim('s', 'g', 'c4', 0, '0'),
      { cursor: '0-0', entries: [{ id: '2-0', fields: plainRecord({ b: '2' }) }], deleted: [] },
    ],
    [xautoclaim('s', 'g', 'c4', 0, '0', { count: 1, justid: true }), { cursor: '0-0', ids: ['2-0'], deleted: [] }],
    [xautoclaim('s', 'g', 'c4', 99999999, '0'), { cursor: '0-0', entries: [], deleted: [] }],
    [xreadgroup('g', 'c4', { s: '0' }), plainRecord({ s: [{ id: '2-0', fields: null }] })],
    [xclaim('s', 'g', 'c5', 0, '2-0'), []],
    [xautoclaim('s', 'g', 'c5', 0, '0'), { cursor: '0-0', entries: [], deleted: [] }],
    [xgroupSetid('s', 'g', '0'), 'OK'],
    [xgroupSetid('s', 'g', '$', { entriesread: 2 }), 'OK'],
    [xgroupDelconsumer('s', 'g', 'c4'), 0],
    [xgroupDelconsumer('s', 'g', 'nobody'), 0],
    [xgroupDestroy('s', 'g'), true],
    [xgroupDestroy('s', 'g'), false],
    [xgroupHelp(), expect.arrayContaining(['HELP'])],
    [
      xreadgroup('g2', 'w', { s: '>' }, { block: 0 }),
      plainRecord({ s: [{ id: '50-0', fields: plainRecord({ last: 'one' }) }] }),
    ],
    [xgroupDestroy('s', 'g2'), true],
  ],
  'stream-info': [
    [xgroupCreate('s', 'g', '0'), 'OK'],
    [
      xreadgroup('g', 'c1', { s: '>' }, { count: 2 }),
      plainRecord({
        s: [
          { id: '1-0', fields: plainRecord({ a: '1' }) },
          { id: '2-0', fields: plainRecord({ b: '2' }) },
        ],
      }),
    ],
    [xgroupCreateconsumer('s', 'g', 'c2'), true],
    [xgroupCreate('e', 'g0', '0'), 'OK'],
  ],
};

describeRecorded('consumer groups', COMMANDS, CASES);
