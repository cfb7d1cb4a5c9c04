import { describe, expect, test } from 'vitest';
import { ErrorReply, ProtocolError, Reader, type Reply } from './index.ts';

const wire = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('Reader', () => {
  test('parse gives every complete reply and keeps the rest', () => {
    const reader = new Reader();
    expect(reader.parse(wire('*2\r\n$1\r\na\r\n:1\r\n+O'))).toStrictEqual([['a', 1]]);
    expect(reader.parse(wire('K\r\n'))).toStrictEqual(['OK']);
    expect(reader.parse(wire(''))).toStrictEqual([]);
  });

  test('gets gives one reply at a time; undefined means more bytes are needed, null is a reply', () => {
    const reader = new Reader();
    expect(reader.gets()).toBe(undefined);
    reader.feed(wire('_\r\n-ERR no\r\n+O'));
    expect(reader.gets()).toBe(null);
    expect(reader.gets()).toStrictEqual(new ErrorReply('ERR no'));
    expect(reader.gets()).toBe(undefined);
    reader.feed(wire('K\r\n'));
    expect(reader.gets()).toBe('OK');
  });

  test('parse also gives what was fed and not read yet', () => {
    const reader = new Reader();
    reader.feed(wire(':1\r\n:2\r\n'));
    expect(reader.gets()).toBe(1);
    expect(reader.parse(wire(':3\r\n'))).toStrictEqual([2, 3]);
    expect(reader.gets()).toBe(undefined);
  });

  test('replies before bad bytes come first, then every call throws the ProtocolError', () => {
    const reader = new Reader();
    expect(reader.parse(wire(':1\r\n:2\r\n@'))).toStrictEqual([1, 2]);
    expect(() => reader.gets()).toThrow(ProtocolError);
    expect(() => reader.parse(wire(':3\r\n'))).toThrow(ProtocolError);
    expect(() => reader.feed(wire(':3\r\n'))).toThrow(ProtocolError);
  });

  test('with gets, too; bytes that are fed meanwhile are ignored', () => {
    const reader = new Reader();
    reader.feed(wire(':1\r\n@'));
    reader.feed(wire(':2\r\n'));
    expect(reader.gets()).toBe(1);
    expect(() => reader.gets()).toThrow(ProtocolError);
  });

  test('parse throws at once when no reply is in front of the bad bytes', () => {
    expect(() => new Reader().parse(wire('@'))).toThrow(ProtocolError);
  });

  test('pushes and attributes go to their callbacks, or are dropped', () => {
    const bytes = wire('>1\r\n+p\r\n|1\r\n+a\r\n:1\r\n+OK\r\n');
    const pushes: Reply[][] = [];
    const attributes: Map<Reply, Reply>[] = [];
    const reader = new Reader({ onPush: (items) => pushes.push(items), onAttribute: (map) => attributes.push(map) });
    expect(reader.parse(bytes)).toStrictEqual(['OK']);
    expect(pushes).toStrictEqual([['p']]);
    expect(attributes).toStrictEqual([new Map([['a', 1]])]);
    expect(new Reader().parse(bytes)).toStrictEqual(['OK']);
  });

  test("encoding 'bytes' gives Uint8Array", () => {
    const reader = new Reader({ encoding: 'bytes' });
    expect(reader.parse(wire('*2\r\n$1\r\na\r\n+OK\r\n'))).toStrictEqual([[new Uint8Array([97]), 'OK']]);
  });

  test('limits are those of the decoder', () => {
    expect(() => new Reader({ bulkLength: 3 }).parse(wire('$4\r\n'))).toThrow(ProtocolError);
    expect(() => new Reader({ elements: 3 }).parse(wire('*4\r\n'))).toThrow(ProtocolError);
    expect(() => new Reader({ depth: 1 }).parse(wire('*1\r\n*1\r\n'))).toThrow(ProtocolError);
  });
});

describe('ErrorReply', () => {
  test.each([
    ['WRONGTYPE Operation against', 'WRONGTYPE'],
    ['ERR', 'ERR'],
    ['', ''],
    ['MOVED 3999 127.0.0.1:6381', 'MOVED'],
    ['SYNTAX\r\nmore', 'SYNTAX'],
  ])('%j has the code %j', (message, code) => {
    const error = new ErrorReply(message);
    expect(error.code).toBe(code);
    expect(error.toString()).toBe(message);
  });
});
