/** A script may answer in words that otherwise only the server uses. What it did before stays done. */
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createConnection, createPool, createRedis, type KvError, type Redis } from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

/** A connection is only left on a refusal when it is older than this, ms. */
const FRESH = 1000;
const age = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, FRESH + 50));
const settle = (call: Promise<unknown>): Promise<KvError> =>
  call.then(
    () => 'resolved',
    (error: KvError) => error,
  ) as never;

const WORDS = [
  'LOADING x',
  'READONLY x',
  'MASTERDOWN x',
  'MOVED 1 127.0.0.1:1',
  'NOSCRIPT x',
  'BUSY x',
  'CLUSTERDOWN x',
];
const source = (answer: string): string => `redis.call('INCR', KEYS[1]) return redis.error_reply('${answer}')`;
const LIBRARY = `#!lua name=words
redis.register_function('answer', function(keys, args)
  redis.call('INCR', keys[1])
  return redis.error_reply(args[1])
end)`;

describe.each([2, 3] as const)('scripts that answer errors in RESP%i', (protocol) => {
  let admin: Redis;
  beforeEach(async () => {
    admin = createRedis(server.url, { protocol });
    await admin.flushall();
    await admin.functionLoad(LIBRARY, { replace: true });
    return () => admin.close();
  });

  it('a script runs once, whatever word its own error begins with, and its outcome is unknown', async () => {
    await using redis = createRedis(server.url, { protocol, timeout: 3000 });
    await redis.connect();
    await using bytes = createRedis(server.url, { protocol, bytes: true });
    await bytes.connect();
    await using pool = await createPool(server.url, { protocol });
    await age();
    for (const [i, word] of WORDS.entries()) {
      const sha = await admin.scriptLoad(source(word));
      const calls = [
        redis.eval(source(word), `eval${i}`),
        redis.evalsha(sha, `evalsha${i}`),
        redis.fcall('answer', `fcall${i}`, word),
        redis.execute('EVAL', source(word), 1, `raw${i}`),
        redis.execute('fcall', 'answer', 1, `rawfcall${i}`, word),
        redis.script(source(word), { keys: 1 })(`script${i}`),
        bytes.eval(source(word), `bytes${i}`),
        pool.eval(source(word), `pool${i}`),
      ];
      const prefix = word.split(' ')[0];
      for (const error of await Promise.all(calls.map(settle)))
        expect(error).toMatchObject({ code: 'REPLY', prefix, outcome: 'unknown', attempts: 1 });
    }
    for (const [i, word] of WORDS.entries())
      for (const kind of ['eval', 'evalsha', 'fcall', 'raw', 'rawfcall', 'script', 'bytes', 'pool'])
        expect(await admin.get(`${kind}${i}`), `${kind} ${word}`).toBe('1');
  });

  it('the same in sessions, pipelines, transactions and on raw connections', async () => {
    await using redis = createRedis(server.url, { protocol });
    await using session = await redis.session();
    await using connection = await createConnection(server.url, { protocol });
    await age();
    const script = source('LOADING x');
    const unknown = { code: 'REPLY', prefix: 'LOADING', outcome: 'unknown' };
    expect(await settle(session.eval(script, 'session'))).toMatchObject(unknown);
    expect(await settle(connection.eval(script, 'connection'))).toMatchObject(unknown);
    for (const batch of [redis.pipeline(), redis.multi()]) {
      const member = batch.eval(script, batch.constructor.name);
      expect(await settle(batch.execute())).toMatchObject({ code: 'BATCH', outcome: 'unknown' });
      expect(await settle(member)).toMatchObject(unknown);
    }
    expect(await admin.mget('session', 'connection', 'Pipeline', 'Multi')).toEqual(['1', '1', '1', '1']);
  });

  it('a script that only reads, and one that the server does not have, are refused', async () => {
    await using redis = createRedis(server.url, { protocol });
    const missing = 'f'.repeat(40);
    expect(await settle(redis.evalRo("return redis.error_reply('LOADING x')", []))).toMatchObject({
      outcome: 'refused',
    });
    expect(await settle(redis.evalsha(missing, []))).toMatchObject({ prefix: 'NOSCRIPT', outcome: 'refused' });
  });
});
