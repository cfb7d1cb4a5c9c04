import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { get, set } from '../src/commands/string.ts';
import { incr } from '../src/commands/string-counter.ts';
import { type BatchError, Command, command, createRedis, type KvError, type Redis } from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

describe.each([2, 3] as const)('batches in RESP%i', (protocol) => {
  let redis: Redis;
  beforeEach(async () => {
    redis = createRedis(server.url, { protocol });
    await redis.flushall();
  });
  afterEach(() => redis.close());

  it('pipeline: each promise works, execute gives all results in order', async () => {
    const p = redis.pipeline();
    const a = p.set('a', 1);
    const b = p.incr('a');
    const c = p.send(command('OBJECT ENCODING', 'a'));
    expect(p.length).toBe(3);
    expect(await p.execute()).toEqual(['OK', 2, 'int']);
    expect([await a, await b, await c]).toEqual(['OK', 2, 'int']);
    expect(await p.execute()).toEqual([]);
  });

  it('pipeline: a failed member rejects the whole with results per position, and its own promise', async () => {
    const p = redis.pipeline();
    void p.set('a', 'text');
    const bad = p.incr('a');
    void p.get('a');
    const error = await p.execute().catch((e: KvError) => e);
    expect(error).toMatchObject({ code: 'BATCH', results: ['OK', { prefix: 'ERR', command: 'INCR' }, 'text'] });
    await expect(bad).rejects.toMatchObject({ code: 'REPLY' });
  });

  it('pipeline: a member with wrong arguments keeps all from being sent', async () => {
    const p = redis.pipeline();
    void p.set('a', 1);
    void p.set('b', undefined as never);
    await expect(p.execute()).rejects.toMatchObject({ code: 'ARGUMENT' });
    expect(await redis.exists('a')).toBe(0);
  });

  it('sendAll gives a tuple', async () => {
    const [ok, value, count] = await redis.sendAll([set('a', '1'), get('a'), incr('a')]);
    expect([ok, value, count]).toEqual(['OK', '1', 2]);
    await expect(redis.sendAll([set('a', 'x'), incr('a')])).rejects.toMatchObject({ code: 'BATCH' });
    expect(await redis.sendAll([])).toEqual([]);
  });

  it('hand-made commands with arguments that are no text are refused, and harm no one', async () => {
    const wrong = (arg: unknown): Command<string> =>
      new Command(command('APPEND', 'a', 'b').spec, ['a', arg as never], String);
    const others = redis.get('a');
    for (const arg of [5, undefined, null]) {
      await expect(redis.send(wrong(arg))).rejects.toMatchObject({ code: 'ARGUMENT', outcome: 'notSent' });
      await expect(redis.sendAll([set('a', '1'), wrong(arg)])).rejects.toMatchObject({ code: 'ARGUMENT' });
      const p = redis.pipeline();
      void p.send(wrong(arg));
      await expect(p.execute()).rejects.toMatchObject({ code: 'ARGUMENT' });
    }
    expect(await others).toBeNull();
    expect(await redis.get('a')).toBeNull();
    expect([redis.writable, redis.stats().queuedBytes, redis.stats().pending]).toEqual([true, 0, 0]);
  });

  it('sendAll refuses what a shared connection cannot carry', async () => {
    const error = await redis.sendAll([command('SELECT', 1), get('a')]).catch((e: KvError) => e);
    expect(error).toMatchObject({ code: 'BATCH', results: [{ code: 'ARGUMENT' }, null] });
  });

  it('27: multi: results in order, with the transforms of each command', async () => {
    const m = redis.multi();
    void m.hset('h', { f: 'v' });
    const all = m.hgetall('h');
    void m.zadd('z', 1.5, 'm');
    void m.zrange('z', 0, -1, { withscores: true });
    const results = await m.execute();
    expect(results).toEqual([1, { f: 'v' }, 1, [{ member: 'm', score: 1.5 }]]);
    expect(await all).toEqual({ f: 'v' });
  });

  it('28: multi: a member that fails while it runs does not stop the others', async () => {
    const m = redis.multi();
    void m.set('a', 'text');
    void m.incr('a');
    void m.set('b', 1);
    await expect(m.execute()).rejects.toMatchObject({ code: 'BATCH', results: ['OK', { prefix: 'ERR' }, 'OK'] });
    expect(await redis.get('b')).toBe('1');
  });

  it('29: multi: a member that the server refuses aborts all, and the error says which', async () => {
    const m = redis.multi();
    void m.set('a', 1);
    const bad = m.send(command('NOSUCHCOMMAND'));
    const error = await m.execute().catch((e: KvError) => e);
    expect(error).toMatchObject({
      name: 'TransactionAbortedError',
      command: 'EXEC',
      outcome: 'refused',
      prefix: 'EXECABORT',
      refused: [{ index: 1, error: { prefix: 'ERR' } }],
    });
    await expect(bad).rejects.toMatchObject({ name: 'TransactionAbortedError' });
    expect(await redis.exists('a')).toBe(0);
  });

  it('multi: a member with wrong arguments keeps all from being sent, and the next round is a new one', async () => {
    const m = redis.multi();
    const good = m.set('a', 1);
    const first = m.set('b', undefined as never);
    const second = m.expire('b', Number.NaN);
    const error = await m.execute().catch((e: KvError) => e);
    expect(error).toMatchObject({ code: 'ARGUMENT', message: expect.stringContaining('value') });
    expect(await Promise.all([good, first].map((one) => one.catch((e: KvError) => e)))).toEqual([error, error]);
    await expect(second).rejects.toMatchObject({ code: 'ARGUMENT', message: expect.stringContaining('seconds') });
    expect(await redis.exists('a')).toBe(0);
    void m.set('a', 2);
    expect(await m.execute()).toEqual(['OK']);
    expect(await m.execute()).toEqual([]);
  });

  it('pipeline: after a refused round the next one is a new one', async () => {
    const p = redis.pipeline();
    const good = p.set('a', 1);
    void p.set('b', undefined as never);
    const error = await p.execute().catch((e: KvError) => e);
    expect(await good.catch((e: KvError) => e)).toBe(error);
    void p.set('a', 2);
    expect(await p.execute()).toEqual(['OK']);
  });

  it('multi: members that want bytes leave the text of the others alone', async () => {
    await redis.hset('h', { f: 'é' });
    await redis.sadd('s', 'é');
    await redis.set('a', 'é');
    const m = redis.multi();
    void m.dump('a');
    void m.get('a');
    void m.hgetall('h');
    void m.smembers('s');
    void m.hmget('h', 'f', 'none');
    void m.send(command('HGETALL', 'h'));
    void m.send(command('SMEMBERS', 's'));
    void m.strlen('a');
    expect(await m.execute()).toEqual([
      expect.any(Uint8Array),
      'é',
      { f: 'é' },
      ['é'],
      ['é', null],
      protocol === 3 ? new Map([['f', 'é']]) : ['f', 'é'],
      protocol === 3 ? new Set(['é']) : ['é'],
      2,
    ]);
    const all = redis.with({ bytes: true }).multi();
    void all.get('a');
    void all.dump('a');
    expect(await all.execute()).toEqual([new TextEncoder().encode('é'), expect.any(Uint8Array)]);
  });

  it('multi: an error of a member names its command', async () => {
    await redis.set('a', 'text');
    const m = redis.multi();
    const bad = m.lpush('a', 1);
    await expect(m.execute()).rejects.toMatchObject({ results: [{ prefix: 'WRONGTYPE', command: 'LPUSH' }] });
    await expect(bad).rejects.toMatchObject({ command: 'LPUSH', outcome: 'refused' });
  });

  it('multi and pipeline: what would wait on the server is refused', async () => {
    for (const batch of [redis.multi(), redis.pipeline()]) {
      void batch.set('a', 1);
      void batch.xread({ s: '$' }, { block: 10 });
      const error = (await batch.execute().catch((e: unknown) => e)) as BatchError;
      const [refused = error] = (error.results ?? []).filter((one) => one instanceof Error) as Error[];
      expect(refused.message).toContain('XREAD: not allowed on a shared connection');
    }
  });

  it('32: multi: no command of others runs between its members', async () => {
    const rounds = Array.from({ length: 200 }, async (_, i) => {
      const m = redis.multi();
      void m.set('owner', i);
      void m.get('owner');
      const [, owner] = await m.execute();
      return Number(owner) === i;
    });
    const noise = Array.from({ length: 2000 }, () => redis.set('owner', 'somebody else'));
    expect((await Promise.all(rounds)).every(Boolean)).toBe(true);
    await Promise.all(noise);
  });

  it('bytes for one view, text for the other, on the same connection', async () => {
    await redis.set('a', 'é');
    const [text, bytes] = await Promise.all([redis.get('a'), redis.with({ bytes: true }).get('a')]);
    expect(text).toBe('é');
    expect(bytes).toEqual(new TextEncoder().encode('é'));
    expect([redis.bytes, redis.with({ bytes: true }).bytes]).toEqual([false, true]);
  });

  it('26: a rejected member that no one looks at ends nothing', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    const p = redis.pipeline();
    void p.send(command('NOSUCHCOMMAND'));
    await p.execute().catch(() => {});
    const m = redis.multi();
    void m.send(command('NOSUCHCOMMAND'));
    await m.execute().catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});
