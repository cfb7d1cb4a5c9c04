import { expect, it } from 'vitest';
import { command } from '../protocol/command-table.ts';
import { commandSlot, NO_SLOT } from './command-slot.ts';
import { keySlot } from './slot.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

it.each<[string, unknown[], string | undefined]>([
  ['GET', ['k'], 'k'],
  ['GET', [bytes('k')], 'k'],
  ['SET', ['k', 'other'], 'k'],
  ['MGET', ['{t}1', '{t}2', bytes('{t}3')], 't'],
  ['MSET', ['{t}1', 'a', '{t}2', 'b'], 't'],
  ['EVAL', ['return 1', '2', '{t}1', '{t}2', 'arg'], 't'],
  ['EVAL', ['return 1', '0', 'arg'], undefined],
  ['XREAD', ['COUNT', '1', 'STREAMS', 'STREAMS', '0'], 'STREAMS'],
  ['BITOP', ['AND', '{t}1', '{t}2'], 't'],
  ['SPUBLISH', ['channel', 'message'], 'channel'],
  ['SSUBSCRIBE', ['{t}1', '{t}2'], 't'],
  ['PUBLISH', ['channel', 'message'], undefined],
  ['DBSIZE', [], undefined],
  ['GET', [], undefined],
])('the slot of %s %j is that of %j [#116]', (name, args, key) => {
  expect(commandSlot(command(name, ...args))).toBe(key === undefined ? NO_SLOT : keySlot(key));
});

it.each<[string, unknown[]]>([
  ['MSETNX', ['secret-a', '1', 'secret-b', '2']],
  ['RENAME', ['secret-a', 'secret-b']],
  ['SINTERSTORE', ['{t}1', '{t}2', 'secret-c']],
  ['EVAL', ['return 1', '2', 'secret-a', 'secret-b']],
  ['SSUBSCRIBE', ['secret-a', 'secret-b']],
])(
  '%s with keys of several slots is refused, with a word about hash tags and none about the keys [#117]',
  (name, args) => {
    const call = () => commandSlot(command(name, ...args));
    expect(call).toThrow(expect.objectContaining({ code: 'ARGUMENT', outcome: 'notSent', command: name }));
    expect(call).toThrow(/hash tag/);
    expect(call).not.toThrow(/secret/);
  },
);
