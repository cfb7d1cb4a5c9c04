import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Arg,
  appendCommand,
  commandHead,
  Decoder,
  ErrorReply,
  encodeCommand,
  ProtocolError,
  Reader,
  type Reply,
} from '../src/index.ts';

// ---- values, and how a server writes them

const line = fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => text.replace(/[\r\n]/g, ' '));
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ maxLength: 700 }),
  fc.constant('漢字'.repeat(2000)),
);
const error = line.map((message) => new ErrorReply(message));
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(narrow);
const smallInteger = fc.maxSafeInteger();
const huge = fc.bigInt({ min: 2n ** 63n, max: 2n ** 300n });

const { resp2 } = fc.letrec<{ resp2: Reply }>((tie) => ({
  resp2: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    int64,
    smallInteger,
    fc.constant(null),
    error,
    fc.array(tie('resp2'), { maxLength: 8 }),
  ),
}));

const scalar3 = fc.oneof(text, int64, huge, fc.double(), fc.boolean(), fc.constant(null), error);
const key3 = fc.oneof(text, int64, fc.boolean());
const { resp3 } = fc.letrec<{ resp3: Reply }>((tie) => ({
  resp3: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar3,
    fc.array(tie('resp3'), { maxLength: 8 }),
    fc.uniqueArray(key3, { maxLength: 8 }).map((items) => new Set<Reply>(items)),
    fc.array(fc.tuple(key3, tie('resp3')), { maxLength: 8 }).map((pairs) => new Map<Reply, Reply>(pairs)),
  ),
}));

function narrow(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

const blob = (type: string, value: string): string => `${type}${Buffer.byteLength(value)}\r\n${value}\r\n`;

/** How a server may write a value; `style` picks one of several spellings. */
function write(value: Reply, style: () => number): string {
  if (value === null) return ['$-1\r\n', '*-1\r\n', '_\r\n'][style() % 3] as string;
  if (typeof value === 'string') return writeText(value, style);
  if (typeof value === 'boolean') return value ? '#t\r\n' : '#f\r\n';
  if (typeof value === 'bigint') return value > 2n ** 63n - 1n ? `(${value}\r\n` : `:${value}\r\n`;
  if (typeof value === 'number') return writeNumber(value);
  if (value instanceof ErrorReply) return style() % 2 === 0 ? `-${value.message}\r\n` : blob('!', value.message);
  if (value instanceof Map) return writeMany('%', value.size, [...value].flat() as Reply[], style);
  if (value instanceof Set) return writeMany('~', value.size, [...value], style);
  return writeMany('*', (value as Reply[]).length, value as Reply[], style);
}

function writeText(value: string, style: () => number): string {
  const spelling = style() % 4;
  if (spelling === 1) return blob('=', `txt:${value}`);
  if (spelling === 2 && !/[\r\n]/.test(value)) return `+${value}\r\n`;
  if (spelling !== 3 || value === '') return blob('$', value);
  const middle = value.length >> 1;
  const chunks = [value.slice(0, middle), value.slice(middle)].filter((chunk) => chunk.isWellFormed() && chunk !== '');
  return chunks.join('') === value
    ? `$?\r\n${chunks.map((chunk) => blob(';', chunk)).join('')};0\r\n`
    : blob('$', value);
}

function writeNumber(value: number): string {
  if (Number.isInteger(value) && !Object.is(value, -0))
    return Number.isSafeInteger(value) ? `:${value}\r\n` : `,${value}\r\n`;
  if (Number.isFinite(value)) return Object.is(value, -0) ? ',-0\r\n' : `,${value}\r\n`;
  return `,${String(value).replace('Infinity', 'inf').toLowerCase()}\r\n`;
}

function writeMany(type: string, count: number, items: readonly Reply[], style: () => number): string {
  const streamed = style() % 4 === 1;
  const elements = items.map((item) => interruption(style) + write(item, style)).join('');
  return streamed ? `${type}?\r\n${elements}.\r\n` : `${type}${count}\r\n${elements}`;
}

/** What may stand in front of an element and is none. */
function interruption(style: () => number): string {
  return ['>2\r\n+message\r\n*1\r\n:1\r\n', '|1\r\n+ttl\r\n:1\r\n', ''][Math.min(style() % 16, 2)] as string;
}

/** The simple spelling that RESP2 has for everything. */
function write2(value: Reply): string {
  if (value === null) return '$-1\r\n';
  if (typeof value === 'string') return blob('$', value);
  if (value instanceof ErrorReply) return `-${value.message}\r\n`;
  if (Array.isArray(value)) return `*${value.length}\r\n${value.map(write2).join('')}`;
  return `:${value as bigint}\r\n`;
}

// ---- pieces

const cuts = fc.infiniteStream(fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 2000 })));

/** Pieces of drawn sizes; each is overwritten when the next is asked for. */
function* pieces(bytes: Uint8Array, sizes: Iterator<number>): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const size = sizes.next().value as number;
    const piece = bytes.slice(at, at + size);
    yield piece;
    piece.fill(0x24);
    at += size;
  }
}

function readAll(reader: Reader, bytes: Uint8Array, sizes: Iterable<number>): Reply[] {
  const replies: Reply[] = [];
  for (const piece of pieces(bytes, sizes[Symbol.iterator]())) replies.push(...reader.parse(piece));
  return replies;
}

describe('round trips with random cuts', () => {
  test('RESP2', () => {
    fc.assert(
      fc.property(fc.array(resp2, { maxLength: 5 }), cuts, (values, sizes) => {
        const reader = new Reader();
        expect(readAll(reader, Buffer.from(values.map(write2).join('')), sizes)).toStrictEqual(values);
      }),
      { numRuns: 300 },
    );
  });

  test('RESP3, every spelling, with pushes and attributes in between', () => {
    fc.assert(
      fc.property(fc.array(resp3, { maxLength: 5 }), fc.infiniteStream(fc.nat(100)), cuts, (values, styles, sizes) => {
        const style = (): number => styles.next().value as number;
        const pushes: Reply[][] = [];
        const reader = new Reader({ onPush: (items) => pushes.push(items) });
        const wire = values.map((value) => interruption(style) + write(value, style)).join('');
        expect(readAll(reader, Buffer.from(wire), sizes)).toStrictEqual(values);
        expect(pushes).toStrictEqual(
          wire
            .split('+message\r\n')
            .slice(1)
            .map(() => ['message', [1]]),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('a command read back is its words, as bytes', () => {
    const arg = fc.oneof(fc.string({ unit: 'binary', maxLength: 100 }), fc.uint8Array({ maxLength: 100 }));
    fc.assert(
      fc.property(fc.array(arg, { maxLength: 20 }), cuts, (args, sizes) => {
        const reader = new Reader({ encoding: 'bytes' });
        expect(readAll(reader, encodeCommand('CLIENT KILL', ...args), sizes)).toStrictEqual([
          ['CLIENT', 'KILL', ...args].map((word) => new Uint8Array(Buffer.from(word as string))),
        ]);
      }),
    );
  });

  test('appendCommand and encodeCommand write the same', () => {
    const arg: fc.Arbitrary<Arg> = fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array());
    fc.assert(
      fc.property(fc.array(arg), (args) => {
        const chunks: Uint8Array[] = [];
        const out = {
          text: '',
          bytes(bytes: Uint8Array): void {
            chunks.push(Buffer.from(this.text), bytes);
            this.text = '';
          },
        };
        appendCommand(out, commandHead('SET', args.length), args);
        chunks.push(Buffer.from(out.text));
        expect(Buffer.compare(Buffer.concat(chunks), encodeCommand('SET', ...args))).toBe(0);
      }),
    );
  });
});

// ---- garbage

/** What came out: the events in a form that compares quickly, and whether the stream was refused. */
function outcome(bytes: Uint8Array, sizes: Iterator<number>, asBytes: boolean): string {
  const seen: unknown[] = [];
  const decoder = new Decoder(
    {
      reply: (value) => seen.push(['reply', value]),
      push: (value) => seen.push(['push', value]),
      attribute: (value) => seen.push(['attribute', value]),
      bytes: () => asBytes,
    },
    { depth: 8, bulkLength: 1_000_000, elements: 1000 },
  );
  try {
    for (const piece of pieces(bytes, sizes)) decoder.write(piece);
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.cause !== undefined) throw error;
    seen.push(error.message);
  }
  return JSON.stringify(seen, plain);
}

function plain(_: string, value: unknown): unknown {
  if (value instanceof Map) return ['map', ...value];
  if (value instanceof Set) return ['set', ...value];
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return `${value}`;
  return value;
}

const whole: Iterator<number> = { next: () => ({ value: Number.MAX_SAFE_INTEGER, done: false }) };

const word = fc.constantFrom(
  ...[
    '*',
    '$',
    ':',
    '+',
    '-',
    '_',
    '#',
    ',',
    '(',
    '!',
    '=',
    '%',
    '~',
    '>',
    '|',
    ';',
    '.',
    '\r\n',
    '\r',
    '\n',
    '?',
    '-1',
  ],
  ...['0', '1', '2', '3', '99', '1000000', '9999999999999999999', 't', 'txt:', 'abc', 'inf', '1.5', '\u00e9', '\0'],
  ...['*2\r\n', '%1\r\n', '$3\r\nabc\r\n', ':1\r\n', '+OK\r\n', '$?\r\n', ';2\r\nab\r\n', ';0\r\n', '*?\r\n', '.\r\n'],
  ...['|1\r\n', '>1\r\n', '=5\r\ntxt:a\r\n', '_\r\n', '#t\r\n', ',1\r\n', '(1\r\n', '~2\r\n', '!1\r\n-\r\n', '$-1\r\n'],
);
const garbage = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.array(word, { maxLength: 60 }).map((words) => new Uint8Array(Buffer.from(words.join('')))),
);

test('a decimal as an element is the number that JavaScript reads from its text', () => {
  const digits = fc.array(fc.nat({ max: 9 }), { maxLength: 18 }).map((list) => list.join(''));
  const decimal = fc
    .tuple(fc.constantFrom('', '-', '+'), digits, fc.constantFrom('', '.'), digits)
    .map((parts) => parts.join(''))
    .filter((text) => /[0-9]/.test(text));
  const check = (text: string): void => {
    expect(new Reader().parse(Buffer.from(`*1\r\n,${text}\r\n`))).toStrictEqual([[Number(text)]]);
  };
  fc.assert(fc.property(decimal, check), { numRuns: 2000 });
});

describe('garbage', () => {
  test('is refused or waited for, never anything else, and the same however it is cut', () => {
    fc.assert(
      fc.property(garbage, cuts, fc.boolean(), (bytes, sizes, asBytes) => {
        expect(outcome(bytes, sizes[Symbol.iterator](), asBytes)).toBe(outcome(bytes, whole, asBytes));
      }),
      { numRuns: 5000, seed: 20_241_121 },
    );
  });

  test('a valid stream with damaged bytes neither', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(resp3, fc.infiniteStream(fc.nat(100)), damage, cuts, (value, styles, hits, sizes) => {
        const bytes = new Uint8Array(Buffer.from(write(value, () => styles.next().value as number)));
        for (const [at, byte] of hits) bytes[at % bytes.length] = byte;
        expect(outcome(bytes, sizes[Symbol.iterator](), false)).toBe(outcome(bytes, whole, false));
      }),
      { numRuns: 1000, seed: 20_241_121 },
    );
  });
});
