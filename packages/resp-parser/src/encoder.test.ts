import { describe, expect, test } from 'vitest';
import { type Arg, appendCommand, commandHead, encodeCommand, encodePipeline, type Output } from './index.ts';

const text = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

/** An output that keeps every run, to see where bytes break the text. */
class Runs implements Output {
  text = '';
  readonly runs: Arg[] = [];

  bytes(bytes: Uint8Array): void {
    this.runs.push(this.text, bytes);
    this.text = '';
  }
}

/** An output with memory for large text, in pieces of at most 1000 bytes. */
class Pieces extends Runs {
  encoded = 0;

  encode(large: string): readonly Uint8Array[] {
    this.encoded++;
    const bytes = new TextEncoder().encode(large);
    return Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, i) => bytes.subarray(i * 1000, (i + 1) * 1000));
  }
}

function written(out: Runs): Buffer {
  return Buffer.concat([...out.runs, out.text].map((run) => Buffer.from(run as string)));
}

describe('behaviors of the encoder', () => {
  test.each([
    ['grün', 5],
    ['漢字', 6],
    ['😀', 4],
    ['\ud800', 3],
    ['é'.repeat(100), 200],
    ['x'.repeat(2000), 2000],
  ])('15 the length of %j is in bytes, not characters', (value, length) => {
    const encoded = encodeCommand('SET', 'k', value);
    expect(text(encoded)).toContain(`\r\n$${length}\r\n`);
    expect(encoded).toHaveLength(`*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$${length}\r\n\r\n`.length + length);
  });

  test('16 bytes are sent as they are', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const encoded = encodeCommand('SET', all, 'text', all);
    const bytes = Buffer.from(all).toString('latin1');
    expect(Buffer.from(encoded).toString('latin1')).toBe(
      `*4\r\n$3\r\nSET\r\n$256\r\n${bytes}\r\n$4\r\ntext\r\n$256\r\n${bytes}\r\n`,
    );
  });

  test.each([
    [1, '1'],
    [-1.5, '-1.5'],
    [-0, '0'],
    [1e21, '1000000000000000000000'],
    [2 ** 64, '18446744073709551616'],
    [-(2 ** 70), '-1180591620717411303424'],
    [1e-7, '1e-7'],
    [9223372036854775807n, '9223372036854775807'],
    [Number.POSITIVE_INFINITY, 'inf'],
    [Number.NEGATIVE_INFINITY, '-inf'],
  ])('17 %d is written as %s, without an exponent for integers', (value, written) => {
    expect(text(encodeCommand('ECHO', value))).toBe(`*2\r\n$4\r\nECHO\r\n$${written.length}\r\n${written}\r\n`);
  });

  test.each([undefined, null, {}, [], true, Symbol('s'), Number.NaN, new ArrayBuffer(1)])(
    '18 %j is refused before anything is encoded',
    (value) => {
      const refused = value as unknown as string;
      expect(() => encodeCommand('SET', 'secret', refused)).toThrow(TypeError);
      expect(() => encodeCommand('SET', 'secret', refused)).toThrow(expect.not.stringContaining('secret'));
      expect(() =>
        encodePipeline([
          ['GET', 'a'],
          ['SET', 'secret', refused],
        ]),
      ).toThrow(TypeError);
    },
  );

  test('19 empty string, empty bytes and no arguments', () => {
    expect(text(encodeCommand('SET', '', new Uint8Array(0)))).toBe('*3\r\n$3\r\nSET\r\n$0\r\n\r\n$0\r\n\r\n');
    expect(text(encodeCommand('PING'))).toBe('*1\r\n$4\r\nPING\r\n');
    expect(encodePipeline([])).toHaveLength(0);
  });
});

describe('encodeCommand', () => {
  test('splits a name of several words, and nothing else', () => {
    expect(text(encodeCommand('CONFIG GET', 'max memory'))).toBe(
      '*3\r\n$6\r\nCONFIG\r\n$3\r\nGET\r\n$10\r\nmax memory\r\n',
    );
  });

  test('sends the name as it is given', () => {
    expect(text(encodeCommand('get', 'a'))).toBe('*2\r\n$3\r\nget\r\n$1\r\na\r\n');
  });

  test('takes thousands of arguments', () => {
    const args = Array.from({ length: 20_000 }, (_, i) => `${i}`);
    expect(text(encodeCommand('DEL', ...args)).startsWith('*20001\r\n$3\r\nDEL\r\n$1\r\n0\r\n')).toBe(true);
  });
});

describe('encodePipeline', () => {
  const commands = [
    ['GET', 'a'],
    ['INCR', new Uint8Array([97])],
  ] as const;
  const both = '*2\r\n$3\r\nGET\r\n$1\r\na\r\n*2\r\n$4\r\nINCR\r\n$1\r\na\r\n';

  test('writes the commands in order', () => {
    expect(text(encodePipeline(commands))).toBe(both);
  });

  test('atomic puts MULTI and EXEC around them', () => {
    expect(text(encodePipeline(commands, { atomic: true }))).toBe(`*1\r\n$5\r\nMULTI\r\n${both}*1\r\n$4\r\nEXEC\r\n`);
  });
});

describe('appendCommand', () => {
  const append = (name: string, args: readonly Arg[]): Runs => {
    const out = new Runs();
    out.text = 'before ';
    appendCommand(out, commandHead(name, args.length), args);
    return out;
  };

  test('text joins what is already there', () => {
    const out = append('HSET', ['k', 'f', 'v']);
    expect(out.runs).toStrictEqual([]);
    expect(out.text).toBe('before *4\r\n$4\r\nHSET\r\n$1\r\nk\r\n$1\r\nf\r\n$1\r\nv\r\n');
  });

  test('bytes break the text and are passed on, not copied', () => {
    const bytes = new Uint8Array([1, 2]);
    const out = append('SET', [bytes, bytes]);
    expect(out.runs).toStrictEqual(['before *3\r\n$3\r\nSET\r\n$2\r\n', bytes, '\r\n$2\r\n', bytes]);
    expect(out.runs[1]).toBe(bytes);
    expect(out.text).toBe('\r\n');
  });

  test('a head can be kept, and is the same for every number of arguments on every call', () => {
    for (const argc of [3, 0, 17, 3, 1000, 0]) {
      expect(commandHead('CLIENT SETNAME', argc)).toBe(`*${argc + 2}\r\n$6\r\nCLIENT\r\n$7\r\nSETNAME`);
    }
  });

  test('thousands of unknown names are encoded right, too', () => {
    for (let i = 0; i < 3000; i++) {
      expect(commandHead(`ünknown${i}`, 1)).toBe(`*2\r\n$${8 + `${i}`.length}\r\nünknown${i}`);
    }
  });
});

test.each(['x', 'é', '€', '𐍈', '\ud800'])('large texts of %j are encoded as small ones are', (character) => {
  const text = `${'a'.repeat(40_000)}${character}${'b'.repeat(40_000)}`;
  const encoded = new TextDecoder().decode(encodeCommand('SET', 'k', text));
  const value = new TextEncoder().encode(text);
  expect(encoded).toBe(`*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$${value.length}\r\n${new TextDecoder().decode(value)}\r\n`);
});

test.each(['a', 'é', '漢', '😀'])(
  'large text of %j goes to the memory of the output, once and with its length',
  (sign) => {
    const large = sign.repeat(50_000);
    const out = new Pieces();
    appendCommand(out, commandHead('SET', 3), ['key', large, 'NX']);
    const length = new TextEncoder().encode(large).length;
    const wanted = `*4\r\n$3\r\nSET\r\n$3\r\nkey\r\n$${length}\r\n${large}\r\n$2\r\nNX\r\n`;
    expect(written(out).equals(Buffer.from(wanted))).toBe(true);
    expect(out.encoded).toBe(1);
  },
);
