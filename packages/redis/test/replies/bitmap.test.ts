import { bitcount, bitfield, bitfieldRo, bitop, bitpos, getbit, setbit } from '../../src/commands/index.ts';
import { type Case, describeRecorded } from '../recorded-replies.ts';

const COMMANDS = new Set(['BITCOUNT', 'BITFIELD', 'BITFIELD_RO', 'BITOP', 'BITPOS', 'GETBIT', 'SETBIT']);

/** Scenario → its calls in order, each with what it resolves to. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  bitmaps: [
    [setbit('b', 7, 1), 0],
    [setbit('b', 7, 0), 1],
    [setbit('b', 100, 1), 0],
    [getbit('b', 100), 1],
    [getbit('b', 5000), 0],
    [getbit('none', 0), 0],
    [bitcount('k'), 26],
    [bitcount('k', 0, 0), 4],
    [bitcount('k', 1, 1, 'byte'), 6],
    [bitcount('k', 5, 30, 'bit'), 17],
    [bitcount('none'), 0],
    [bitpos('k', 1), 1],
    [bitpos('k', 0), 0],
    [bitpos('k', 1, 2), 17],
    [bitpos('k', 1, 2, -1, 'byte'), 17],
    [bitpos('k', 1, 7, 15, 'bit'), 9],
    [bitpos('none', 1), -1],
    [bitpos('none', 0), 0],
    [bitop('and', 'd', 'k', 'k2'), 6],
    [bitop('or', 'd', 'k', 'k2'), 6],
    [bitop('xor', 'd', 'k', 'k2'), 6],
    [bitop('not', 'd', 'k'), 6],
    [bitop('and', 'd', 'none1', 'none2'), 0],
    [
      bitfield('f', [
        { op: 'incrby', encoding: 'i5', offset: 100, increment: 1 },
        { op: 'get', encoding: 'u4', offset: 0 },
      ]),
      [1, 0],
    ],
    [bitfield('f', [{ op: 'set', encoding: 'i8', offset: 0, value: 200 }]), [0]],
    [
      bitfield('f', [
        { op: 'set', encoding: 'u8', offset: '#1', value: 255 },
        { op: 'get', encoding: 'u8', offset: '#1' },
      ]),
      [0, 255],
    ],
    [
      bitfield('f', [
        { op: 'overflow', mode: 'fail' },
        { op: 'incrby', encoding: 'u2', offset: 102, increment: 3 },
        { op: 'incrby', encoding: 'u2', offset: 102, increment: 1 },
      ]),
      [3, null],
    ],
    [
      bitfield('f', [
        { op: 'overflow', mode: 'sat' },
        { op: 'incrby', encoding: 'u2', offset: 102, increment: 1 },
      ]),
      [3],
    ],
    [
      bitfield('f', [
        { op: 'overflow', mode: 'wrap' },
        { op: 'incrby', encoding: 'u2', offset: 102, increment: 1 },
      ]),
      [0],
    ],
    [bitfield('f', []), []],
    [bitfield('f', [{ op: 'get', encoding: 'i64', offset: 0 }]), [-3963449147062747136n]],
    [
      bitfieldRo('f', [
        { op: 'get', encoding: 'u8', offset: 0 },
        { op: 'get', encoding: 'i16', offset: 8 },
      ]),
      [200, -256],
    ],
    [bitcount('k', 0), 26],
  ],
};

describeRecorded('bitmap', COMMANDS, CASES);
