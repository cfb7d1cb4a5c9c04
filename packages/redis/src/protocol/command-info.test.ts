import { describe, expect, it } from 'vitest';
import { commandInfo, commandNames } from './command-info.ts';

describe('the table of commands', () => {
  it('has every command by its name, with flags and version', () => {
    const all = commandNames();
    expect(all).toEqual(expect.arrayContaining(['GET', 'CONFIG GET', 'XREADGROUP', 'HEXPIRE']));
    expect(new Set(all).size).toBe(all.length);
    for (const name of all) expect(commandInfo(name)).toMatchObject({ name, since: expect.stringMatching(/^\d+\.\d/) });
  });

  it.each([
    ['get', ['read'], '1.0.0'],
    ['BLPOP', ['blocking'], '2.0.0'],
    ['config  get', ['read'], '2.0.0'],
    ['xreadgroup', ['write', 'maybeBlocking'], '5.0.0'],
    ['watch', ['state'], '2.2.0'],
  ])('says what %s does', (name, flags, since) => {
    expect(commandInfo(name)).toMatchObject({ flags, since });
  });

  it('finds the keys among the arguments', () => {
    expect(commandInfo('mset')?.keys(['a', 1, 'b', 2])).toEqual([0, 2]);
    expect(commandInfo('eval')?.keys(['return 1', 2, 'a', 'b', 'c'])).toEqual([2, 3]);
    expect(commandInfo('xread')?.keys(['COUNT', 1, 'STREAMS', 'a', 'b', '$', '$'])).toEqual([3, 4]);
    expect(commandInfo('ping')?.keys([])).toEqual([]);
  });

  it('knows no commands of modules', () => {
    expect(commandInfo('json.get')).toBeUndefined();
  });
});
