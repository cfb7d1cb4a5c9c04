import { pfadd, pfcount, pfdebug, pfmerge } from '../../src/commands/index.ts';
import { type Case, describeRecorded } from '../recorded-replies.ts';

const COMMANDS = new Set(['PFADD', 'PFCOUNT', 'PFDEBUG', 'PFMERGE', 'PFSELFTEST']);

/** Scenario → its calls in order, each with what it resolves to. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  hyperloglog: [
    [pfadd('h', 'a', 'b', 'c'), true],
    [pfadd('h', 'a'), false],
    [pfadd('h'), false],
    [pfadd('new'), true],
    [pfcount('h'), 3],
    [pfcount('nope'), 0],
    [pfcount('h', 'new'), 3],
    [pfmerge('d', 'h', 'new'), 'OK'],
    [pfcount('d'), 3],
    [pfdebug('encoding', 'h'), 'sparse'],
    [pfdebug('decode', 'h'), 'Z:8436 v:1,1 Z:4274 v:2,1 Z:3068 v:1,1 Z:603'],
    [pfdebug('todense', 'h'), true],
  ],
};

describeRecorded('hyperloglog', COMMANDS, CASES);
