import { expect, it } from 'vitest';
import { hashTagged } from './hash-tag.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The part of the key that was hashed. */
function tagOf(key: string | Uint8Array): string {
  const tags: string[] = [];
  hashTagged(
    key,
    (text, start, end) => tags.push(text.slice(start, end)),
    (bytes, start, end) => tags.push(decoder.decode(bytes.subarray(start, end))),
  );
  return tags.join();
}

it.each([
  ['', ''],
  ['key', 'key'],
  ['{tag}key', 'tag'],
  ['key{tag}', 'tag'],
  ['{}key', '{}key'],
  ['{}{tag}', '{}{tag}'],
  ['{{tag}}key', '{tag'],
  ['{a}{b}', 'a'],
  ['}{a}', 'a'],
  ['{open', '{open'],
  ['close}', 'close}'],
  ['{größe}x', 'größe'],
])('of the key %j, as text and as bytes, %j decides', (key, tag) => {
  expect([tagOf(key), tagOf(encoder.encode(key))]).toEqual([tag, tag]);
});
