import { readFileSync } from 'node:fs';
import { type Arg, ArgumentError, Flag, keyPositions } from '@kv/core';
import { describe, expect, it } from 'vitest';
import { commandByName, knownSpec } from './command-table.ts';

interface Listed {
  readonly flags?: readonly string[];
  readonly keys?: readonly unknown[];
}

const listed = JSON.parse(
  readFileSync(new URL('../../test/fixtures/commands.json', import.meta.url), 'utf8'),
) as Record<string, Listed>;

function keys(...words: Arg[]): Arg[] {
  const command = commandByName(words[0] as string, words.slice(1));
  return keyPositions(command.spec.keys, command.args).map((at) => command.args[at] as Arg);
}

function flags(...words: unknown[]): number {
  return commandByName(words[0] as string, words.slice(1)).flags;
}

describe('the table by name', () => {
  it('has every command that the servers list', () => {
    expect(Object.keys(listed).filter((name) => knownSpec(name.toUpperCase()) === undefined)).toEqual([]);
  });

  it('calls a command a read when the servers do', () => {
    const wrong = Object.entries(listed).filter(([name, command]) => {
      const read = ((knownSpec(name.toUpperCase())?.flags ?? 0) & Flag.read) !== 0;
      return (command.flags?.includes('readonly') && !read) || (command.flags?.includes('write') && read);
    });
    expect(wrong.map(([name]) => name)).toEqual([]);
  });

  it('has keys exactly where the servers do', () => {
    const wrong = Object.entries(listed).filter(
      ([name, command]) => (command.keys !== undefined) !== (knownSpec(name.toUpperCase())?.keys !== null),
    );
    expect(wrong.map(([name]) => name)).toEqual([]);
  });
});

describe('a raw command', () => {
  it('takes a name of two words either way, in any case', () => {
    for (const command of [commandByName('config get', ['a*']), commandByName('CONFIG', ['get', 'a*'])]) {
      expect([command.spec.name, command.args]).toEqual(['CONFIG GET', ['a*']]);
    }
    expect(commandByName('Config', ['Get', 'x']).spec).toBe(commandByName('config get', ['x']).spec);
  });

  it('sends what it does not know as a write', () => {
    const command = commandByName('ft.search', ['index', '*', 3, 4n]);
    expect([command.spec.name, command.args, command.flags]).toEqual([
      'FT.SEARCH',
      ['index', '*', '3', '4'],
      Flag.unknownKeys,
    ]);
    expect(commandByName('client', ['something', 'new']).args).toEqual(['something', 'new']);
  });

  it('refuses what is no name and no data, and never shows the data', () => {
    for (const name of ['', '  ', undefined, 3]) expect(() => commandByName(name as string, [])).toThrow(ArgumentError);
    expect(() => commandByName('set', ['secret', undefined])).toThrow(/^argument 2: expected .*, got undefined$/);
    expect(() => commandByName('set', [{}])).toThrow(ArgumentError);
  });

  it('knows how long it may block', () => {
    const times = [
      ['blpop', 'a', 'b', 1.5],
      ['blpop', 'a', 0],
      ['bzmpop', '0.2', 1, 'z', 'min'],
      ['wait', 1, 250],
      ['waitaof', 1, 0, 30],
      ['xread', 'count', 'block', 'block', 70, 'streams', 's', '$'],
      ['xreadgroup', 'group', 'block', 'block', 'block', 40, 'streams', 's', '>'],
    ].map(([name, ...args]) => commandByName(name as string, args));
    expect(times.map((command) => command.blockMs)).toEqual([1500, 0, 200, 250, 30, 70, 40]);
    expect(times.filter((command) => (command.flags & Flag.blocking) === 0)).toEqual([]);
  });

  it('does not take XREAD for blocking without BLOCK', () => {
    expect(flags('xread', 'streams', 'block', '0')).toBe(Flag.read);
    expect(flags('xreadgroup', 'group', 'g', 'block', 'streams', 's', '>')).toBe(0);
    expect(flags('xread', 'block', 5, 'streams', 's', '$') & Flag.read).toBe(Flag.read);
  });

  it('knows what may not be sent on a shared connection', () => {
    const lines = ['client reply off', 'monitor', 'subscribe c', 'select 1', 'watch k', 'quit', 'client setname x'];
    expect(lines.map((line) => flags(line))).toEqual([
      Flag.forbidden,
      Flag.stream,
      Flag.subscription,
      Flag.stateful,
      Flag.stateful,
      Flag.quit,
      Flag.stateful,
    ]);
  });
});

describe('key positions', () => {
  it.each([
    ['get k', 'k'],
    ['mset a 1 b 2', 'a b'],
    ['object encoding k', 'k'],
    ['bitop and d a b', 'd a b'],
    ['blpop a b 0', 'a b'],
    ['blmpop 0 2 a b left', 'a b'],
    ['eval script 2 a b c', 'a b'],
    ['eval script 9 a', 'a'],
    ['zunionstore d 2 a b weights 1 2', 'd a b'],
    ['zdiff 1 a withscores', 'a'],
    ['xread count 1 streams a b 0 0', 'a b'],
    ['sort k by store get store limit 0 1 store d', 'k d'],
    ['georadius k 1 2 3 m store d', 'k d'],
    ['georadiusbymember k store 3 m storedist d', 'k d'],
    ['migrate h 1 k 0 5 copy', 'k'],
    ['keys *', ''],
  ])('%s', (line, expected) => {
    expect(keys(...line.split(' ')).join(' ')).toBe(expected);
  });

  it('finds the keys of MIGRATE behind KEYS', () => {
    expect(keys('migrate', 'h', '1', '', '0', '5', 'keys', 'a', 'b')).toEqual(['a', 'b']);
    expect(keys('migrate', 'h', '1', new Uint8Array(), '0', '5', 'auth', 'keys', 'keys', 'a')).toEqual(['a']);
  });
});

describe('names of raw commands', () => {
  it('are folded as servers do it: ASCII letters only', () => {
    expect(commandByName('größe', []).spec.name).toBe('GRößE');
    expect(commandByName('ſet', ['k', 'v']).spec.name).toBe('ſET');
    expect(commandByName('get', ['k']).spec.name).toBe('GET');
  });

  it('DUMP and FUNCTION DUMP answer in bytes, whatever the client wants', () => {
    for (const one of [commandByName('dump', ['k']), commandByName('FUNCTION', ['dump'])]) expect(one.bytes).toBe(true);
    expect(commandByName('get', ['k']).bytes).toBe(false);
  });
});
