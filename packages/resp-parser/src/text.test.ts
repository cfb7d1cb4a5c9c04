import { afterEach, describe, expect, test, vi } from 'vitest';
import type * as Text from './text.ts';

const TEXTS = [
  '',
  'a',
  'short',
  'é',
  'x'.repeat(16),
  'x'.repeat(17),
  'é'.repeat(40),
  'ü'.repeat(600),
  'x'.repeat(40_000),
  `${'x'.repeat(40_000)}é`,
  `${'x'.repeat(1_000_000)}é`,
];
const LONE = ['\ud800', 'a\udc00b', '\ud800\ud800', '\udc00\ud800', `${'x'.repeat(100)}\ud800`];

const RUNTIMES = ['with Buffer and isAscii', 'with Buffer only', 'with standard classes only'] as const;

afterEach(() => {
  vi.unstubAllGlobals();
});

/** The module looks for what is native once, when it is loaded. */
async function load(runtime: (typeof RUNTIMES)[number]): Promise<Pick<typeof Text, 'decodeText' | 'utf8Length'>> {
  vi.resetModules();
  if (runtime === 'with standard classes only') vi.stubGlobal('Buffer', undefined);
  if (runtime !== 'with Buffer and isAscii') vi.stubGlobal('process', Object.create(process, { getBuiltinModule: {} }));
  return import('./text.ts');
}

describe.each(RUNTIMES)('%s', (runtime) => {
  test.each(TEXTS.map((text) => [text.slice(0, 20), text.length, text]))(
    'decodes %j… of %i',
    async (_, _length, text) => {
      const bytes = new TextEncoder().encode(`[${text}]`);
      const { decodeText } = await load(runtime);
      expect(decodeText(bytes, 1, bytes.length - 1) === text).toBe(true);
    },
  );

  test('decodes malformed UTF-8 as U+FFFD', async () => {
    const { decodeText } = await load(runtime);
    expect(decodeText(new Uint8Array([0x61, 0xff, 0xfe]), 0, 3)).toBe('a\ufffd\ufffd');
  });

  test('utf8Length is what an encoder writes', async () => {
    const { utf8Length } = await load(runtime);
    const texts = [...TEXTS, ...LONE, '漢', '😀', '\u007f\u0080\u07ff\u0800\uffff'];
    expect(texts.map((text) => utf8Length(text))).toStrictEqual(
      texts.map((text) => new TextEncoder().encode(text).length),
    );
  });

  test.each([0, 1, 2, 3])('finds the only byte that is not ASCII in a huge text that begins at %i', async (offset) => {
    const { decodeText } = await load(runtime);
    const bytes = new Uint8Array(1_000_100).fill(97);
    for (const at of [offset, offset + 1, 500_000, 1_000_095, 1_000_099]) {
      bytes[at] = 0xff;
      const text = decodeText(bytes, offset, bytes.length);
      expect(text.indexOf('\ufffd')).toBe(at - offset);
      bytes[at] = 97;
    }
  });

  test.each([
    ['characters of every width', '\u007fé漢😀'],
    ['four bytes per character', '😀'],
    ['three bytes per character', '漢'],
  ])('large text is cut into pieces between characters: %s', async (_, characters) => {
    const { decodeText } = await load(runtime);
    const text = characters.repeat(40_000);
    for (const before of ['', 'a', 'aa', 'aaa']) {
      const bytes = new TextEncoder().encode(before + text);
      expect(decodeText(bytes, 0, bytes.length) === before + text).toBe(true);
    }
  });

  test('large text with malformed sequences anywhere decodes as in one piece', async () => {
    const { decodeText } = await load(runtime);
    const standard = new TextDecoder('utf-8', { ignoreBOM: true });
    const sequence = [
      0xf0, 0x9f, 0x98, 0x80, 0x80, 0x80, 0x80, 0x80, 0xe2, 0x82, 0xc3, 0xef, 0xbb, 0xbf, 0x61, 0xed, 0xa0,
    ];
    for (const length of [17, 16, 15, 14, 13]) {
      const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => sequence[i % length] as number);
      expect(decodeText(bytes, 0, bytes.length) === standard.decode(bytes)).toBe(true);
    }
  });

  test('decodes short texts of every length, with another character than ASCII at every place', async () => {
    const { decodeText } = await load(runtime);
    for (let length = 0; length < 40; length++) {
      const plain = 'abcdefghijklmnopqrstuvwxyz0123456789ABCD\0\n'.slice(0, length);
      const texts = [plain, ...Array.from(plain, (_, at) => `${plain.slice(0, at)}é${plain.slice(at + 1)}`)];
      const back = texts.map((text) => {
        const bytes = new TextEncoder().encode(`<${text}>`);
        return decodeText(bytes, 1, bytes.length - 1);
      });
      expect(back).toEqual(texts);
    }
  });
});
