import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { opcodeOf, opcodes } from './constants.ts';
import { appendCommand, encodeCommand } from './encoder.ts';

const anyArgument = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.uint8Array({ maxLength: 200 }));
const anyOpcode = fc.constantFrom(...Object.values(opcodes));

function frames(opcode: number, args: readonly (string | Uint8Array)[]): Uint8Array[] {
  const all: Uint8Array[] = [];
  appendCommand({ text: '', bytes: (frame) => void all.push(frame) }, opcode, args);
  return all;
}

describe('encodeCommand', () => {
  test('gives length, opcode and arguments joined by one space', () => {
    expect(encodeCommand('SET', '3600', 'foo', '3.14')).toEqual(
      Uint8Array.from(Buffer.from('\x0f\0\0\0\x01\x003600 foo 3.14')),
    );
    expect(encodeCommand('PING')).toEqual(Uint8Array.of(2, 0, 0, 0, 19, 0));
    expect(encodeCommand('END')).toEqual(Uint8Array.of(2, 0, 0, 0, 255, 0));
  });

  test('takes names in any case and formats numbers', () => {
    expect(encodeCommand('set', 3600, 'foo', 3.14)).toEqual(encodeCommand('SET', '3600', 'foo', '3.14'));
    expect(encodeCommand('get', 2n ** 63n)).toEqual(encodeCommand('GET', '9223372036854775808'));
  });

  test('keeps empty arguments apart, also when the same one comes twice', () => {
    expect(encodeCommand('META', '', '')).toEqual(Uint8Array.of(3, 0, 0, 0, 20, 0, 0x20));
    expect(encodeCommand('SET', 'a', 'a', 'a')).toEqual(Uint8Array.from(Buffer.from('\x07\0\0\0\x01\0a a a')));
  });

  test('uses all four length bytes', () => {
    const frame = encodeCommand('SET', '0', 'k', new Uint8Array(0x01_02_03));
    expect(Array.from(frame.subarray(0, 6))).toEqual([0x03 + 6, 0x02, 0x01, 0, 1, 0]);
  });

  test.each(['', 'SETX', 'toString', '__proto__', 'metaSize'])('refuses the unknown command %j', (name) => {
    expect(() => encodeCommand(name, 'secret')).toThrow(TypeError);
    expect(() => encodeCommand(name, 'secret')).not.toThrow(/secret/);
  });
});

describe('appendCommand', () => {
  test('makes one frame with the same fields, whatever the arguments', () => {
    const property = fc.property(anyOpcode, fc.array(anyArgument, { maxLength: 4 }), (opcode, args) => {
      const [frame, ...more] = frames(opcode, args);
      expect(more).toEqual([]);
      const view = Buffer.from(frame as Uint8Array);
      expect(view.readUInt32LE(0)).toBe(view.length - 4);
      expect(view.readUInt16LE(4)).toBe(opcode);
      const fields = args.flatMap((arg, index) => [...(index > 0 ? [Buffer.from(' ')] : []), Buffer.from(arg)]);
      expect(view.subarray(6).equals(Buffer.concat(fields))).toBe(true);
    });
    fc.assert(property);
  });

  test('gives a new array for each frame', () => {
    const out: Uint8Array[] = [];
    const output = { text: '', bytes: (frame: Uint8Array): void => void out.push(frame) };
    appendCommand(output, opcodes.GET, ['one']);
    appendCommand(output, opcodes.GET, ['two']);
    expect(out.map((frame) => Buffer.from(frame.subarray(6)).toString())).toEqual(['one', 'two']);
  });
});

test('opcodeOf knows the 22 names only', () => {
  expect(Object.entries(opcodes).map(([name]) => opcodeOf(name.toLowerCase()))).toEqual(Object.values(opcodes));
  expect(opcodeOf('constructor')).toBeUndefined();
  expect(opcodeOf('gEt')).toBe(opcodes.GET);
});

test.each(['ſet', 'pıng', 'mſet'])('%j becomes a command only by the rules of Unicode, so it is none', (name) => {
  expect(opcodeOf(name)).toBeUndefined();
});
