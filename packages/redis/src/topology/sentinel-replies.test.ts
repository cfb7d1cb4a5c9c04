import { describe, expect, it } from 'vitest';
import { askAddress, askEpoch, askReplicas, askSentinels, isAbout } from './sentinel-replies.ts';

/** What a command makes of a reply. */
function read<T>(command: { reply(raw: unknown, command: never): T }, raw: unknown): T {
  return command.reply(raw, command as never);
}

describe('answers of sentinels', () => {
  it('reads the epoch from a map of RESP3 and a flat list of RESP2 [#182]', () => {
    expect(read(askEpoch('main'), new Map([['config-epoch', '7']]))).toBe(7);
    expect(read(askEpoch('main'), ['name', 'main', 'config-epoch', '12'])).toBe(12);
    expect(read(askEpoch('main'), ['name', 'main'])).toBe(0);
  });

  it('reads the address, and takes null for a name that is not known [#182]', () => {
    expect(read(askAddress('main'), ['10.0.0.1', '6379'])).toEqual({ host: '10.0.0.1', port: 6379 });
    expect(read(askAddress('main'), ['::1', '6379'])).toEqual({ host: '::1', port: 6379 });
    expect(read(askAddress('main'), null)).toBeUndefined();
  });

  it.each([[['10.0.0.1', '0']], [['10.0.0.1', '65536']], [['10.0.0.1 x', '1']], [['', '6379']], [[]]])(
    'makes no connection to %j, which is no address [#182]',
    (raw) => {
      expect(read(askAddress('main'), raw)).toBeUndefined();
    },
  );

  it('finds the other sentinels with their ids [#189]', () => {
    const row = ['name', 'abc', 'ip', '10.0.0.9', 'port', '26379', 'runid', 'abc'];
    expect(read(askSentinels('main'), [row])).toEqual([{ host: '10.0.0.9', port: 26_379, id: 'abc' }]);
  });

  it.each([
    ['slave', 'ok', true, true],
    ['slave,s_down', 'ok', false, true],
    ['slave,o_down', 'ok', false, true],
    ['s_down,slave,disconnected', 'ok', false, true],
    ['slave', 'err', true, false],
  ])('reads of a replica with flags %s and link %s: up %s, linked %s [#192]', (flags, link, isUp, isLinked) => {
    const row = ['ip', '10.0.0.2', 'port', '6380', 'flags', flags, 'master-link-status', link];
    expect(read(askReplicas('main'), [row])).toEqual([{ host: '10.0.0.2', port: 6380, isUp, isLinked }]);
  });

  it.each([
    ['+switch-master', 'main 10.0.0.1 6379 10.0.0.2 6380', true],
    ['+switch-master', 'other 10.0.0.1 6379 10.0.0.2 6380', false],
    ['+sdown', 'master main 10.0.0.1 6379', true],
    ['+sdown', 'master other 10.0.0.1 6379', false],
    ['-sdown', 'sentinel abc 10.0.0.9 26379 @ main 10.0.0.1 6379', true],
    ['+slave', 'slave 10.0.0.2:6380 10.0.0.2 6380 @ other 10.0.0.1 6379', false],
    ['+sdown', '', false],
  ])('tells of %s %s whether it is about main: %s [#185]', (channel, message, about) => {
    expect(isAbout('main', channel, message)).toBe(about);
  });
});
