import fc from 'fast-check';
import { expect, test } from 'vitest';
import { appendCommand, commandHead, encodeCommand } from './encoder.ts';
import { Reader } from './reader.ts';
import type { Output } from './types.ts';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

class Chunks implements Output {
  text = '';
  readonly list: (string | Uint8Array)[] = [];
  bytes(data: Uint8Array): void {
    this.list.push(this.text, data);
    this.text = '';
  }
}

test('a request is blocks and an empty line', () => {
  expect(text(encodeCommand('get', 'k'))).toBe('3\nget\n1\nk\n\n');
  expect(text(encodeCommand('ping'))).toBe('4\nping\n\n');
});

test('counts are bytes, not characters', () => {
  expect(text(encodeCommand('set', 'ä', '€😀'))).toBe('3\nset\n2\nä\n7\n€😀\n\n');
  expect(text(encodeCommand('get', 'ä'.repeat(200)))).toBe(`3\nget\n400\n${'ä'.repeat(200)}\n\n`);
});

test('empty blocks, newlines and NUL in data', () => {
  expect(text(encodeCommand('set', '', '\n\r\0'))).toBe('3\nset\n0\n\n3\n\n\r\0\n\n');
});

test('a lone surrogate is sent and counted as U+FFFD', () => {
  expect(text(encodeCommand('get', '\ud800', `\udc00${'a'.repeat(70)}`))).toBe(
    `3\nget\n3\n\ufffd\n73\n\ufffd${'a'.repeat(70)}\n\n`,
  );
});

test('numbers are written in decimal', () => {
  expect(text(encodeCommand('incr', 'k', -5, 9223372036854775807n))).toBe(
    '4\nincr\n1\nk\n2\n-5\n19\n9223372036854775807\n\n',
  );
});

test("the engine's form appends to what is there and hands bytes over uncopied", () => {
  const out = new Chunks();
  const data = Uint8Array.of(0, 255, 10);
  appendCommand(out, commandHead('ping'), []);
  appendCommand(out, commandHead('set'), ['k', data]);
  appendCommand(out, commandHead('get'), ['k']);
  expect(out.list).toEqual(['4\nping\n\n3\nset\n1\nk\n3\n', data]);
  expect(out.list[1]).toBe(data);
  expect(out.text).toBe('\n\n3\nget\n1\nk\n\n');
});

test.each(['a', 'é', '漢', '😀'])('large text of %j goes to the memory of the output, with its length', (sign) => {
  const large = sign.repeat(50_000);
  const bytes = new TextEncoder().encode(large);
  const out = Object.assign(new Chunks(), {
    encode: () => [bytes.subarray(0, 30_000), bytes.subarray(30_000)],
  });
  appendCommand(out, commandHead('set'), ['k', large]);
  const sent = Buffer.concat([...out.list, out.text].map((piece) => Buffer.from(piece as string)));
  expect(sent.equals(Buffer.from(`3\nset\n1\nk\n${bytes.length}\n${large}\n\n`))).toBe(true);
});

test('whatever is encoded is decoded again', () => {
  const block = fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 300 }));
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z_0-9]{0,20}$/), fc.array(block, { maxLength: 6 }), (name, args) => {
      const [reply, ...rest] = new Reader({ encoding: 'bytes' }).parse(encodeCommand(name, ...args));
      const bytes = args.map((arg) => (typeof arg === 'string' ? new TextEncoder().encode(arg) : new Uint8Array(arg)));
      expect(reply).toEqual({ status: name, body: bytes });
      expect(rest).toEqual([]);
    }),
  );
});
