import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputBuffer } from '../input-buffer.ts';
import { RequestReader } from './request.ts';

/** All requests in the bytes, which arrive in pieces. */
function readAll(pieces: readonly string[], authenticated = true): (readonly string[])[] {
  const input = new InputBuffer();
  const reader = new RequestReader();
  const requests: (readonly string[])[] = [];
  for (const piece of pieces) {
    input.append(Buffer.from(piece, 'latin1'));
    for (let next = reader.read(input, authenticated); next !== undefined; next = reader.read(input, authenticated)) {
      requests.push(next);
    }
  }
  return requests;
}

test('requests are the same however their bytes are cut', () => {
  const words = fc.array(fc.string({ unit: 'binary-ascii' }), { minLength: 1, maxLength: 4 });
  const property = fc.property(fc.array(words, { maxLength: 4 }), fc.infiniteStream(fc.nat(9)), (requests, sizes) => {
    const bytes = requests
      .map((list) => `*${list.length}\r\n${list.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`)
      .join('');
    const pieces: string[] = [];
    for (let at = 0; at < bytes.length; ) {
      const size = 1 + (sizes.next().value as number);
      pieces.push(bytes.slice(at, at + size));
      at += size;
    }
    expect(readAll(pieces)).toEqual(requests);
  });
  fc.assert(property);
});

describe('lines of words', () => {
  test.each<[string, string[]]>([
    ['GET key', ['GET', 'key']],
    ['  SET  a\t"b c" ', ['SET', 'a', 'b c']],
    ['ECHO "\\x41\\n\\"q\\""', ['ECHO', 'A\n"q"']],
    ["ECHO 'it\\'s \\n'", ['ECHO', "it's \\n"]],
    ['', []],
  ])('%j', (line, words) => expect(readAll([`${line}\r\n`])).toEqual([words]));

  test.each(['GET "a', "GET 'a", 'GET "a"b'])('%j is refused', (line) => {
    expect(() => readAll([`${line}\n`])).toThrow('unbalanced quotes in request');
  });
});

test.each([
  ['*x\r\n', 'invalid multibulk length'],
  ['*2000000\r\n', 'invalid multibulk length'],
  ['*1\r\n$-1\r\n', 'invalid bulk length'],
  ['*1\r\n$99999999999\r\n', 'invalid bulk length'],
  ['*1\r\n+OK\r\n', "expected '$', got '+'"],
  ['x'.repeat(70_000), 'too big inline request'],
])('%j is refused', (bytes, message) => expect(() => readAll([bytes])).toThrow(`ERR Protocol error: ${message}`));

test('clients without a password may not send much', () => {
  expect(() => readAll(['*11\r\n'], false)).toThrow('unauthenticated multibulk length');
  expect(() => readAll(['*1\r\n$20000\r\n'], false)).toThrow('unauthenticated bulk length');
});
