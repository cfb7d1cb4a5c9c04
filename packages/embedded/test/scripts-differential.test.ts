import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../src/index.ts';
import { compare, type Pair, replies } from './differential.ts';
import { RawClient } from './raw-client.ts';
import { request } from './resp-frames.ts';
import { scripts } from './script-corpus.ts';

let real: RedisServer;
let embedded: Embedded;
let pair: Pair;

async function open(): Promise<Pair> {
  return {
    theirs: await RawClient.open({ host: real.host, port: real.port }),
    ours: await RawClient.open(embedded.redis?.address as { host: string; port: number }),
  };
}

beforeAll(async () => {
  real = await startRedis();
  embedded = await startEmbedded({ redis: true });
  pair = await open();
});
afterAll(async () => {
  await Promise.all([real?.stop(), embedded?.close()]);
});

describe('the real server and the embedded one answer the same', () => {
  test.each(['2', '3'])('to each script of the collection, RESP%s', async (version) => {
    const commands = scripts.map((source) => ['EVAL', source, '2', 'a', 'b', '1', 'x']);
    await compare(pair, [['HELLO', version], ...commands]);
  });

  test('to scripts that may not write', async () => {
    await compare(pair, [
      ['EVAL_RO', 'return redis.call("set", "a", 1)', '0'],
      ['EVAL_RO', 'return redis.call("get", "a")', '0'],
      ['EVAL_RO', '#!lua\nreturn 1', '0'],
      ['EVALSHA_RO', 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db', '0'],
    ]);
  });

  test('to commands on scripts', async () => {
    const sha = 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db'; // return 1
    await compare(pair, [
      ['SCRIPT', 'FLUSH'],
      ['EVALSHA', sha, '0'],
      ['SCRIPT', 'LOAD', 'return 1'],
      ['EVALSHA', sha.toUpperCase(), '0'],
      ['SCRIPT', 'EXISTS', sha, 'x'],
      ['SCRIPT', 'LOAD', 'x x'],
      ['SCRIPT', 'FLUSH', 'ASYNC'],
      ['SCRIPT', 'FLUSH', 'FOO'],
      ['SCRIPT', 'EXISTS', sha],
      ['SCRIPT', 'KILL'],
      ['SCRIPT', 'NOSUCH'],
      ['EVALSHA', 'short', '0'],
      ['EVALSHA', 'short', 'x'],
      ['EVAL', 'return 1', 'x'],
      ['EVAL', 'return 1', '-1'],
      ['EVAL', 'return 1', '3', 'a'],
      ['EVAL', 'return 1'],
      ['MULTI'],
      ['EVAL', 'return redis.call("incr", KEYS[1])', '1', 'n'],
      ['EVAL', 'return 5', '0'],
      ['EXEC'],
      ['COMMAND', 'GETKEYS', 'EVAL', 'return 1', '2', 'a', 'b', 'c'],
      ['WATCH', 'n'],
      ['EVAL', 'return redis.call("incr", KEYS[1])', '1', 'n'],
      ['MULTI'],
      ['EXEC'],
    ]);
  });

  test('to a client that waits for what a script adds, and to one that looks on', async () => {
    const second = await open();
    const third = await open();
    const heard = async (side: 'theirs' | 'ours'): Promise<string[]> => {
      await replies(second[side], [['FLUSHALL']], 'empty');
      const watcher = third[side];
      watcher.write(request(['MONITOR']));
      await watcher.take((got) => (got.includes('+OK\r\n') ? got.length : undefined));
      const waiting = replies(pair[side], [['BLPOP', 'list', '0']], 'waited');
      const isBlocked = async (): Promise<boolean> =>
        (await replies(second[side], [['INFO', 'clients']], 'info')).includes('blocked_clients:1');
      await expect.poll(isBlocked, { timeout: 20_000 }).toBe(true);
      const script = 'redis.call("rpush", "list", 1) redis.call("rpush", "list", 2) return redis.call("llen", "list")';
      const said = await replies(
        second[side],
        [
          ['EVAL', script, '0'],
          ['LLEN', 'list'],
        ],
        'done',
      );
      const seen = await watcher.take((got) => (got.includes('"LLEN"') ? got.length : undefined));
      const lines = seen
        .toString('latin1')
        .split('\r\n')
        .filter((line) => / "(EVAL|rpush|llen|LLEN)" /.test(line));
      return [said, await waiting, ...lines.map((line) => line.replace(/^\+[0-9.]+ \[0 (lua|).*?\]/, '$1'))];
    };
    expect(await heard('ours')).toEqual(await heard('theirs'));
  });
});
