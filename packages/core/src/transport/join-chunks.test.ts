import { expect, it } from 'vitest';
import type { Arg } from '../command/command.ts';
import { joinSmallChunks } from './join-chunks.ts';

const bytesOf = (chunks: readonly Arg[]): Buffer =>
  Buffer.concat(chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk)));

it.each<[string, readonly Arg[], number]>([
  ['text and short bytes', ['*2\r\n', Uint8Array.of(0, 255), '\r\n', Uint8Array.of(1)], 1],
  ['text that is not ASCII', ['é€😀', Uint8Array.of(0xc3), 'a'], 1],
  ['large bytes between short text', ['a', new Uint8Array(5000).fill(7), 'b', Uint8Array.of(1), 'c'], 3],
  ['large text at both ends', ['x'.repeat(5000), Uint8Array.of(1), 'é'.repeat(5000)], 3],
  ['views of a larger buffer', [Buffer.from('abcdef').subarray(2, 4), 'g', new Uint8Array([1, 2, 3]).subarray(1)], 1],
  ['empty bytes', ['a', new Uint8Array(0), 'b'], 1],
  ['only large ones', [new Uint8Array(5000), new Uint8Array(6000)], 2],
  ['a part alone', ['a'], 1],
  ['no parts', [], 0],
])('chunks stay the same bytes when small ones are joined: %s', (_, chunks, parts) => {
  const joined = joinSmallChunks(chunks);
  expect(bytesOf(joined).equals(bytesOf(chunks))).toBe(true);
  expect(joined).toHaveLength(parts);
});

it('small bytes are copied when they are written, so that later changes of them are not sent', () => {
  const bytes = Uint8Array.of(1, 2);
  const [joined] = joinSmallChunks(['a', bytes]);
  bytes.fill(9);
  expect(joined).toEqual(Buffer.from('a\x01\x02'));
});
