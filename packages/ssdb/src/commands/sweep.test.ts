import { commandSweep } from '@kv/testkit/command-sweep';
import * as commands from './index.ts';

const BODIES: readonly (readonly (string | Uint8Array)[])[] = [
  [],
  [''],
  ['weird'],
  ['OK'],
  ['1'],
  ['0'],
  ['2'],
  ['-1'],
  ['1.5'],
  ['1e3'],
  ['0x10'],
  [' 1'],
  ['nan'],
  ['9223372036854775808'],
  [new Uint8Array([49])],
  [new Uint8Array([120])],
  ['a', 'b'],
  ['a', '1'],
  ['a', '2'],
  ['1', '1'],
  ['a', 'b', 'c'],
  ['a', '1', 'b'],
  ['a', '1', 'b', 'x'],
  ['', '', ''],
  [new Uint8Array([255]), '1', new Uint8Array([254]), '1'],
];

const replies = ['ok', 'not_found', 'end', 'begin', 'set', 'weird', ''].flatMap((status) =>
  BODIES.map((body) => ({ status, body })),
);

const good = ['k', 1, ['a'], { a: 1 }, '1', 'kv'];
const calls = { zscan: ['z', '', '', '', 1], zrscan: ['z', '', '', '', 1], zkeys: ['z', '', '', '', 1] };

commandSweep({ folder: import.meta.dirname, commands, good, calls, replies });
