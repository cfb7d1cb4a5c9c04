import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { frame, list, utf8 } from '../test/reply-frames.ts';
import { opcodes } from './constants.ts';
import { appendCommand, encodeCommand } from './encoder.ts';
import { Reader } from './reader.ts';

const foreign = (code: string): Uint8Array => runInNewContext(code);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const SET_HI = '\x08\0\0\0\x01\x000 k hi';

/** What a client would write. */
function append(arg: Uint8Array): string {
  let written = '';
  const out = {
    text: '',
    bytes(bytes: Uint8Array): void {
      written += this.text + text(bytes);
      this.text = '';
    },
  };
  appendCommand(out, opcodes.SET, ['0', 'k', arg]);
  return written + out.text;
}

function lying(length: unknown): Uint8Array {
  const bytes = new TextEncoder().encode('hi');
  for (const name of ['length', 'byteLength']) Object.defineProperty(bytes, name, { get: () => length });
  return bytes;
}

describe('arguments of requests', () => {
  test('bytes of another realm are sent as they are', () => {
    const hi = foreign('new Uint8Array([104, 105])');
    expect(hi instanceof Uint8Array).toBe(false);
    expect(text(encodeCommand('set', 0, 'k', hi))).toBe(SET_HI);
    expect(append(hi)).toBe(SET_HI);
  });

  test.each([0, 1000, '1'])('bytes whose length claims to be %j are sent whole, and nothing but them', (length) => {
    expect(text(encodeCommand('set', 0, 'k', lying(length)))).toBe(SET_HI);
    expect(append(lying(length))).toBe(SET_HI);
  });

  test('bytes whose buffer was transferred are refused, because an empty value would be written instead', () => {
    const arg = new Uint8Array([104, 105]);
    structuredClone(arg.buffer, { transfer: [arg.buffer] });
    expect(() => append(arg)).toThrow(TypeError);
    expect(() => encodeCommand('set', 0, 'k', arg)).toThrow(TypeError);
    expect(append(new Uint8Array(0))).toBe('\x06\0\0\0\x01\x000 k ');
  });

  test.each([
    undefined,
    null,
    true,
    {},
    { length: 2 },
    [104, 105],
    new Uint16Array(2),
    new DataView(new ArrayBuffer(2)),
  ])('what is neither text, bytes nor a number is refused by its position (%#)', (value) => {
    const encode = (): Uint8Array => encodeCommand('set', 0, 'secret', value as unknown as string);
    expect(encode).toThrow(new TypeError('Argument 3 of set is neither text, bytes nor a number'));
  });
});

describe('bytes that are read', () => {
  const reply = frame(6, 0, utf8('hi'));
  const inOtherRealm = (bytes: Uint8Array): Uint8Array => foreign(`new Uint8Array([${bytes.join()}])`);

  test.each(['utf8', 'bytes'] as const)('may come from another realm (%s)', (encoding) => {
    const value = encoding === 'utf8' ? 'hi' : new Uint8Array([104, 105]);
    expect(new Reader({ encoding }).parse(inOtherRealm(reply))).toStrictEqual([{ code: 6, encoding: 0, value }]);
    const reader = new Reader({ encoding });
    for (const byte of reply) reader.feed(inOtherRealm(Uint8Array.of(byte)));
    expect(reader.gets()).toStrictEqual({ code: 6, encoding: 0, value });
  });

  test.each(['text', new DataView(new ArrayBuffer(9)), new ArrayBuffer(9), new Uint16Array(9), [6, 0], null])(
    'are refused when they are no Uint8Array, and the reader can be used further (%#)',
    (value) => {
      const reader = new Reader();
      reader.feed(reply.subarray(0, 8));
      expect(() => reader.feed(value as unknown as Uint8Array)).toThrow(TypeError);
      expect(() => reader.parse(value as unknown as Uint8Array)).toThrow(TypeError);
      expect(reader.parse(reply.subarray(8))).toMatchObject([{ value: 'hi' }]);
    },
  );

  test('rows whose keys are no UTF-8 stay apart, with the bytes of their keys under encoding bytes', () => {
    const keys = [Uint8Array.of(0x70, 0xff), Uint8Array.of(0x70, 0xfe), Uint8Array.of(0x70, 0x80)];
    const rows = list(keys.map((key) => [key, key] as const));
    const [reply] = new Reader({ encoding: 'bytes' }).parse(rows);
    expect(reply?.value).toStrictEqual(keys.map((key) => [key, key]));
    const cut = new Reader({ encoding: 'bytes' });
    const byteByByte = [...rows].flatMap((byte) => cut.parse(Uint8Array.of(byte)));
    expect(byteByByte).toStrictEqual([reply]);
    expect(new Reader().parse(rows)[0]?.value).toHaveLength(3);
  });
});
