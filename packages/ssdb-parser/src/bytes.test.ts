import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { appendCommand, commandHead, encodeCommand } from './encoder.ts';
import { Reader } from './reader.ts';

const foreign = (code: string): Uint8Array => runInNewContext(code);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const SET_HI = '3\nset\n1\nk\n2\nhi\n\n';

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
  appendCommand(out, commandHead('set'), ['k', arg]);
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
    expect(text(encodeCommand('set', 'k', hi))).toBe(SET_HI);
    expect(append(hi)).toBe(SET_HI);
  });

  test.each([0, 1000, '0\n\n\n7\nflushdb'])(
    'bytes whose length claims to be %j are sent whole, and nothing but them',
    (length) => {
      expect(text(encodeCommand('set', 'k', lying(length)))).toBe(SET_HI);
      expect(append(lying(length))).toBe(SET_HI);
    },
  );

  test('bytes whose buffer was transferred are refused, because an empty value would be written instead', () => {
    const arg = new Uint8Array([104, 105]);
    structuredClone(arg.buffer, { transfer: [arg.buffer] });
    expect(() => append(arg)).toThrow(TypeError);
    expect(() => encodeCommand('set', 'k', arg)).toThrow(TypeError);
    expect(append(new Uint8Array(0))).toBe('3\nset\n1\nk\n0\n\n\n');
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
    const encode = (): Uint8Array => encodeCommand('set', 'secret', value as unknown as string);
    expect(encode).toThrow(new TypeError('Argument 2 of set is neither text, bytes nor a number'));
  });
});

describe('bytes that are read', () => {
  test.each(['utf8', 'bytes'] as const)('may come from another realm (%s)', (encoding) => {
    const packet = foreign("new Uint8Array(Array.from('2\\nok\\n2\\nhi\\n\\n', (c) => c.charCodeAt(0)))");
    const body = [encoding === 'utf8' ? 'hi' : new Uint8Array([104, 105])];
    expect(new Reader({ encoding }).parse(packet)).toStrictEqual([{ status: 'ok', body }]);
    const reader = new Reader({ encoding });
    for (const byte of packet) reader.feed(foreign(`new Uint8Array([${byte}])`));
    expect(reader.gets()).toStrictEqual({ status: 'ok', body });
  });

  test.each(['2\nok\n\n', new DataView(new ArrayBuffer(5)), new ArrayBuffer(5), new Uint16Array(5), [50, 10], null])(
    'are refused when they are no Uint8Array, and the reader can be used further (%#)',
    (value) => {
      const reader = new Reader();
      reader.feed(Buffer.from('2\no'));
      expect(() => reader.feed(value as unknown as Uint8Array)).toThrow(TypeError);
      expect(() => reader.parse(value as unknown as Uint8Array)).toThrow(TypeError);
      expect(reader.parse(Buffer.from('k\n\n'))).toStrictEqual([{ status: 'ok', body: [] }]);
    },
  );
});
