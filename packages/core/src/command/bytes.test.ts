import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { toArg } from './arguments.ts';
import { bytesFrom, isBytes } from './bytes.ts';
import { checkCommand } from './check-command.ts';
import { Command, read } from './command.ts';

class Shorter extends Uint8Array {
  override get length(): number {
    return 1;
  }
}

const foreign: unknown = runInNewContext('Uint8Array.of(1, 2, 3)');

test('bytes of another realm are bytes, for arguments and in command values', () => {
  expect(isBytes(foreign)).toBe(true);
  expect(toArg(foreign as Uint8Array, 'value')).toBe(foreign);
  expect(() => checkCommand(new Command(read('GET'), [foreign as Uint8Array], String), 'command')).not.toThrow();
});

test.each([
  new Uint16Array(2),
  new DataView(new ArrayBuffer(2)),
  new Uint8ClampedArray(2),
  [1, 2],
  { length: 2 },
  Object.create(Uint8Array.prototype),
  new Proxy(new Uint8Array(2), {}),
  null,
  undefined,
])('what is no array of bytes is refused: %#', (value) => {
  expect(isBytes(value)).toBe(false);
  expect(() => toArg(value as never, 'value')).toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
});

test('a length that lies, of the array itself or of its class, does not count', () => {
  const own = Object.defineProperty(Uint8Array.of(1, 2, 3), 'length', { value: 1 });
  const ownBytes = Object.defineProperty(Uint8Array.of(1, 2, 3), 'byteLength', { value: 1 });
  for (const bytes of [own, ownBytes, Shorter.of(1, 2, 3)]) {
    const arg = toArg(bytes, 'value') as Uint8Array;
    expect([arg.length, arg.byteLength, [...arg]]).toEqual([3, 3, [1, 2, 3]]);
    expect(arg.buffer).toBe(bytes.buffer);
  }
});

test('what is cut off a Buffer shares no memory with it', () => {
  const whole = Buffer.from('prefix:key');
  const key = bytesFrom(whole, 7);
  whole.fill(0);
  expect(Buffer.from(key).toString()).toBe('key');
});
