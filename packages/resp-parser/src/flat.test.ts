import { describe, expect, test } from 'vitest';
import { Decoder, type Reply } from './index.ts';

const wire = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Wanted {
  readonly flat?: boolean | undefined;
  readonly bytes?: boolean | undefined;
}

/** What comes out, each reply and push; `next` says how the next reply is wanted. */
function decode(chunks: readonly string[], wanted: Wanted[]): unknown[] {
  const seen: unknown[] = [];
  let at = 0;
  const decoder = new Decoder({
    reply: (value: Reply) => {
      seen.push(value);
      at++;
    },
    push: (items) => void seen.push({ push: items }),
    bytes: (push) => !push && wanted[at]?.bytes === true,
    flat: () => wanted[at]?.flat === true,
  });
  for (const chunk of chunks) decoder.write(wire(chunk));
  return seen;
}

const flat = (text: string): unknown => decode([text], [{ flat: true }])[0];

const NESTED = '%2\r\n+a\r\n,1.50\r\n+b\r\n~2\r\n#t\r\n(12345678901234567890\r\n';

describe('replies in the shapes of RESP2', () => {
  test('maps are flat lists, sets are lists, doubles and big numbers keep their text, booleans are 1 and 0', () => {
    expect(flat(NESTED)).toStrictEqual(['a', '1.50', 'b', [1, '12345678901234567890']]);
    expect(flat('*3\r\n,inf\r\n#f\r\n_\r\n')).toStrictEqual(['inf', 0, null]);
    expect(flat('%0\r\n')).toStrictEqual([]);
  });

  test('a scalar alone has the same shape as one in a list', () => {
    expect(flat(',3.0\r\n')).toBe('3.0');
    expect(flat('#t\r\n')).toBe(1);
    expect(flat('(-7\r\n')).toBe('-7');
  });

  test('what RESP2 has too stays as it is', () => {
    expect(flat('*5\r\n:1\r\n$1\r\na\r\n+OK\r\n$-1\r\n=5\r\ntxt:b\r\n')).toStrictEqual([1, 'a', 'OK', null, 'b']);
  });

  test('doubles are bytes where strings are', () => {
    const [alone, list] = decode([',1.5\r\n*1\r\n,2\r\n'], Array(2).fill({ flat: true, bytes: true }));
    expect(alone).toStrictEqual(wire('1.5'));
    expect(list).toStrictEqual([wire('2')]);
  });

  test('each reply has the shape that is wanted for it', () => {
    const text = '%1\r\n+a\r\n,1\r\n';
    expect(decode([text.repeat(3)], [{ flat: true }, {}, { flat: true }])).toStrictEqual([
      ['a', '1'],
      new Map([['a', 1]]),
      ['a', '1'],
    ]);
  });

  test('a push inside of a reply keeps its own shapes, and the reply goes on with the others', () => {
    const text = '*3\r\n,1\r\n>2\r\n+p\r\n%1\r\n+k\r\n,2\r\n#t\r\n%1\r\n+b\r\n,3\r\n';
    expect(decode([text], [{ flat: true }])).toStrictEqual([
      { push: ['p', new Map([['k', 2]])] },
      ['1', 1, ['b', '3']],
    ]);
  });

  test('cut anywhere, it is the same', () => {
    const whole = decode([NESTED], [{ flat: true }]);
    for (let at = 1; at < NESTED.length; at++)
      expect(decode([NESTED.slice(0, at), NESTED.slice(at)], [{ flat: true }])).toStrictEqual(whole);
  });

  test('what is no value of its type is refused all the same', () => {
    expect(() => flat(',x\r\n')).toThrow('double');
    expect(() => flat('*1\r\n#x\r\n')).toThrow('boolean');
  });
});
