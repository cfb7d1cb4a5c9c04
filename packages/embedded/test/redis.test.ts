import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../src/index.ts';
import { RawClient, turns } from './raw-client.ts';
import { endOfFrames, request } from './resp-frames.ts';

let embedded: Embedded;
let main: RawClient;
let other: RawClient;

beforeEach(async () => {
  embedded = await startEmbedded({ frozenAt: 1_700_000_000_000, redis: true });
  main = await open();
  other = await open();
});
afterEach(() => embedded.close());

function open(): Promise<RawClient> {
  if (embedded.redis === undefined) throw new Error('not started');
  return RawClient.open(embedded.redis.address);
}

async function next(line: RawClient, frames = 1): Promise<string> {
  const bytes = await line.take((got) => endOfFrames(got.toString('latin1'), frames));
  return bytes.toString('latin1');
}

function call(line: RawClient, ...args: string[]): Promise<string> {
  line.write(request(args));
  return next(line);
}

/** Sends without waiting for a reply; what was sent has arrived afterwards. */
async function send(line: RawClient, ...args: string[]): Promise<void> {
  line.write(request(args));
  await turns();
}

describe('time', () => {
  test('moves by advance only: keys live and die by it', async () => {
    await call(main, 'SET', 'k', 'v', 'PX', '1500');
    expect(await call(main, 'PTTL', 'k')).toBe(':1500\r\n');
    embedded.advance(1499);
    expect([await call(main, 'PTTL', 'k'), await call(main, 'DBSIZE')]).toEqual([':1\r\n', ':1\r\n']);
    embedded.advance(1);
    expect([await call(main, 'GET', 'k'), await call(main, 'DBSIZE')]).toEqual(['$-1\r\n', ':0\r\n']);
    expect(await call(main, 'TIME')).toBe('*2\r\n$10\r\n1700000001\r\n$6\r\n500000\r\n');
  });

  test('ends a blocking pop', async () => {
    await send(main, 'BLPOP', 'q', '2');
    embedded.advance(1999);
    await turns();
    expect(main.peek().length).toBe(0);
    embedded.advance(1);
    expect(await next(main)).toBe('*-1\r\n');
  });
});

describe('blocking pops', () => {
  test('are served in the order of arrival, one element each', async () => {
    await send(main, 'BLPOP', 'q', '0');
    await send(other, 'BRPOP', 'q', '0');
    const pusher = await open();
    expect(await call(pusher, 'RPUSH', 'q', 'a', 'b', 'c')).toBe(':3\r\n');
    expect(await next(main)).toContain('$1\r\na\r\n');
    expect(await next(other)).toContain('$1\r\nc\r\n');
    expect(await call(pusher, 'LRANGE', 'q', '0', '-1')).toBe('*1\r\n$1\r\nb\r\n');
  });

  test('hold back the requests behind them, which are answered afterwards', async () => {
    await send(main, 'BLPOP', 'q', '0');
    await send(main, 'PING');
    expect(main.peek().length).toBe(0);
    await call(other, 'LPUSH', 'q', 'x');
    expect(await next(main, 2)).toBe('*2\r\n$1\r\nq\r\n$1\r\nx\r\n+PONG\r\n');
  });

  test('chain: what one moves wakes the next', async () => {
    await send(main, 'BLMOVE', 'a', 'b', 'LEFT', 'RIGHT', '0');
    await send(other, 'BLPOP', 'b', '0');
    const pusher = await open();
    await call(pusher, 'RPUSH', 'a', 'x');
    expect([await next(main), await next(other)]).toEqual(['$1\r\nx\r\n', '*2\r\n$1\r\nb\r\n$1\r\nx\r\n']);
  });

  test('see a transaction only when it is over', async () => {
    await send(main, 'BLPOP', 'q', '0');
    for (const command of [['MULTI'], ['RPUSH', 'q', 'a'], ['DEL', 'q']]) await call(other, ...command);
    expect(await call(other, 'EXEC')).toBe('*2\r\n:1\r\n:1\r\n');
    await turns();
    expect(main.peek().length).toBe(0);
  });

  test('do not take anything for a client that is gone', async () => {
    await send(main, 'BLPOP', 'q', '0');
    main.destroy();
    await turns();
    await call(other, 'RPUSH', 'q', 'a');
    expect(await call(other, 'LLEN', 'q')).toBe(':1\r\n');
  });

  test('across SWAPDB are served from the database that has the number now', async () => {
    await call(other, 'SELECT', '1');
    await call(other, 'RPUSH', 'a', 'x', 'y');
    await call(other, 'ZADD', 'z', '1', 'm');
    const third = await open();
    await send(main, 'BLMOVE', 'a', 'b', 'LEFT', 'RIGHT', '0');
    await send(third, 'BZPOPMIN', 'z', '0');
    expect(await call(other, 'SWAPDB', '0', '1')).toBe('+OK\r\n');
    await turns();
    expect(main.peek().toString()).toBe('$1\r\nx\r\n');
    expect(third.peek().toString()).toBe('*3\r\n$1\r\nz\r\n$1\r\nm\r\n$1\r\n1\r\n');
    expect(await call(other, 'KEYS', '*')).toBe('*0\r\n');
    await call(other, 'SELECT', '0');
    expect(await call(other, 'LRANGE', 'a', '0', '-1')).toBe('*1\r\n$1\r\ny\r\n');
    expect(await call(other, 'LRANGE', 'b', '0', '-1')).toBe('*1\r\n$1\r\nx\r\n');
  });

  test('wait on after SWAPDB where it brought nothing', async () => {
    await send(main, 'BLPOP', 'q', '0');
    await call(other, 'SWAPDB', '0', '1');
    await call(other, 'RPUSH', 'q', 'x');
    await turns();
    expect(main.peek().toString()).toBe('*2\r\n$1\r\nq\r\n$1\r\nx\r\n');
  });

  test('wait on while the key gets another type', async () => {
    await send(main, 'BLPOP', 'q', '0');
    await call(other, 'SET', 'q', 'text');
    await call(other, 'DEL', 'q');
    await call(other, 'RPUSH', 'q', 'a');
    expect(await next(main)).toContain('$1\r\na\r\n');
  });
});

describe('values of up to 512 MB', () => {
  const tooLong = '-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n';

  test('a gap costs no memory before somebody reads it', async () => {
    const before = process.memoryUsage().rss;
    for (const key of ['a', 'b', 'c', 'd']) {
      expect(await call(main, 'SETRANGE', key, '500000000', 'x')).toBe(':500000001\r\n');
      expect(await call(main, 'STRLEN', key)).toBe(':500000001\r\n');
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(4e8);
  });

  test.each(['536870911', '536870912', '9007199254740993', '9223372036854775807'])(
    'what would be longer is refused by SETRANGE at %s, and the connection lives',
    async (offset) => {
      await call(main, 'SET', 'k', 'v');
      expect(await call(main, 'SETRANGE', 'k', offset, 'xx')).toBe(tooLong);
      expect(await call(main, 'GET', 'k')).toBe('$1\r\nv\r\n');
    },
  );

  test('bits beyond the first 256 MB can be written', async () => {
    const far = String(2 ** 31 + 4);
    expect(await call(main, 'BITFIELD', 'k', 'SET', 'u8', far, '255', 'GET', 'u8', far)).toBe('*2\r\n:0\r\n:255\r\n');
    expect(await call(main, 'DEL', 'k')).toBe(':1\r\n');
  });

  test('bit offsets counted in fields have the same bounds', async () => {
    const refusal = '-ERR bit offset is not an integer or out of range\r\n';
    expect(await call(main, 'BITFIELD', 'k', 'GET', 'u32', '#134217728')).toBe(refusal);
    expect(await call(main, 'BITFIELD', 'k', 'GET', 'u32', '#134217727')).toBe('*1\r\n:0\r\n');
  });

  test('and by SETBIT, BITFIELD and APPEND', async () => {
    expect(await call(main, 'SETBIT', 'k', '4294967295', '1')).toBe(tooLong);
    expect(await call(main, 'BITFIELD', 'k', 'SET', 'u8', '4294967288', '1')).toBe(tooLong);
    await call(main, 'SETRANGE', 'a', '536870000', 'x');
    expect(await call(main, 'APPEND', 'a', 'x'.repeat(1000))).toBe(tooLong);
    expect(await call(main, 'EXISTS', 'k')).toBe(':0\r\n');
  });
});

describe('WATCH', () => {
  test.each([
    ['a change by another client', () => call(other, 'APPEND', 'k', 'x')],
    ['a deletion', () => call(other, 'DEL', 'k')],
    ['an expiry', async () => embedded.advance(10_000)],
    ['a flush', () => call(other, 'FLUSHALL')],
    ['a swap of databases', () => call(other, 'SWAPDB', '0', '1')],
    ['its own change before MULTI', () => call(main, 'SET', 'k', 'y')],
  ])('sees %s', async (_name, change) => {
    await call(main, 'SET', 'k', 'v', 'EX', '10');
    await call(main, 'WATCH', 'k');
    await change();
    await call(main, 'MULTI');
    await call(main, 'PING');
    expect(await call(main, 'EXEC')).toBe('*-1\r\n');
  });

  test('does not mind other keys, other databases and reads', async () => {
    await call(main, 'WATCH', 'k');
    await call(other, 'SET', 'k2', 'x');
    await call(other, 'GET', 'k');
    await call(other, 'SELECT', '1');
    await call(other, 'SET', 'k', 'x');
    await call(main, 'MULTI');
    expect(await call(main, 'EXEC')).toBe('*0\r\n');
  });
});

describe('SCAN, HSCAN, SSCAN, ZSCAN', () => {
  async function walk(command: string[], between: (step: number) => Promise<unknown>): Promise<Set<string>> {
    const seen = new Set<string>();
    let cursor = '0';
    let step = 0;
    do {
      const [name = '', ...key] = command;
      const words = (await call(main, name, ...key, cursor, 'COUNT', '7')).split('\r\n');
      cursor = words[2] as string;
      for (const word of words.slice(4)) if (word.startsWith('m')) seen.add(word);
      await between(step);
      step += 1;
    } while (cursor !== '0');
    return seen;
  }

  const members = Array.from({ length: 600 }, (_, n) => `m${n}`);

  test.each([
    [['SCAN'], members.map((name) => ['SET', name, 'v']), ['DEL']],
    [['SSCAN', 'k'], [['SADD', 'k', ...members]], ['SREM', 'k']],
    [['HSCAN', 'k'], [['HSET', 'k', ...members.flatMap((name) => [name, 'v'])]], ['HDEL', 'k']],
    [['ZSCAN', 'k'], [['ZADD', 'k', ...members.flatMap((name, n) => [String(n), name])]], ['ZREM', 'k']],
  ])('%j meets every member that stays, whatever goes meanwhile', async (command, fill, remove) => {
    for (const words of fill) await call(main, ...words);
    const seen = await walk(command, (step) => call(other, ...remove, `m${step}`, `m${599 - step}`));
    for (const name of members.slice(200, 400)) expect(seen).toContain(name);
  });
});

describe('a loop over SCAN that writes to each key it gets', () => {
  const names = Array.from({ length: 25 }, (_, n) => `n${n}`);

  test.each<[string, (name: string) => string[][]]>([
    ['SET', (name) => [['SET', name, '1']]],
    ['INCR', (name) => [['INCR', name]]],
    ['APPEND', (name) => [['APPEND', name, '1']]],
    [
      'GETDEL and SET',
      (name) => [
        ['GETDEL', name],
        ['SET', name, '1'],
      ],
    ],
    [
      'RENAME, there and back',
      (name) => [
        ['RENAME', name, 'tmp'],
        ['RENAME', 'tmp', name],
      ],
    ],
  ])('ends and meets each key once: %s', async (_, commands) => {
    for (const name of names) await call(main, 'SET', name, '1');
    const seen: string[] = [];
    let cursor = '0';
    do {
      const words = (await call(main, 'SCAN', cursor)).split('\r\n');
      cursor = words[2] as string;
      const page = words.filter((word) => word.startsWith('n'));
      for (const name of page) for (const command of commands(name)) await call(other, ...command);
      seen.push(...page);
    } while (cursor !== '0' && seen.length <= names.length);
    expect(seen.toSorted()).toEqual(names.toSorted());
  });
});

describe('clients', () => {
  test('CLIENT PAUSE holds back, and lets go when its time is over', async () => {
    await call(main, 'CLIENT', 'PAUSE', '1000', 'WRITE');
    expect(await call(other, 'GET', 'k')).toBe('$-1\r\n');
    await send(other, 'SET', 'k', 'v');
    await send(other, 'GET', 'k');
    expect(other.peek().length).toBe(0);
    embedded.advance(1000);
    expect(await next(other, 2)).toBe('+OK\r\n$1\r\nv\r\n');
  });

  test('a blocking command that CLIENT PAUSE held back still comes before what was sent after it', async () => {
    await call(main, 'CLIENT', 'PAUSE', '1000');
    await send(other, 'BLPOP', 'q', '0');
    await send(other, 'PING');
    embedded.advance(1000);
    expect(await call(main, 'RPUSH', 'q', 'x')).toBe(':1\r\n');
    expect(await next(other, 2)).toBe('*2\r\n$1\r\nq\r\n$1\r\nx\r\n+PONG\r\n');
  });

  test('CLIENT KILL ends others at once and oneself after the reply', async () => {
    const id = (await call(other, 'CLIENT', 'ID')).slice(1).trim();
    expect(await call(main, 'CLIENT', 'KILL', 'ID', id)).toBe(':1\r\n');
    expect((await other.readToEnd()).length).toBe(0);
    main.write(request(['CLIENT', 'KILL', 'SKIPME', 'no']));
    expect((await main.readToEnd()).toString()).toBe(':1\r\n');
  });

  test('CLIENT LIST tells what each one does', async () => {
    await call(main, 'CLIENT', 'SETNAME', 'me');
    await send(other, 'BLPOP', 'q', '0');
    const list = await call(main, 'CLIENT', 'LIST');
    expect(list).toMatch(/ name=me .*cmd=client\|list .*resp=2\n/);
    expect(list).toMatch(/ flags=b .*cmd=blpop /);
  });

  test('a password is needed where one is set', async () => {
    await using guarded = await startEmbedded({ redis: { password: 'secret' } });
    if (guarded.redis === undefined) throw new Error('not started');
    const line = await RawClient.open(guarded.redis.address);
    expect(await call(line, 'PING')).toBe('-NOAUTH Authentication required.\r\n');
    expect(await call(line, 'AUTH', 'secret')).toBe('+OK\r\n');
    expect(await call(line, 'PING')).toBe('+PONG\r\n');
  });

  test('bytes that are no request: the reason, then the end', async () => {
    main.write(Buffer.from('*1\r\nPING\r\n'));
    expect((await main.readToEnd()).toString()).toBe("-ERR Protocol error: expected '$', got 'P'\r\n");
    expect(await call(other, 'PING')).toBe('+PONG\r\n');
  });

  test('a client that does not read is not served forever', async () => {
    await call(main, 'SET', 'k', 'x'.repeat(100_000));
    if (embedded.redis === undefined || !('connect' in embedded.redis.address)) throw new Error('not in memory');
    let got = 0;
    const on = { data: (bytes: Uint8Array) => (got += bytes.length), drain: () => {}, close: () => {} };
    const lazy = await embedded.redis.address.connect({}, on, new AbortController().signal);
    lazy.pause();
    lazy.write([Buffer.concat(Array.from({ length: 100 }, () => request(['GET', 'k'])))]);
    await turns();
    const info = await call(main, 'INFO', 'stats');
    expect(Number(/total_commands_processed:([0-9]+)/.exec(info)?.[1])).toBeLessThan(10);
    lazy.resume();
    await turns(300);
    expect(got).toBe(100 * 100_011);
  });
});

describe('Pub/Sub', () => {
  test('forgets a client that is gone', async () => {
    await call(main, 'SUBSCRIBE', 'c');
    main.destroy();
    await turns();
    expect([await call(other, 'PUBLISH', 'c', 'x'), await call(other, 'PUBSUB', 'CHANNELS')]).toEqual([
      ':0\r\n',
      '*0\r\n',
    ]);
  });
});
