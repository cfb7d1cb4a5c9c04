/** EXEC that is refused or answered in an unexpected way: the connection may still be inside MULTI. */
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import type { ScriptedPeer } from '@kv/testkit/scripted-peer';
import { scriptedServer } from '@kv/testkit/scripted-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, createRedis, type KvError, type Multi, type Redis } from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis({ password: 'pw', users: ['app on >secret ~* +@all -exec'] });
});
afterAll(() => server.stop());

const settle = (call: Promise<unknown>): Promise<KvError> =>
  call.then(
    () => 'resolved',
    (error: KvError) => error,
  ) as never;

function oneSet(redis: { multi(): Multi }): Promise<unknown> {
  const multi = redis.multi();
  void multi.set('a', 1);
  return multi.execute();
}

/** Logs in, then answers MULTI, SET and EXEC on the first connection with `answer`; every later GET with its number. */
async function peer(one: ScriptedPeer, protocol: number, answer: string, replaced = false): Promise<void> {
  if (protocol === 3) await one.expect(/[\s\S]*HELLO\r\n\$1\r\n3\r\n/);
  if (protocol === 3) await one.reply('%1\r\n$2\r\nid\r\n:7\r\n');
  await one.expect(/[\s\S]*PING\r\n/);
  await one.reply(protocol === 3 ? '+OK\r\n+OK\r\n+PONG\r\n' : ':7\r\n+OK\r\n+OK\r\n+PONG\r\n');
  if (one.index === 0) {
    await one.expect(/[\s\S]*EXEC\r\n/);
    await one.reply(answer);
    if (replaced) return one.expectEnd();
  }
  await one.expect(/\*2\r\n\$3\r\nGET\r\n\$1\r\na\r\n/);
  await one.reply(`$1\r\n${one.index}\r\n`);
  await one.expectEnd();
}

describe.each([2, 3] as const)('EXEC in RESP%i', (protocol) => {
  const open = (port: number): Redis =>
    createRedis({ host: '127.0.0.1', port }, { protocol, backoff: { min: 1, max: 5 } });

  it('a user who may not call EXEC never leaves the shared connection inside MULTI', async () => {
    const options = { protocol, username: 'app', password: 'secret', backoff: { min: 1, max: 5 } };
    await using redis = createRedis(server.url.replace(/\/\/.*@/, '//'), options);
    await using pool = await createPool(server.url.replace(/\/\/.*@/, '//'), { ...options, maxSize: 1 });
    for (const each of [redis, pool]) {
      expect(await settle(oneSet(each))).toMatchObject({ code: 'REPLY', outcome: 'refused' });
      expect(await each.set('b', 'value')).toBe('OK');
      expect(await each.get('b')).toBe('value');
      expect(await each.get('a')).toBeNull();
    }
    await using session = await redis.session();
    expect(await settle(oneSet(session))).toMatchObject({ code: 'REPLY', outcome: 'refused' });
    await session.release();
    await using next = await redis.session();
    expect(await next.get('b')).toBe('value');
  });

  it.each([
    ['an unknown EXEC', "+OK\r\n+QUEUED\r\n-ERR unknown command 'EXEC'\r\n", { code: 'REPLY', outcome: 'refused' }],
    ['a refusal in other words', '+OK\r\n+QUEUED\r\n-DENIED by proxy\r\n', { code: 'REPLY', outcome: 'refused' }],
    ['EXEC that is queued, too', '+OK\r\n+QUEUED\r\n+QUEUED\r\n', { code: 'PROTOCOL', outcome: 'unknown' }],
    ['EXEC that answers OK', '+OK\r\n+QUEUED\r\n+OK\r\n', { code: 'PROTOCOL', outcome: 'unknown' }],
    ['EXEC that answers a number', '+OK\r\n+QUEUED\r\n:1\r\n', { code: 'PROTOCOL', outcome: 'unknown' }],
    ['MULTI inside of MULTI', '-ERR MULTI calls can not be nested\r\n+QUEUED\r\n-DENIED\r\n', { code: 'REPLY' }],
  ])('the connection is replaced after %s', async (_, answer, error) => {
    await using scripted = await scriptedServer((one) => peer(one, protocol, answer, true));
    await using redis = open(scripted.port);
    expect(await settle(oneSet(redis))).toMatchObject(error);
    expect(await redis.get('a')).toBe('1');
    await redis.close();
  });

  it('the calls behind say that the connection may be inside MULTI, not that bytes were malformed', async () => {
    await using scripted = await scriptedServer((one) => peer(one, protocol, '+OK\r\n+QUEUED\r\n-DENIED\r\n', true));
    await using redis = open(scripted.port);
    const causes: unknown[] = [];
    redis.on('state', ({ cause }) => causes.push(cause));
    await redis.connect();
    const [, behind] = await Promise.all([settle(oneSet(redis)), settle(redis.incr('b'))]);
    expect(behind).toMatchObject({
      code: 'CONNECTION',
      outcome: 'unknown',
      message: 'INCR: EXEC: the connection may still be inside MULTI; it is not known whether it ran',
    });
    expect(causes).toContainEqual(
      expect.objectContaining({ message: 'EXEC: the connection may still be inside MULTI' }),
    );
    expect(await redis.get('a')).toBe('1');
  });

  it.each([
    ['too few results', '*0\r\n'],
    ['too many results', '*2\r\n+OK\r\n+OK\r\n'],
  ])('%s are a ProtocolError for each member and the whole', async (_, exec) => {
    await using scripted = await scriptedServer((one) => peer(one, protocol, `+OK\r\n+QUEUED\r\n${exec}`));
    await using redis = open(scripted.port);
    const multi = redis.multi();
    const member = multi.set('a', 1);
    expect(await settle(multi.execute())).toMatchObject({ code: 'PROTOCOL', command: 'EXEC', outcome: 'unknown' });
    expect(await settle(member)).toMatchObject({ code: 'PROTOCOL' });
    expect(await redis.get('a')).toBe('0');
    await redis.close();
  });

  it('a result of a form that its command never has is a ProtocolError of that member', async () => {
    await using scripted = await scriptedServer((one) =>
      peer(one, protocol, '+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n:5\r\n$1\r\nx\r\n'),
    );
    await using redis = open(scripted.port);
    const multi = redis.multi();
    const all = multi.smembers('h');
    const value = multi.get('b');
    expect(await settle(multi.execute())).toMatchObject({ code: 'BATCH', outcome: 'unknown' });
    expect(await settle(all)).toMatchObject({ code: 'PROTOCOL', command: 'SMEMBERS', outcome: 'unknown' });
    expect(await value).toBe('x');
    await redis.close();
  });
});
