import { describe, expect, test } from 'vitest';
import { hgetall, hincr } from '../hash.ts';
import { exists, get, multiExists, multiGet, scan, set } from '../kv.ts';
import { qset } from '../queue.ts';
import { getKvRange, info, version } from '../server.ts';
import { zavg, zscan } from '../zset-range.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('names that are no UTF-8 [#13]', () => {
  const body = [Uint8Array.of(0xfe), encode('1'), Uint8Array.of(0xff), encode('1')];
  const asText = body.map((block) => new TextDecoder().decode(block));

  test.each([
    ['multi_get', multiGet(['a'])],
    ['multi_exists', multiExists(['a'])],
    ['scan', scan('', '', 10)],
  ])('never hide each other in the answer to %s, as text and as bytes', (_name, command) => {
    for (const blocks of [body, asText])
      expect(() => command.reply({ status: 'ok', body: blocks } as never, command as never)).toThrow(/UTF-8/);
  });

  test('a key that was asked for twice is no reason to refuse', () => {
    const command = multiGet(['a', 'a']);
    const reply = { status: 'ok', body: ['a', '1', 'a', '1'] };
    expect(command.reply(reply as never, command as never)).toEqual(new Map([['a', '1']]));
  });
});

describe('an answer that the command does not have [#45]', () => {
  test.each([
    ['no block for a value', get('a'), 'ok', []],
    ['two blocks for a value', get('a'), 'ok', ['x', 'y']],
    ['a status that no server has', get('a'), 'weird', ['x']],
    ['not_found for a list', hgetall('h'), 'not_found', []],
    ['not_found for nothing', qset('q', 0, 'x'), 'not_found', []],
    ['a name without value', hgetall('h'), 'ok', ['a', 'b', 'c']],
    ['a member without score', zscan('z', '', '', '', 1), 'ok', ['a']],
    ['a score that is a word', zscan('z', '', '', '', 1), 'ok', ['a', 'b']],
    ['another number than 0 or 1 for yes or no', exists('a'), 'ok', ['2']],
    ['another number than 0 or 1 in a map', multiExists(['a']), 'ok', ['a', '7']],
    ['a word for yes or no', set('a', 1), 'ok', ['OK']],
    ['a fraction for a count', hincr('h', 'f'), 'ok', ['1.5']],
    ['a number in hexadecimal', hincr('h', 'f'), 'ok', ['0x10']],
    ['a number with a space', hincr('h', 'f'), 'ok', [' 1']],
    ['a word for a mean', zavg('z', '', ''), 'ok', ['x']],
    ['two versions', version(), 'ok', ['1', '2']],
    ['nothing about the server', info(), 'ok', []],
    ['a name without value about the server', info(), 'ok', ['ssdb-server', 'version']],
    ['a range without end', getKvRange(), 'ok', ['a']],
    ['a range with two ends', getKvRange(), 'ok', ['a', 'b', 'c']],
  ])('%s is refused', (_, command, status, body) => {
    expect(() => command.reply({ status, body }, command as never)).toThrow(/^the answer is not/);
  });
});
