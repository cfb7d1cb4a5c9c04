import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fromHex, loadVectors, readable, recordedBytes, toHex } from './vectors.ts';

test('hexadecimal text both ways', () => {
  expect(fromHex('00 ff\n0a')).toEqual(Uint8Array.of(0, 255, 10));
  expect(toHex(Uint8Array.of(0, 255, 10))).toBe('00ff0a');
  expect(toHex(new Uint8Array([9, 1, 2, 9]).subarray(1, 3))).toBe('0102');
});

test.each(['0', 'zz', '0x00'])('%s is not hexadecimal', (text) => {
  expect(() => fromHex(text)).toThrow('not hexadecimal');
});

test('recorded bytes may be repeated', () => {
  expect(recordedBytes({ repeat: { hex: '0102', times: 3 } })).toEqual(Uint8Array.of(1, 2, 1, 2, 1, 2));
  expect(recordedBytes({ hex: '0d0a' })).toEqual(Uint8Array.of(13, 10));
});

test('a vectors file is read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kv-vectors-'));
  try {
    writeFileSync(join(folder, 'a.json'), '[{"name":"x"}]');
    expect(loadVectors(join(folder, 'a.json'))).toEqual([{ name: 'x' }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('bytes in messages can be read', () => {
  expect(readable(Buffer.from('$1\r\na\\\0é'))).toBe('$1\\r\\na\\\\\\x00\\xc3\\xa9');
  expect(readable(new Uint8Array(300).fill(65), 3)).toBe('AAA… (300 bytes)');
});
