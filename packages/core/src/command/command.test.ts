import { expect, it } from 'vitest';
import { checkCommand, checkCommands } from './check-command.ts';
import { blocking, Command, Flag, idempotent, Keys, keyPositions, read, spec, stateful, write } from './command.ts';

it.each([
  [Keys.none, ['a'], []],
  [Keys.first, ['k', 'v'], [0]],
  [Keys.first, [], []],
  [Keys.two, ['a', 'b', 'c'], [0, 1]],
  [Keys.all, ['a', 'b', 'c'], [0, 1, 2]],
  [Keys.butLast, ['a', 'b', '5'], [0, 1]],
  [Keys.pairs, ['a', '1', 'b', '2'], [0, 2]],
  [Keys.second, ['x', 'k'], [1]],
  [(args: readonly unknown[]) => [args.length - 1], ['a', 'k'], [1]],
] as const)('keys at %j of %j are at %j', (keys, args, positions) => {
  expect(keyPositions(keys, args)).toEqual(positions);
});

it('makers set the flags, and a value starts with those of its spec', () => {
  expect([read('A').flags, write('A').flags, idempotent('A').flags, blocking('A').flags, stateful('A').flags]).toEqual([
    Flag.read,
    0,
    Flag.idempotent,
    Flag.blocking,
    Flag.stateful,
  ]);
  const get = new Command(read('GET'), ['k'], String);
  expect([get.flags, get.blockMs, get.bytes, get.reply('v', get)]).toEqual([Flag.read, 0, false, 'v']);
  expect(new Command(spec('SET', Flag.idempotent), [], String, 0).flags).toBe(0);
});

it('what is no command is refused by the name of its argument; one of another copy of the module is one', () => {
  const get = new Command(read('GET'), ['k'], String);
  const nothing = [undefined, null, 'GET', 7, () => get, Promise.resolve(get), [get], {}, { spec: {}, args: [] }];
  for (const value of nothing)
    expect(() => checkCommand(value, 'command')).toThrow(
      expect.objectContaining({ code: 'ARGUMENT', message: expect.stringMatching(/^command: expected a command/) }),
    );
  expect(() => checkCommands([get, Object.assign({}, get)], 'commands')).not.toThrow();
  expect(() => checkCommands([get, 'x'], 'commands')).toThrow(/^commands\[1\]: expected a command/);
  expect(() => checkCommands([get, Promise.resolve('x')], 'commands')).toThrow(
    /^commands\[1\]: expected a command such as get\('key'\), got a promise$/,
  );
  expect(() => checkCommands(get, 'commands')).toThrow(/^commands: expected an array/);
});

it('arguments that are neither text nor bytes are refused by their position', () => {
  for (const arg of [5, undefined, null, true, {}, ['a'], new DataView(new ArrayBuffer(1)), 7n]) {
    const made = new Command(write('INCRBY'), ['k', arg as never], String);
    expect(() => checkCommand(made, 'command')).toThrow(
      expect.objectContaining({
        code: 'ARGUMENT',
        message: expect.stringMatching(/^command: argument 1 of INCRBY: expected a string or Uint8Array, got /),
      }),
    );
    expect(() => checkCommands([made], 'commands')).toThrow(/^commands\[0\]: argument 1 of INCRBY/);
  }
  const bytes = [new Uint8Array(1), Buffer.from('a'), 'a'];
  expect(() => checkCommand(new Command(write('X'), bytes, String), 'command')).not.toThrow();
});
