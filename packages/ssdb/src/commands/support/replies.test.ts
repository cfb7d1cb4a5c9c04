import { describe, expect, test } from 'vitest';
import { multiExists, multiGet, scan } from '../kv.ts';

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
