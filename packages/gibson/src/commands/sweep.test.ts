import { replyCodes } from '@kv/gibson-parser';
import { commandSweep } from '@kv/testkit/command-sweep';
import * as commands from './index.ts';

const { OK, VAL, KVAL, ERR_NOT_FOUND } = replyCodes;

/** What the decoder makes of each code; refusals never come to a command, but for "not found". */
const replies = [
  ...['', 'x', '1', 0, 1, -1, 2n ** 62n, new Uint8Array([120])].map((value) => ({ code: VAL, value })),
  ...[[], [['a', 'b']], [['a', 1]], [['0', new Uint8Array([97])]]].map((value) => ({ code: KVAL, value })),
  { code: OK, value: null },
  { code: ERR_NOT_FOUND, value: null },
  { code: 99, value: 'x' },
].map((reply) => ({ encoding: 0, bytes: false, missing: undefined, ...reply }));

commandSweep({ folder: import.meta.dirname, commands, good: ['k', 1, 'v'], replies });
