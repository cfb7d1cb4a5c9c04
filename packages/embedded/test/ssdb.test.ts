import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../src/index.ts';
import { ssdbCommands } from '../src/ssdb/server.ts';
import { RawClient } from './raw-client.ts';

let embedded: Embedded;
let line: RawClient;

beforeEach(async () => {
  embedded = await startEmbedded({ frozenAt: 1_700_000_000_000, ssdb: true });
  line = await open();
});
afterEach(() => embedded.close());

function open(): Promise<RawClient> {
  if (embedded.ssdb === undefined) throw new Error('not started');
  return RawClient.open(embedded.ssdb.address);
}

function request(...blocks: string[]): Buffer {
  return Buffer.from(`${blocks.map((block) => `${block.length}\n${block}\n`).join('')}\n`, 'latin1');
}

async function packet(client: RawClient): Promise<string[]> {
  const bytes = await client.take((got) => {
    const end = endOfPacket(got.toString('latin1'));
    return end < 0 ? undefined : end;
  });
  const blocks: string[] = [];
  const text = bytes.toString('latin1');
  for (let at = 0; at < text.length - 1; ) {
    const lf = text.indexOf('\n', at);
    const end = lf + 1 + Number(text.slice(at, lf));
    blocks.push(text.slice(lf + 1, end));
    at = end + 1;
  }
  return blocks;
}

function endOfPacket(text: string): number {
  for (let at = 0; ; ) {
    const lf = text.indexOf('\n', at);
    if (lf < 0) return -1;
    if (lf === at) return at + 1;
    at = lf + 2 + Number(text.slice(at, lf));
  }
}

function call(...blocks: string[]): Promise<string[]> {
  line.write(request(...blocks));
  return packet(line);
}

test('has all 119 commands', () => expect(ssdbCommands.size).toBe(119));

describe('time to live', () => {
  test('deletes the key when its time has come, and clears up behind it', async () => {
    await call('setx', 'k', 'v', '10');
    embedded.advance(9999);
    expect([await call('get', 'k'), await call('ttl', 'k')]).toEqual([
      ['ok', 'v'],
      ['ok', '0'],
    ]);
    embedded.advance(1);
    expect([await call('get', 'k'), await call('zlist', '', '', '-1')]).toEqual([['not_found'], ['ok']]);
  });

  test('does not outlive flushdb as long as no key has expired', async () => {
    await call('setx', 'k', 'v', '10');
    await call('flushdb');
    await call('set', 'k', 'again');
    embedded.advance(10_000);
    expect(await call('get', 'k')).toEqual(['ok', 'again']);
  });

  test('outlives flushdb once a key has expired: a key that is set again is deleted at the old deadline', async () => {
    await call('setx', 'other', 'v', '1');
    await call('setx', 'k', 'v', '11');
    embedded.advance(1000);
    await call('flushdb');
    await call('set', 'k', 'again');
    expect(await call('ttl', 'k')).toEqual(['ok', '-1']);
    embedded.advance(10_000);
    expect(await call('get', 'k')).toEqual(['not_found']);
  });

  test('is cut to 32 bits', async () => {
    await call('setx', 'k', 'v', '10000000000');
    expect(await call('ttl', 'k')).toEqual(['ok', '1410065408']);
    await call('setx', 'k', 'v', '3000000000');
    expect(await call('get', 'k')).toEqual(['not_found']);
  });
});

describe('walks', () => {
  test('backwards without a start skip names that begin with 0xff, and the largest score', async () => {
    await call('hset', '\xffname', 'f', 'v');
    await call('hset', 'name', 'f', 'v');
    await call('multi_zset', 'z', 'max', '9223372036854775807', 'zero', '0');
    expect(await call('hrlist', '', '', '-1')).toEqual(['ok', 'name']);
    expect(await call('zrange', 'z', '0', '-1')).toEqual(['ok', 'zero', '0', 'max', '9223372036854775807']);
    expect(await call('zpop_back', 'z', '5')).toEqual(['ok', 'zero', '0']);
  });

  test('with an offset and no limit give nothing', async () => {
    await call('multi_zset', 'z', 'a', '1', 'b', '2');
    expect(await call('zscan', 'z', '', '', '', '1', '-1')).toEqual(['ok']);
    expect(await call('zscan', 'z', '', '', '', '0', '-1')).toEqual(['ok', 'a', '1', 'b', '2']);
  });
});

describe('texts that are no proper names or numbers are taken as the server takes them', () => {
  const long = 'n'.repeat(255);
  const tooLong = 'n'.repeat(256);
  const most = '9223372036854775807';

  test.each<[string, ...[call: string[], reply: string[]][]]>([
    [
      'a name of incr is any text',
      [
        ['incr', 'not-a-number'],
        ['ok', '1'],
      ],
    ],
    [
      'an increment that is no number is 0',
      [
        ['incr', 'k', 'not-a-number'],
        ['ok', '0'],
      ],
    ],
    [
      'a value that is no number is not counted',
      [
        ['set', 'k', 'not-a-number'],
        ['ok', '1'],
      ],
      [
        ['incr', 'k'],
        ['error', 'value is not an integer or out of range'],
      ],
    ],
    [
      'a bit must begin with 0 or 1, and only the number 1 sets it',
      [
        ['setbit', 'k', '0', '01'],
        ['ok', '0'],
      ],
      [
        ['setbit', 'k', '0', '10'],
        ['ok', '1'],
      ],
      [
        ['getbit', 'k', '0'],
        ['ok', '0'],
      ],
      [
        ['setbit', 'k', '0', '1x'],
        ['ok', '0'],
      ],
      [
        ['setbit', 'k', '0', '2'],
        ['client_error', 'bit is not an integer or out of range'],
      ],
    ],
    [
      'a range of 2147483648 bytes wraps to none',
      [
        ['set', 'k', 'hello'],
        ['ok', '1'],
      ],
      [
        ['getrange', 'k', '0', '2147483647'],
        ['ok', ''],
      ],
      [
        ['bitcount', 'k', '0', '2147483647'],
        ['ok', '0'],
      ],
      [
        ['getrange', 'k', '0', '2147483646'],
        ['ok', 'hello'],
      ],
      [
        ['getrange', 'k', '1', '2147483647'],
        ['ok', 'ello'],
      ],
      [
        ['substr', 'k', '0', '2147483647'],
        ['ok', 'hello'],
      ],
    ],
    [
      'an empty key is shown by reverse walks only',
      [
        ['incr', ''],
        ['ok', '1'],
      ],
      [['keys', '', '', '-1'], ['ok']],
      [
        ['rkeys', '', '', '-1'],
        ['ok', ''],
      ],
      [
        ['rscan', '', '', '-1'],
        ['ok', '', '1'],
      ],
    ],
    [
      'an empty name or field of a hash has nothing to delete, and cannot be set',
      [
        ['hdel', '', 'f'],
        ['ok', '0'],
      ],
      [
        ['multi_hdel', 'h', '', 'f'],
        ['ok', '0'],
      ],
      [['hset', 'h', '', 'v'], ['error']],
      [['hdel', tooLong, ''], ['error']],
    ],
    [
      'an empty name of a zset hides that a member is too long',
      [
        ['zset', '', tooLong, '1'],
        ['ok', '0'],
      ],
    ],
    [
      'a name that is too long is an empty queue, unless something is pushed',
      [['qpop', tooLong], ['not_found']],
      [['qpop_back', tooLong, '2'], ['ok']],
      [
        ['qset', tooLong, '0', 'v'],
        ['error', 'index out of range'],
      ],
      [['qpush', tooLong, 'v'], ['error']],
    ],
    [
      'the end of a slice wraps at 64 bits',
      [
        ['qpush', 'q', 'a', 'b'],
        ['ok', '2'],
      ],
      [
        ['qslice', 'q', '1', '-9223372036854775808'],
        ['ok', 'b'],
      ],
      [
        ['qrange', 'q', '1', most],
        ['ok', 'b'],
      ],
    ],
    [
      'zfix forgets the size of a zset whose name has 255 bytes, not its members',
      [
        ['multi_zset', long, 'a', '1', 'b', '2'],
        ['ok', '2'],
      ],
      [
        ['zfix', long],
        ['ok', '0'],
      ],
      [
        ['zsize', long],
        ['ok', '0'],
      ],
      [['zlist', '', '', '-1'], ['ok']],
      [
        ['zrange', long, '0', '-1'],
        ['ok', 'a', '1', 'b', '2'],
      ],
      [
        ['zclear', long],
        ['ok', '2'],
      ],
      [
        ['zlist', '', '', '-1'],
        ['ok', long],
      ],
    ],
    [
      'zclear leaves members above 0xff at the largest score',
      [
        ['multi_zset', 'z', '\xff\xff', most, '\xff', most, 'a', '1'],
        ['ok', '3'],
      ],
      [
        ['zclear', 'z'],
        ['ok', '2'],
      ],
      [
        ['zsize', 'z'],
        ['ok', '1'],
      ],
      [
        ['zget', 'z', '\xff\xff'],
        ['ok', most],
      ],
      [
        ['zfix', 'z'],
        ['ok', '1'],
      ],
    ],
  ])('%s', async (_, ...steps) => {
    for (const [request, reply] of steps) expect(await call(...request)).toEqual(reply);
  });
});

describe('streams', () => {
  test('sync140 copies everything, then follows, with a sign of life every 3 seconds', async () => {
    await call('qpush', 'q', 'item');
    const copy = await open();
    copy.write(request('sync140'));
    const copied = [await packet(copy), await packet(copy), await packet(copy), await packet(copy), await packet(copy)];
    const end = '\xff\xff\xff\xff\xff\xff\xff?'; // the first item is the last one
    expect(copied.map(([, value]) => value)).toEqual(['copy_begin', end, end, 'item', 'copy_end']);
    expect(copied[3]?.[0]?.slice(8, 12)).toBe('\x03\x0aq\x01');
    await call('hset', 'h', 'f', 'v');
    expect(await packet(copy)).toEqual(['\x02\0\0\0\0\0\0\0\x01\x03h\x01h=f', 'v']);
    expect(await call('flushdb')).toEqual(['error', 'flushdb is not allowed when replication is in use!']);
    embedded.advance(3000);
    expect(await packet(copy)).toEqual(['\x02\0\0\0\0\0\0\0\0\0']);
    copy.destroy();
    while ((await call('flushdb'))[0] !== 'ok') await new Promise((resolve) => setImmediate(resolve));
  });

  test('sync140 tells of the end of a key when it comes, with no command to notice it', async () => {
    await call('setx', 'a', 'v', '1');
    await call('setx', 'b', 'v', '9');
    const copy = await open();
    copy.write(request('sync140'));
    let last: string[];
    do last = await packet(copy);
    while (last[1] !== 'copy_end');
    await call('setx', 'c', 'v', '2');
    expect([(await packet(copy))[0]?.slice(8), (await packet(copy))[0]?.slice(8, 11)]).toEqual([
      '\x01\x01kc',
      '\x01\x05s',
    ]);
    for (const key of ['a', 'c']) {
      embedded.advance(1000);
      expect((await packet(copy))[0]?.slice(8)).toBe(`\x01\x02k${key}`);
      expect((await packet(copy))[0]?.slice(8, 11)).toBe('\x01\x06s');
    }
    expect(copy.peek().length).toBe(0);
    expect(await call('get', 'b')).toEqual(['ok', 'v']);
  });

  test('a connection that dumped is closed by whatever it sends next', async () => {
    line.write(request('dump'));
    expect([await packet(line), await packet(line)]).toEqual([['begin'], ['end', '0']]);
    line.write(request('ping'));
    expect((await line.readToEnd()).length).toBe(0);
  });

  test('a dump shows the sequence numbers of queue items', async () => {
    await call('qpush_back', 'q', 'b');
    await call('qpush_front', 'q', 'a');
    line.write(request('dump', 'q', 'q\xff', '-1'));
    const items = [await packet(line), await packet(line), await packet(line), await packet(line), await packet(line)];
    const first = 'q\x01q\x3f\xff\xff\xff\xff\xff\xff\xfe';
    expect(items[3]).toEqual(['set', first, 'a']);
    expect(items[4]?.[2]).toBe('b');
  });
});

describe('where a real server would crash or refuse, the connection closes', () => {
  test('slaveof with two arguments', async () => {
    line.write(request('slaveof', 'id', 'host'));
    expect((await line.readToEnd()).length).toBe(0);
    line = await open();
    expect(await call('ping')).toEqual(['ok']);
  });

  test('a client whose address is not allowed', async () => {
    await call('add_allow_ip', '10.');
    const refused = await open();
    expect((await refused.readToEnd()).length).toBe(0);
    expect(await call('add_allow_ip', 'all')).toEqual(['ok']);
    line = await open();
    expect(await call('ping')).toEqual(['ok']);
  });

  test('a request of more than 128 MiB', async () => {
    line.write(Buffer.from('3\nset\n1\nk\n134217728\n'));
    line.write(request('x'));
    expect((await line.readToEnd()).length).toBe(0);
  });
});

describe('Redis notation', () => {
  async function redis(text: string): Promise<string> {
    const parts = text.split(' ');
    line.write(Buffer.from(`*${parts.length}\r\n${parts.map((part) => `$${part.length}\r\n${part}\r\n`).join('')}`));
    const reply = await line.take((got) => (got.length > 0 ? got.length : undefined));
    return reply.toString();
  }

  test.each([
    ['SETEX k 100 v', '+OK\r\n'],
    ['TTL k', ':100\r\n'],
    ['MGET k none', '*2\r\n$1\r\nv\r\n$-1\r\n'],
    ['ZINCRBY z 2 m', '$1\r\n2\r\n'],
    ['RPUSH q a b', ':2\r\n'],
    ['LRANGE q 0 -1', '*2\r\n$1\r\na\r\n$1\r\nb\r\n'],
    ['HMGET h f', '*1\r\n$-1\r\n'],
    ['GET', '-ERR wrong number of arguments\r\n'],
  ])('%s', async (text, reply) => {
    if (text.startsWith('TTL') || text.startsWith('MGET')) await call('setx', 'k', 'v', '100');
    if (text.startsWith('LRANGE')) await call('qpush', 'q', 'a', 'b');
    expect(await redis(text)).toBe(reply);
  });
});
