import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../src/index.ts';
import { RawClient, turns } from './raw-client.ts';

const SET = 1;
const TTL = 2;
const GET = 3;
const DEL = 4;
const INC = 5;
const LOCK = 7;
const MSET = 9;
const MGET = 11;
const KEYS = 21;
const OK = '0500000100000000';
const LOCKED = '0400000100000000';
const NOT_FOUND = '0100000100000000';

let embedded: Embedded;
let line: RawClient;

beforeEach(async () => {
  embedded = await startEmbedded({ frozenAt: 1_700_000_000_000, gibson: { limits: { compression: 16 } } });
  line = await open();
});
afterEach(() => embedded.close());

function open(): Promise<RawClient> {
  if (embedded.gibson === undefined) throw new Error('not started');
  return RawClient.open(embedded.gibson.address);
}

function request(opcode: number, payload: string): Buffer {
  const bytes = Buffer.from(payload, 'latin1');
  const head = Buffer.alloc(6);
  head.writeUInt32LE(bytes.length + 2);
  head.writeUInt16LE(opcode, 4);
  return Buffer.concat([head, bytes]);
}

async function call(opcode: number, payload: string): Promise<string> {
  line.write(request(opcode, payload));
  const size = (got: Buffer): number | undefined => (got.length < 7 ? undefined : 7 + got.readUInt32LE(3));
  const reply = await line.take((got) =>
    (size(got) ?? Number.POSITIVE_INFINITY) <= got.length ? size(got) : undefined,
  );
  return reply.toString('hex');
}

describe('where a real server would die, the connection closes', () => {
  test.each<[string, number, string]>([
    ['SET without a value', SET, '0 key'],
    ['MSET without a value', MSET, 'key'],
  ])('%s', async (_name, opcode, payload) => {
    line.write(request(opcode, payload));
    expect((await line.readToEnd()).length).toBe(0);
    line = await open();
    expect(await call(19, '')).toBe(OK);
  });

  test('MSET over a key that starts with NUL', async () => {
    await call(SET, '0 \0k v');
    line.write(request(MSET, '\0 x'));
    expect((await line.readToEnd()).length).toBe(0);
  });
});

describe('a length field in two pieces', () => {
  test('is fatal after its first byte', async () => {
    line.write(request(GET, 'k').subarray(0, 1));
    expect((await line.readToEnd()).length).toBe(0);
  });

  test('is taken modulo 65536 after its second', async () => {
    const long = request(SET, `0 k ${'v'.repeat(65_537)}`); // a length of 65536 + 7
    line.write(long.subarray(0, 2));
    await turns();
    line.write(long.subarray(2, 4 + 7));
    expect((await line.read(8)).toString('latin1')).toBe('\x06\0\0\x01\0\0\0v');
  });

  test('waits for the rest when the server is told so', async () => {
    await using tolerant = await startEmbedded({ gibson: { limits: { acceptSplitLength: true } } });
    if (tolerant.gibson === undefined) throw new Error('not started');
    line = await RawClient.open(tolerant.gibson.address);
    for (const byte of request(19, '')) {
      line.write(Uint8Array.of(byte));
      await turns();
    }
    expect((await line.read(8)).toString('hex')).toBe(OK);
  });
});

describe('rules that meet', () => {
  test('a lock outlives the item: DEL and SET say locked, INC says not found and collects it', async () => {
    await call(SET, '1 k 5');
    await call(LOCK, 'k 60');
    embedded.advance(2000);
    expect([await call(DEL, 'k'), await call(SET, '0 k v'), await call(INC, 'k')]).toEqual([LOCKED, LOCKED, NOT_FOUND]);
    expect((await call(INC, 'k')).slice(0, 6)).toBe('060002');
  });

  test('setting a time to live prolongs a running lock', async () => {
    await call(SET, '0 k v');
    await call(LOCK, 'k 3');
    embedded.advance(2000);
    await call(TTL, 'k 100');
    embedded.advance(2000);
    expect(await call(DEL, 'k')).toBe(LOCKED);
  });

  test('an MGET whose rows all died is not found; the limit counts the dead', async () => {
    await call(SET, '1 a1 x');
    await call(SET, '0 a2 y');
    embedded.advance(1000);
    expect(await call(MGET, 'a1')).toBe(NOT_FOUND);
    await call(SET, '1 a1 x');
    embedded.advance(1000);
    expect(await call(MGET, 'a 1')).toBe(NOT_FOUND);
  });

  test('a sweep after 15 seconds collects what KEYS would still list', async () => {
    await call(SET, '1 k v');
    embedded.advance(14_000);
    expect((await call(KEYS, 'k')).slice(0, 4)).toBe('0700');
    embedded.advance(1000);
    expect(await call(KEYS, 'k')).toBe(NOT_FOUND);
  });

  test('keys are cut at a NUL where the server treats them as C strings', async () => {
    await call(SET, '0 ab\0c v');
    const keys = Buffer.from(await call(KEYS, 'ab'), 'hex').toString('latin1');
    expect(keys.endsWith('\x02\0\0\0ab')).toBe(true);
    await call(MSET, 'ab\0c new');
    expect(
      Buffer.from(await call(GET, 'ab'), 'hex')
        .toString('latin1')
        .endsWith('new'),
    ).toBe(true);
  });
});

test('what was deleted leaves its key behind at most, not the value', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const value = 'v'.repeat(500_000);
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < 100; n += 1) {
    await call(SET, `0 session:of:somebody:${n} ${value}`);
    await call(DEL, `session:of:somebody:${n}`);
  }
  collect();
  expect((process.memoryUsage().heapUsed - before) / 1024 / 1024).toBeLessThan(15);
});
