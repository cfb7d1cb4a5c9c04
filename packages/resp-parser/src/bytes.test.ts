import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { byteLengthOf, isBytes } from './bytes.ts';
import { appendCommand, commandHead, encodeCommand, encodePipeline, Reader } from './index.ts';

const foreign = (code: string): Uint8Array => runInNewContext(code);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const SET_HI = '*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2\r\nhi\r\n';

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
  appendCommand(out, commandHead('SET', 2), ['k', arg]);
  return written + out.text;
}

function lying(length: unknown, get = false): Uint8Array {
  const bytes = new TextEncoder().encode('hi');
  const property = get ? { get: () => length } : { value: length };
  for (const name of ['length', 'byteLength']) Object.defineProperty(bytes, name, property);
  return bytes;
}

describe('isBytes', () => {
  test.each([new Uint8Array(1), Buffer.from('a'), foreign('new Uint8Array(1)')])('takes any Uint8Array', (value) => {
    expect(isBytes(value)).toBe(true);
  });

  test.each([
    'text',
    null,
    undefined,
    [1],
    { length: 1, [Symbol.toStringTag]: 'Uint8Array' },
    Object.create(Uint8Array.prototype),
    new ArrayBuffer(1),
    new DataView(new ArrayBuffer(1)),
    new Uint16Array(1),
    new Int8Array(1),
    new Uint8ClampedArray(1),
  ])('refuses what only looks like one (%#)', (value) => {
    expect(isBytes(value)).toBe(false);
  });
});

describe('arguments of commands', () => {
  test('bytes of another realm are sent as they are', () => {
    const hi = foreign('new Uint8Array([104, 105])');
    expect(hi instanceof Uint8Array).toBe(false);
    expect(text(encodeCommand('SET', 'k', hi))).toBe(SET_HI);
    expect(append(hi)).toBe(SET_HI);
  });

  test.each([
    ['a shorter length', lying(0)],
    ['a longer length', lying(1000)],
    ['a text as length', lying('0\r\n\r\n*1\r\n$8\r\nFLUSHALL')],
    ['a length by a getter', lying('0\r\n\r\n*1\r\n$8\r\nFLUSHALL', true)],
  ])('bytes that claim %s are sent whole, and nothing but them', (_, arg) => {
    expect(text(encodeCommand('SET', 'k', arg))).toBe(SET_HI);
    expect(text(encodePipeline([['SET', 'k', arg]]))).toBe(SET_HI);
    expect(append(arg)).toBe(SET_HI);
  });

  test('a subclass that overrides length is read as the bytes it has', () => {
    class Short extends Uint8Array {
      override get length(): number {
        return 1;
      }
    }
    expect(append(new Short([104, 105]))).toBe(SET_HI);
  });

  test('bytes whose buffer was transferred are refused, because an empty value would be written instead', () => {
    const arg = new Uint8Array([104, 105]);
    structuredClone(arg.buffer, { transfer: [arg.buffer] });
    expect(() => append(arg)).toThrow(TypeError);
    expect(() => encodeCommand('SET', 'k', arg)).toThrow(TypeError);
    expect(append(new Uint8Array(0))).toBe('*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n');
  });

  test('bytes of a resizable buffer count as many as there are at that moment, or are refused when they are gone', () => {
    const buffer = foreign('new ArrayBuffer(2, { maxByteLength: 10 })') as unknown as { resize(length: number): void };
    const tracking = new Uint8Array(buffer as unknown as ArrayBuffer);
    const fixed = new Uint8Array(buffer as unknown as ArrayBuffer, 0, 2);
    tracking.set([104, 105]);
    expect(append(tracking)).toBe(SET_HI);
    buffer.resize(1);
    expect(append(tracking)).toBe('*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nh\r\n');
    expect(() => byteLengthOf(fixed)).toThrow(TypeError);
  });
});

describe('bytes that are read', () => {
  test.each(['utf8', 'bytes'] as const)('may come from another realm (%s)', (encoding) => {
    const reply = foreign("new Uint8Array(Array.from('*1\\r\\n$2\\r\\nhi\\r\\n', (c) => c.charCodeAt(0)))");
    const hi = encoding === 'utf8' ? 'hi' : new Uint8Array([104, 105]);
    expect(new Reader({ encoding }).parse(reply)).toStrictEqual([[hi]]);
    const reader = new Reader({ encoding });
    for (const byte of reply) reader.feed(foreign(`new Uint8Array([${byte}])`));
    expect(reader.gets()).toStrictEqual([hi]);
  });

  test.each(['+OK\r\n', new DataView(new ArrayBuffer(5)), new ArrayBuffer(5), new Uint16Array(5), [43, 79, 75], null])(
    'are refused when they are no Uint8Array, and the reader can be used further (%#)',
    (value) => {
      const reader = new Reader();
      reader.feed(Buffer.from('+O'));
      expect(() => reader.feed(value as unknown as Uint8Array)).toThrow(TypeError);
      expect(() => reader.parse(value as unknown as Uint8Array)).toThrow(TypeError);
      expect(reader.parse(Buffer.from('K\r\n'))).toStrictEqual(['OK']);
    },
  );
});
