import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Decoder } from './decoder.ts';
import { encodeCommand } from './encoder.ts';
import { ProtocolError } from './errors.ts';
import type { Limits } from './limits.ts';
import type { Reply } from './types.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

function decoding(bytes = false, limits: Limits = {}): { decoder: Decoder; replies: Reply[] } {
  const replies: Reply[] = [];
  const decoder = new Decoder({ bytes: () => bytes, reply: (reply) => replies.push(reply) }, limits);
  return { decoder, replies };
}

function decode(text: string, bytes = false, limits: Limits = {}): Reply[] {
  const { decoder, replies } = decoding(bytes, limits);
  decoder.write(utf8(text));
  return replies;
}

describe('framing', () => {
  test('a status alone is an empty body, an empty block is an empty string', () => {
    expect(decode('2\nok\n\n')).toEqual([{ status: 'ok', body: [] }]);
    expect(decode('2\nok\n0\n\n\n')).toEqual([{ status: 'ok', body: [''] }]);
  });

  test('data may hold newlines and look like a packet', () => {
    expect(decode('2\nok\n6\n\n\n1\na\n\n\n')).toEqual([{ status: 'ok', body: ['\n\n1\na\n'] }]);
  });

  test('several packets in one write and blank lines between them', () => {
    const statuses = decode('2\nok\n\n\n\r\n9\nnot_found\n\n5\nerror\n2\nno\n\n').map(({ status }) => status);
    expect(statuses).toEqual(['ok', 'not_found', 'error']);
  });

  test('CRLF is taken for LF after a count, after data and at the end of a packet', () => {
    expect(decode('2\r\nok\n1\na\r\n\r\n2\nok\r\n1\r\nb\n\n')).toEqual([
      { status: 'ok', body: ['a'] },
      { status: 'ok', body: ['b'] },
    ]);
  });

  test('leading zeros are allowed', () => {
    expect(decode('0002\nok\n\n')).toEqual([{ status: 'ok', body: [] }]);
  });

  test('the status keeps its bytes, one character each', () => {
    const { decoder, replies } = decoding();
    decoder.write(Uint8Array.of(0x33, 10, 0x95, 2, 0xff, 10, 10));
    expect(replies).toEqual([{ status: '\x95\x02\xff', body: [] }]);
  });
});

describe('what the sink gets', () => {
  test('is a copy: the written bytes may be reused', () => {
    for (const length of [1, 9, 40, 3000]) {
      const { decoder, replies } = decoding(true);
      const bytes = Buffer.from(encodeCommand('ok', 'x'.repeat(length)));
      decoder.write(bytes);
      bytes.fill(0);
      expect(replies).toEqual([{ status: 'ok', body: [utf8('x'.repeat(length))] }]);
      expect(replies[0]?.body[0]).not.toBeInstanceOf(Buffer);
    }
  });

  test('text of any length, also with characters cut by writes and a byte order mark', () => {
    const values = ['é', 'ééééé', '\ufeffa', '€'.repeat(50), '😀'.repeat(2000), 'a'.repeat(100_000)];
    const bytes = encodeCommand('ok', ...values);
    const { decoder, replies } = decoding();
    for (let at = 0; at < bytes.length; at += 1013) decoder.write(bytes.subarray(at, at + 1013));
    expect(replies).toEqual([{ status: 'ok', body: values }]);
  });

  test('is asked for bytes or text once per packet that has a body', () => {
    let asked = 0;
    const replies: Reply[] = [];
    const decoder = new Decoder({ bytes: () => asked++ === 0, reply: (reply) => replies.push(reply) });
    decoder.write(utf8('2\nok\n\n2\nok\n1\na\n1\nb\n\n2\nok\n1\nc\n1\nd\n\n'));
    expect(asked).toBe(2);
    expect(replies.map(({ body }) => body)).toEqual([[], [utf8('a'), utf8('b')], ['c', 'd']]);
  });
});

describe('bad bytes', () => {
  test.each([
    ['-1\nx\n\n', 0],
    [' 2\nok\n\n', 0],
    ['+OK\r\n', 0],
    ['2x\nok\n\n', 1],
    ['2\nokk\n\n', 4],
    ['2\nok\r3\n\n', 5],
    ['2\rok\n\n', 2],
    ['2\nok\n\nHTTP/1.1 200 OK\r\n', 6],
  ])('%j is refused at byte %i', (text, offset) => {
    const error = catchError(() => decode(text));
    expect(error).toBeInstanceOf(ProtocolError);
    expect((error as ProtocolError).offset).toBe(offset);
  });

  test('packets before the bad bytes are delivered, then the decoder is dead', () => {
    const { decoder, replies } = decoding();
    expect(() => decoder.write(utf8('2\nok\n\nbad'))).toThrow(ProtocolError);
    expect(replies).toEqual([{ status: 'ok', body: [] }]);
    expect(() => decoder.write(utf8('2\nok\n\n'))).toThrow(ProtocolError);
    expect(replies).toHaveLength(1);
  });

  test('the offset counts earlier writes', () => {
    const { decoder } = decoding();
    decoder.write(utf8('2\nok\n'));
    const error = catchError(() => decoder.write(utf8('1\nab')));
    expect((error as ProtocolError).offset).toBe(8);
  });

  test('a sink that throws kills the decoder with its own error', () => {
    const failure = new Error('sink');
    const decoder = new Decoder({
      bytes: () => false,
      reply: () => {
        throw failure;
      },
    });
    expect(catchError(() => decoder.write(utf8('2\nok\n\n')))).toBe(failure);
    expect(catchError(() => decoder.write(utf8('2\nok\n\n')))).toBe(failure);
  });
});

describe('limits', () => {
  test.each<[string, Limits, string]>([
    ['0000000000000000002\nok\n\n', {}, 'count line longer than 18 bytes'],
    ['268435457\n', {}, 'block longer than 268435456 bytes'],
    ['2\nok\n6\nabcdef\n\n', { bulkLength: 5 }, 'block longer than 5 bytes'],
    ['2\nok\n3\nabc\n3\nabc\n\n', { packetLength: 7 }, 'packet longer than 7 bytes'],
    ['2\nok\n1\na\n1\nb\n\n', { elements: 2 }, 'more than 2 blocks'],
  ])('%j with %j', (text, limits, message) => {
    expect(() => decode(text, false, limits)).toThrow(message);
  });

  test('what is just within them passes', () => {
    expect(
      decode('2\nok\n5\nabcde\n\n2\nok\n5\nabcde\n\n', false, { bulkLength: 5, packetLength: 7, elements: 2 }),
    ).toHaveLength(2);
    expect(decode('000000000000000002\nok\n\n')).toHaveLength(1);
  });

  test.each([0, -1, 1.5, Number.NaN])('%d is not a limit', (lineLength) => {
    expect(() => decoding(false, { lineLength })).toThrow(RangeError);
  });
});

test('any packets, cut anywhere, come out as they went in', () => {
  const block = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 3000 }));
  const packets = fc.array(
    fc.tuple(fc.constantFrom('ok', 'not_found', 'error', 'new'), fc.array(block, { maxLength: 6 })),
    { maxLength: 6 },
  );
  const cuts = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 });
  fc.assert(
    fc.property(packets, cuts, (written, sizes) => {
      const { decoder, replies } = decoding();
      const bytes = Buffer.concat(written.map(([status, body]) => encodeCommand(status, ...body)));
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = sizes[turn % sizes.length] as number;
        decoder.write(bytes.subarray(at, at + size));
        at += size;
      }
      expect(replies).toEqual(written.map(([status, body]) => ({ status, body })));
    }),
  );
});

test('garbage is either refused or read: no other error, no more output than input', () => {
  const limits = { lineLength: 18, bulkLength: 4096, packetLength: 8192, elements: 100 };
  const noise = fc.array(fc.constantFrom('0', '1', '2', '9', '\n', '\r', 'ok', ' ', '-', 'é'), { maxLength: 200 });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 400 }),
        noise.map((parts) => utf8(parts.join(''))),
      ),
      (bytes) => {
        const { decoder, replies } = decoding(true, limits);
        const error = catchError(() => decoder.write(bytes));
        expect(error === undefined || error instanceof ProtocolError).toBe(true);
        const size = replies.reduce(
          (total, { status, body }) => total + status.length + body.reduce((sum, block) => sum + block.length, 0),
          0,
        );
        expect(size).toBeLessThanOrEqual(bytes.length);
      },
    ),
    { numRuns: 1000 },
  );
});

function catchError(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Reads as a socket does: into the room where there is one, else into a buffer that is overwritten by the next read. */
function readAll(stream: Uint8Array, bytes: boolean, size: number): { replies: Reply[]; direct: number } {
  const { decoder, replies } = decoding(bytes);
  const shared = new Uint8Array(256 * 1024);
  let direct = 0;
  for (let at = 0; at < stream.length; ) {
    const room = decoder.room();
    const target = room ?? shared;
    const length = Math.min(target.length, size, stream.length - at);
    target.set(stream.subarray(at, at + length));
    if (room === undefined) decoder.write(shared.subarray(0, length));
    else decoder.filled(length);
    if (room !== undefined) direct += length;
    at += length;
  }
  return { replies, direct };
}

describe('reading into the memory of the decoder', () => {
  const values = ['a'.repeat(1 << 20), '\n\n3\n€'.repeat(30_000), 'b'.repeat(70_000)];
  const stream = utf8(values.map((value) => `2\nok\n${utf8(value).length}\n${value}\n1\nx\n\n`).join(''));

  test.each([1000, 8191, 65_536, 262_144, 1 << 22])('reads of %d bytes give what copying gives', (size) => {
    for (const bytes of [false, true]) {
      const { replies, direct } = readAll(stream, bytes, size);
      const bodies = replies.map(({ body }) => body.map((block) => Buffer.from(block as string)));
      expect(bodies.map(([, x]) => x?.toString())).toEqual(['x', 'x', 'x']);
      expect(bodies.every(([value], i) => value?.equals(utf8(values[i] as string)))).toBe(true);
      expect(direct).toBeGreaterThan(0);
    }
  });

  test('there is no room for short blocks, between blocks, and after a failure', () => {
    const { decoder } = decoding(true);
    expect(decoder.room()).toBeUndefined();
    expect(() => decoder.filled(0)).toThrow(RangeError);
    decoder.write(utf8('2\nok\n100000\nabc'));
    expect(decoder.room()).toHaveLength(99_997);
    expect(() => decoder.filled(99_998)).toThrow(RangeError);
    decoder.filled(99_000);
    expect(decoder.room()).toBeUndefined();
    expect(() => decoder.write(utf8(`${'x'.repeat(997)}x`))).toThrow(ProtocolError);
    expect(decoder.room()).toBeUndefined();
  });
});
