import { describe, expect, test } from 'vitest';
import { Decoder, ErrorReply, type Limits, ProtocolError, Reader, type Reply } from './index.ts';

const wire = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Everything the sink was told, in order. */
type Seen = ['reply' | 'push' | 'attribute', unknown][];

interface Recorder {
  decoder: Decoder;
  seen: Seen;
  asked: boolean[];
}

function recorder(asBytes: (push: boolean) => boolean = () => false, limits: Limits = {}): Recorder {
  const seen: Seen = [];
  const asked: boolean[] = [];
  const sink = {
    reply: (value: Reply): void => void seen.push(['reply', value]),
    push: (items: Reply[]): void => void seen.push(['push', items]),
    attribute: (attribute: Map<Reply, Reply>): void => void seen.push(['attribute', attribute]),
    bytes: (push: boolean): boolean => {
      asked.push(push);
      return asBytes(push);
    },
  };
  return { decoder: new Decoder(sink, limits), seen, asked };
}

function decode(text: string, limits: Limits = {}): Seen {
  const { decoder, seen } = recorder(undefined, limits);
  decoder.write(wire(text));
  return seen;
}

const one = (text: string): unknown => decode(text)[0]?.[1];

// The numbers are those of the list of behaviors that every client of ours has.
describe('behaviors of the parser', () => {
  test('1 any frame split at every byte gives the same value', () => {
    const frame = '*4\r\n$5\r\nhello\r\n%1\r\n+k\r\n,1.5\r\n$-1\r\n:-12\r\n';
    const whole = decode(frame);
    for (let at = 0; at <= frame.length; at++) {
      const { decoder, seen } = recorder();
      decoder.write(wire(frame.slice(0, at)));
      decoder.write(wire(frame.slice(at)));
      expect(seen).toStrictEqual(whole);
    }
  });

  test('2 many frames in one chunk', () => {
    expect(decode('+OK\r\n:1\r\n$1\r\na\r\n')).toStrictEqual([
      ['reply', 'OK'],
      ['reply', 1],
      ['reply', 'a'],
    ]);
  });

  test('3 null in all its forms', () => {
    expect(one('*3\r\n$-1\r\n*-1\r\n_\r\n')).toStrictEqual([null, null, null]);
    expect(decode('$-1\r\n*-1\r\n_\r\n').map(([, value]) => value)).toStrictEqual([null, null, null]);
  });

  test.each([
    [':7\r\n', 7],
    [':+7\r\n', 7],
    [':-7\r\n', -7],
    [':0\r\n', 0],
    [':-0\r\n', 0],
    [':007\r\n', 7],
    [':9007199254740991\r\n', Number.MAX_SAFE_INTEGER],
    [':9007199254740992\r\n', 9007199254740992n],
    [':-9007199254740992\r\n', -9007199254740992n],
    [':9223372036854775807\r\n', 9223372036854775807n],
    [':-9223372036854775808\r\n', -9223372036854775808n],
  ])('4 integer %j is exact', (text, value) => {
    expect(one(text)).toBe(value);
  });

  test.each([
    [',inf\r\n', Number.POSITIVE_INFINITY],
    [',+inf\r\n', Number.POSITIVE_INFINITY],
    [',-inf\r\n', Number.NEGATIVE_INFINITY],
    [',nan\r\n', Number.NaN],
    [',-nan\r\n', Number.NaN],
    [',-0\r\n', -0],
    [',1.5\r\n', 1.5],
    [',10\r\n', 10],
    [',1e-7\r\n', 1e-7],
    [',-1.5E+300\r\n', -1.5e300],
    [',+2.5\r\n', 2.5],
    [',.5\r\n', 0.5],
    [',-2.\r\n', -2],
    [',0.30000000000000004\r\n', 0.30000000000000004],
    [',123456789012345\r\n', 123456789012345],
    [',.123456789012345\r\n', 0.123456789012345],
    [',-1.1000000000000001\r\n', -1.1],
    [',0.00012345678901234567\r\n', 0.00012345678901234567],
    [`,${'1'.repeat(30)}\r\n`, 1.1111111111111111e29],
  ])('5 double %j, alone and as an element', (text, value) => {
    expect(one(text)).toBe(value);
    expect(one(`*1\r\n${text}`)).toStrictEqual([value]);
  });

  test.each([',\r\n', ',-\r\n', ',.\r\n', ',1.2.3\r\n', ',1-\r\n', ',--1\r\n', ', 1\r\n', ',1e\r\n'])(
    '%j is no double, neither alone nor as an element',
    (text) => {
      expect(() => one(text)).toThrow(ProtocolError);
      expect(() => one(`*1\r\n${text}`)).toThrow(ProtocolError);
    },
  );

  test('6 big number', () => {
    expect(one('(3492890328409238509324850943850943825024385\r\n')).toBe(3492890328409238509324850943850943825024385n);
    expect(one('(-5\r\n')).toBe(-5n);
  });

  test('7 verbatim string is the text without its format', () => {
    expect(one('=15\r\ntxt:Some string\r\n')).toBe('Some string');
    expect(one('=7\r\nmkd:a:b\r\n')).toBe('a:b');
  });

  test('8 blob error is a value, with line ends inside', () => {
    const error = one('!21\r\nSYNTAX invalid\r\nsynta\r\n');
    expect(error).toStrictEqual(new ErrorReply('SYNTAX invalid\r\nsynta'));
    expect((error as ErrorReply).code).toBe('SYNTAX');
    expect(error).not.toBeInstanceOf(Error);
  });

  test('9 map, set, nested', () => {
    expect(one('%2\r\n$1\r\na\r\n~2\r\n:1\r\n#t\r\n*1\r\n:1\r\n%0\r\n')).toStrictEqual(
      new Map<Reply, Reply>([
        ['a', new Set<Reply>([1, true])],
        [[1], new Map()],
      ]),
    );
  });

  test('10 an attribute is reported before its value, and is no reply', () => {
    expect(decode('|1\r\n+ttl\r\n:3600\r\n*2\r\n:1\r\n|1\r\n+x\r\n_\r\n:2\r\n')).toStrictEqual([
      ['attribute', new Map([['ttl', 3600]])],
      ['attribute', new Map([['x', null]])],
      ['reply', [1, 2]],
    ]);
  });

  test('10 a sink without attribute() gets the value only', () => {
    const replies: Reply[] = [];
    const decoder = new Decoder({ reply: (value) => replies.push(value), push: () => {}, bytes: () => false });
    decoder.write(wire('|1\r\n+ttl\r\n:3600\r\n+OK\r\n'));
    expect(replies).toStrictEqual(['OK']);
  });

  test('10 an attribute of an earlier value has no effect on a later one', () => {
    expect(decode('*1\r\n|1\r\n+a\r\n:1\r\n:5\r\n*?\r\n.\r\n').slice(1)).toStrictEqual([
      ['reply', [5]],
      ['reply', []],
    ]);
  });

  test('11 pushes between replies are none', () => {
    expect(decode('+a\r\n>2\r\n+message\r\n+x\r\n+b\r\n')).toStrictEqual([
      ['reply', 'a'],
      ['push', ['message', 'x']],
      ['reply', 'b'],
    ]);
  });

  test('11 a push between the elements of an array does not count (Redis 7.0: PUBLISH to oneself in MULTI)', () => {
    const frame = '*2\r\n>3\r\n$7\r\nmessage\r\n$2\r\nch\r\n*1\r\n>1\r\n+inner\r\n:1\r\n_\r\n:2\r\n';
    expect(decode(frame)).toStrictEqual([
      ['push', ['inner']],
      ['push', ['message', 'ch', [1]]],
      ['reply', [null, 2]],
    ]);
  });

  test('11 also inside an attribute, a map and a streamed array', () => {
    expect(decode('|1\r\n+a\r\n>1\r\n+p\r\n:1\r\n%1\r\n>1\r\n+q\r\n+k\r\n*?\r\n>1\r\n+r\r\n.\r\n')).toStrictEqual([
      ['push', ['p']],
      ['attribute', new Map([['a', 1]])],
      ['push', ['q']],
      ['push', ['r']],
      ['reply', new Map([['k', []]])],
    ]);
  });

  test.each(['*1\r\n', '%1\r\n+k\r\n', '~1\r\n', '>1\r\n', '|1\r\n+k\r\n', '*?\r\n'])(
    '12 depth bomb of %j is refused, a legal depth is not',
    (level) => {
      expect(() => decode(level.repeat(128))).not.toThrow();
      expect(() => decode(level.repeat(129))).toThrow('deeper than 128 levels');
      expect(() => decode(level.repeat(1_000_000))).toThrow(ProtocolError);
    },
  );

  test.each([
    ['$536870913\r\n', {}],
    ['*16777217\r\n', {}],
    ['*2147483647\r\n', {}],
    ['%99999999999\r\n', {}],
    ['$99999999999999999999999999\r\n', {}],
    ['$11\r\n', { bulkLength: 10 }],
    ['=11\r\n', { bulkLength: 10 }],
    ['!11\r\n', { bulkLength: 10 }],
    ['+12345678901\r\n', { bulkLength: 10 }],
    ['-1234567890123', { bulkLength: 10 }],
    ['$?\r\n;6\r\n123456\r\n;5\r\n', { bulkLength: 10 }],
    ['*4\r\n', { elements: 3 }],
    ['%4\r\n', { elements: 3 }],
    ['>4\r\n', { elements: 3 }],
    ['*?\r\n:1\r\n:2\r\n:3\r\n:4\r\n', { elements: 3 }],
    ['~?\r\n:1\r\n:2\r\n:3\r\n*0\r\n', { elements: 3 }],
    ['%?\r\n:1\r\n:1\r\n:2\r\n:2\r\n:3\r\n:3\r\n', { elements: 2 }],
    ['*1\r\n*1\r\n*1\r\n', { depth: 2 }],
    [`:${'1'.repeat(64)}`, {}],
    [`(${'1'.repeat(65_536)}`, {}],
  ] as [string, Limits][])('13 %j beyond the limit is refused at once', (text, limits) => {
    expect(() => decode(text.slice(0, -1), limits)).not.toThrow();
    expect(() => decode(text, limits)).toThrow(ProtocolError);
  });

  test.each([
    ['$10\r\n0123456789\r\n', { bulkLength: 10 }],
    ['+1234567890\r\n', { bulkLength: 10 }],
    ['$?\r\n;6\r\n123456\r\n;4\r\n1234\r\n;0\r\n', { bulkLength: 10 }],
    ['*3\r\n:1\r\n:2\r\n:3\r\n', { elements: 3 }],
    ['*?\r\n:1\r\n:2\r\n:3\r\n.\r\n', { elements: 3 }],
    ['%?\r\n:1\r\n:1\r\n:2\r\n:2\r\n.\r\n', { elements: 2 }],
    ['%3\r\n:1\r\n:2\r\n:3\r\n:4\r\n:5\r\n:6\r\n', { elements: 3 }],
    ['*1\r\n*1\r\n:1\r\n', { depth: 2 }],
  ] as [string, Limits][])('13 %j is just inside the limit', (text, limits) => {
    expect(decode(text, limits)).toHaveLength(1);
  });

  test('13 what is announced takes no memory before it arrives', () => {
    const before = process.memoryUsage();
    const waiting = Array.from({ length: 50 }, (_, i) => {
      const { decoder } = recorder(() => i % 2 === 0);
      decoder.write(wire('*16777216\r\n%1000000\r\n$536870912\r\nabc'));
      return decoder;
    });
    const after = process.memoryUsage();
    expect(waiting).toHaveLength(50);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(64 * 1024 * 1024);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThanOrEqual(50 * 17 * 1024 * 1024);
  });

  test.each(['@1\r\n', 'HTTP/1.1 400\r\n', '\r\n', '\0', '*1\r\n.\r\n', '*?\r\n|1\r\n+a\r\n:1\r\n.\r\n'])(
    '14 garbage %j ends this decoder only',
    (garbage) => {
      const { decoder, seen } = recorder();
      expect(() => decoder.write(wire(`+OK\r\n${garbage}`))).toThrow(ProtocolError);
      expect(() => decoder.write(wire('+OK\r\n'))).toThrow(ProtocolError);
      expect(seen.filter(([kind]) => kind === 'reply')).toStrictEqual([['reply', 'OK']]);
      expect(decode('+OK\r\n')).toStrictEqual([['reply', 'OK']]);
    },
  );
});

describe('protocol errors', () => {
  test.each([
    '*-2\r\n',
    '%-1\r\n',
    '~-1\r\n',
    '>-1\r\n',
    '|-1\r\n',
    '=-1\r\n',
    '!-1\r\n',
    '>?\r\n',
    '|?\r\n',
    '=?\r\n',
    '!?\r\n',
    '$+5\r\n',
    '$ 5\r\n',
    '*0x1\r\n',
    ':1e3\r\n',
    ':- 1\r\n',
    ':--1\r\n',
    ',0x10\r\n',
    ', 1\r\n',
    ',infinity\r\n',
    ',.\r\n',
    '(\r\n',
    '(0x1\r\n',
    '_ \r\n',
    '#T\r\n',
    '=4\r\nabcd\r\n',
    '$1\r\nab',
    '$1\r\na\n',
    '$0\r\n\n',
    '.x\r\n',
    '.\r\n',
    '$?\r\n$1\r\na\r\n',
    '$?\r\n.\r\n',
    '$?\r\n;?\r\n',
    '%?\r\n:1\r\n.\r\n',
    '*2\r\n:1\r\n.\r\n',
    '*?\r\n.1\r\n',
  ])('%j is refused', (text) => {
    expect(() => decode(text)).toThrow(ProtocolError);
    const { decoder } = recorder();
    expect(() => {
      for (const char of text) decoder.write(wire(char));
    }).toThrow(ProtocolError);
  });

  test('the same error comes again, it is not a new one', () => {
    const { decoder } = recorder();
    const caught = [1, 2].map(() => {
      try {
        decoder.write(wire('?'));
      } catch (error) {
        return error;
      }
      return undefined;
    });
    expect(caught[0]).toBeInstanceOf(ProtocolError);
    expect(caught[1]).toBe(caught[0]);
  });

  test('a sink that throws ends the decoder, and its error is the cause', () => {
    const cause = new Error('mine');
    const sink = {
      reply: (): void => {
        throw cause;
      },
      push: (): void => {},
      bytes: (): boolean => false,
    };
    const decoder = new Decoder(sink);
    expect(() => decoder.write(wire('+OK\r\n+OK\r\n'))).toThrow(expect.objectContaining({ cause }));
    expect(() => decoder.write(wire('+OK\r\n'))).toThrow(ProtocolError);
  });

  test('a sink that writes to its own decoder is refused, since it would mix up the bytes', () => {
    const decoder = new Decoder({
      reply: () => decoder.write(wire('+again\r\n')),
      push: () => {},
      bytes: () => false,
    });
    expect(() => decoder.write(wire('+OK\r\n'))).toThrow(ProtocolError);
  });

  test('does not repeat what the server sent', () => {
    expect(() => decode(':secret\r\n')).toThrow(expect.not.stringContaining('secret'));
  });
});

describe('strings as bytes', () => {
  const utf8 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

  test('covers bulk, verbatim and streamed strings and map keys; simple strings and errors stay text', () => {
    const { decoder, seen } = recorder(() => true);
    decoder.write(
      wire('*6\r\n$1\r\na\r\n=5\r\ntxt:b\r\n$?\r\n;1\r\nc\r\n;0\r\n%1\r\n$1\r\nk\r\n$0\r\n\r\n+d\r\n!1\r\ne\r\n'),
    );
    const expected = [utf8('a'), utf8('b'), utf8('c'), new Map([[utf8('k'), utf8('')]]), 'd', new ErrorReply('e')];
    expect(seen).toStrictEqual([['reply', expected]]);
  });

  test('is asked once per top-level value that may hold strings, and once more for a push inside', () => {
    const { decoder, seen, asked } = recorder((push) => !push);
    decoder.write(wire('$1\r\na\r\n*1\r\n>1\r\n$1\r\nb\r\n$1\r\nc\r\n>1\r\n$1\r\nd\r\n'));
    expect(asked).toStrictEqual([false, false, true, true]);
    expect(seen).toStrictEqual([
      ['reply', utf8('a')],
      ['push', ['b']],
      ['reply', [utf8('c')]],
      ['push', ['d']],
    ]);
  });

  test.each([0, 1, 16, 100, 5000, 100_000, 17 * 1024 * 1024])(
    '%i bytes are a plain Uint8Array of their own',
    (length) => {
      const value = new Uint8Array(length).map((_, i) => i * 7);
      const frame = Buffer.concat([Buffer.from(`$${length}\r\n`), value, Buffer.from('\r\n')]);
      for (const pieces of [
        [frame],
        [frame.subarray(0, 3), frame.subarray(3, length >> 1), frame.subarray(length >> 1)],
      ]) {
        const { decoder, seen } = recorder(() => true);
        const borrowed = pieces.map((piece) => Buffer.from(piece));
        for (const piece of length < 3 ? [frame] : borrowed) decoder.write(piece);
        for (const piece of borrowed) piece.fill(0);
        const result = seen[0]?.[1] as Uint8Array;
        expect(Object.getPrototypeOf(result)).toBe(Uint8Array.prototype);
        expect(Buffer.compare(result, value)).toBe(0);
        expect(result.buffer.byteLength).toBe(length);
      }
    },
  );

  test('an array that began in bytes mode goes on in it with the next bytes', () => {
    const { decoder, seen } = recorder(() => true);
    for (const text of ['*2\r\n$1\r\na\r\n', '$1\r\nb\r\n']) decoder.write(Buffer.from(text));
    expect(seen).toStrictEqual([['reply', [utf8('a'), utf8('b')]]]);
  });
});

describe('text', () => {
  test.each([0, 1, 9, 15, 16, 17, 63, 511, 512, 4096, 70_000, 1_000_001, 2_500_000])('%i characters', (length) => {
    for (const char of ['x', 'é', '漢', '😀']) {
      const text = `${'a'.repeat(length)}${char}`;
      const frame = Buffer.from(`$${Buffer.byteLength(text)}\r\n${text}\r\n`);
      for (const cut of [frame.length, frame.length >> 1]) {
        const { decoder, seen } = recorder();
        decoder.write(frame.subarray(0, cut));
        decoder.write(frame.subarray(cut));
        expect(seen[0]?.[1] === text).toBe(true);
      }
    }
  });

  test('a byte order mark is part of the value, malformed UTF-8 becomes U+FFFD', () => {
    const { decoder, seen } = recorder();
    decoder.write(Buffer.from('$3\r\n\xef\xbb\xbf\r\n$2\r\n\xff\x61\r\n', 'latin1'));
    expect(seen.map(([, value]) => value)).toStrictEqual(['\ufeff', '\ufffda']);
  });

  test('texts that are no UTF-8 and equal hide each other in no set and no map', () => {
    const { decoder, seen } = recorder();
    decoder.write(
      Buffer.from('~2\r\n+\xfe\r\n+\xff\r\n%2\r\n+\xfe\r\n:1\r\n+\xff\r\n:2\r\n~2\r\n+a\r\n+a\r\n', 'latin1'),
    );
    const alike = '\ufffd';
    expect(seen.map(([, value]) => value)).toStrictEqual([[alike, alike], [alike, 1, alike, 2], new Set(['a'])]);
  });

  test('a long simple string may come in many pieces', () => {
    const text = 'é'.repeat(50_000);
    const frame = Buffer.from(`+${text}\r\n`);
    const { decoder, seen } = recorder();
    for (let at = 0; at < frame.length; at += 777) decoder.write(frame.subarray(at, at + 777));
    expect(seen).toStrictEqual([['reply', text]]);
  });

  test('a lone CR or LF does not end a line', () => {
    expect(one('+a\rb\nc\r\r\n')).toBe('a\rb\nc\r');
  });

  test('a 64 MB string in pieces of 64 kB is copied, not concatenated again and again', () => {
    const piece = new Uint8Array(64 * 1024).fill(97);
    const { decoder, seen } = recorder(() => true);
    decoder.write(wire(`$${64 * 1024 * 1024}\r\n`));
    for (let i = 0; i < 1024; i++) decoder.write(piece);
    decoder.write(wire('\r\n'));
    expect(seen[0]?.[1]).toHaveLength(64 * 1024 * 1024);
  });
});

test('lists of short texts are the same whatever their lengths and wherever they are cut', () => {
  const lengths = [0, 1, 9, 10, 11, 16, 24, 25, 99, 100];
  const texts = lengths.flatMap((length) => ['x'.repeat(length), 'é'.repeat(length >> 1)]);
  const list = texts.map((text) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`).join('');
  const stream = Buffer.from(`*${texts.length + 4}\r\n$-1\r\n$002\r\nok\r\n:1\r\n${list}$1\r\nz\r\n+end\r\n`);
  const wanted = [[null, 'ok', 1, ...texts, 'z'], 'end'];
  for (let cut = 0; cut <= stream.length; cut++) {
    const reader = new Reader();
    reader.feed(stream.subarray(0, cut));
    expect(reader.parse(stream.subarray(cut))).toEqual(wanted);
  }
});

test.each(['$1\r\nab\n', '$1\r\na\rb', '$1x\r\na\r\n', '$1\nxa\r\n', '$:\r\na\r\n', '$1:\r\na\r\n', '$1\ra\r\n\r\n'])(
  'a list with %j is refused, as a string alone is',
  (broken) => {
    expect(() => new Reader().parse(Buffer.from(`*3\r\n$1\r\na\r\n${broken}$1\r\na\r\n`))).toThrow(ProtocolError);
    expect(() => new Reader().parse(Buffer.from(`${broken}$1\r\na\r\n`))).toThrow(ProtocolError);
  },
);
