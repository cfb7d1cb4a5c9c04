import { describe, expect, test } from 'vitest';
import { encodeCommand } from './encoder.ts';
import { ErrorReply, ProtocolError } from './errors.ts';
import { Reader } from './reader.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

describe('Reader', () => {
  test('gets is undefined until a packet is complete', () => {
    const reader = new Reader();
    expect(reader.gets()).toBeUndefined();
    reader.feed(utf8('2\nok\n1\na'));
    expect(reader.gets()).toBeUndefined();
    reader.feed(utf8('\n\n2\nok\n\n'));
    expect(reader.gets()).toEqual({ status: 'ok', body: ['a'] });
    expect(reader.gets()).toEqual({ status: 'ok', body: [] });
    expect(reader.gets()).toBeUndefined();
  });

  test('parse gives what is complete and keeps the rest', () => {
    const reader = new Reader();
    expect(reader.parse(utf8('2\nok\n\n9\nnot_'))).toEqual([{ status: 'ok', body: [] }]);
    expect(reader.parse(utf8('found'))).toEqual([]);
    expect(reader.parse(utf8('\n\n'))).toEqual([{ status: 'not_found', body: [] }]);
  });

  test('parse after gets does not repeat a reply', () => {
    const reader = new Reader();
    reader.feed(utf8('2\nok\n1\na\n\n2\nok\n1\nb\n\n'));
    expect(reader.gets()?.body).toEqual(['a']);
    expect(reader.parse(utf8('2\nok\n1\nc\n\n')).map(({ body }) => body)).toEqual([['b'], ['c']]);
    expect(reader.gets()).toBeUndefined();
  });

  test('bytes on request', () => {
    const data = Uint8Array.of(0, 255, 10, 13);
    expect(new Reader({ encoding: 'bytes' }).parse(encodeCommand('ok', data))).toEqual([
      { status: 'ok', body: [data] },
    ]);
  });

  test('replies before bad bytes come first, then every call throws', () => {
    const parsing = new Reader();
    expect(parsing.parse(utf8('2\nok\n\nbad'))).toEqual([{ status: 'ok', body: [] }]);
    expect(() => parsing.parse(utf8('2\nok\n\n'))).toThrow(ProtocolError);

    const getting = new Reader();
    getting.feed(utf8('2\nok\n\nbad'));
    expect(getting.gets()).toEqual({ status: 'ok', body: [] });
    expect(() => getting.gets()).toThrow(ProtocolError);
    expect(() => getting.gets()).toThrow(ProtocolError);
    expect(() => getting.feed(utf8('2\nok\n\n'))).toThrow(ProtocolError);
  });

  test('parse throws at once when nothing good precedes the bad bytes', () => {
    expect(() => new Reader().parse(utf8('bad'))).toThrow(ProtocolError);
  });

  test('limits and options are checked', () => {
    expect(() => new Reader({ bulkLength: 2 }).parse(utf8('3\n'))).toThrow('block longer than 2 bytes');
    expect(() => new Reader({ encoding: 'latin1' as 'utf8' })).toThrow(RangeError);
  });
});

describe('ErrorReply', () => {
  test('answers are not refusals', () => {
    expect(ErrorReply.of({ status: 'ok', body: ['1'] })).toBeUndefined();
    expect(ErrorReply.of({ status: 'not_found', body: [] })).toBeUndefined();
  });

  test('refusals have a status and sometimes a message, also one that no one knows', () => {
    expect(ErrorReply.of({ status: 'error', body: ['bad index'] })).toMatchObject({
      status: 'error',
      message: 'bad index',
    });
    expect(ErrorReply.of({ status: 'client_error', body: [] })).toMatchObject({ status: 'client_error', message: '' });
    expect(ErrorReply.of({ status: 'brand_new', body: [utf8('hm')] })).toMatchObject({
      status: 'brand_new',
      message: 'hm',
    });
  });
});
