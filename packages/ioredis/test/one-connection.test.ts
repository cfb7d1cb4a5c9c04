/** Commands that change the connection, or ask for it, mean the one connection of the client. */
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { scriptedServer } from '@kv/testkit/scripted-server';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Redis, type RedisOptions } from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis({ users: ['alice on >secret ~* +@all', 'open on nopass ~* +@all'] });
});
afterAll(() => server.stop());

function client(options: RedisOptions = {}): Redis {
  const redis = new Redis({ port: server.port, host: '127.0.0.1', ...options });
  onTestFinished(() => redis.disconnect());
  return redis;
}

describe.each([2, 3] as const)('RESP%i', (protocol) => {
  it('CLIENT TRACKING, CACHING and NO-EVICT change the connection of all calls', async () => {
    const redis = client({ protocol });
    expect(await redis.client('TRACKING', 'ON', 'OPTIN')).toBe('OK');
    expect(await redis.client('CACHING', 'YES')).toBe('OK');
    expect(await redis.client('NO-EVICT', 'ON')).toBe('OK');
    expect(await redis.client('TRACKINGINFO')).toEqual(expect.arrayContaining([expect.arrayContaining(['optin'])]));
    expect(await redis.client('INFO')).toMatch(/ flags=\S*t/);
  });

  it('keys that are tracked and change do not disturb other replies', async () => {
    const redis = client({ protocol });
    await redis.client('TRACKING', 'ON');
    await redis.get('tracked');
    await client().set('tracked', 1);
    const replies = await Promise.all([redis.get('tracked'), redis.incr('tracked'), redis.get('tracked')]);
    expect(replies).toEqual(['1', 2, '2']);
  });

  it('HELLO tells of the connection, and WAIT counts the replicas that have its writes', async () => {
    const redis = client({ protocol });
    const hello = (await redis.hello()) as unknown[];
    expect(hello[hello.indexOf('proto') + 1]).toBe(protocol);
    expect(await redis.hello(protocol)).toEqual(expect.arrayContaining(['server', 'redis']));
    await redis.set('a', 1);
    expect(await redis.wait(0, 10)).toBe(0);
  });
});

it('RESET, which would lose login and database, is refused', async () => {
  await expect(client().reset()).rejects.toMatchObject({ code: 'ARGUMENT' });
});

it('disableClientInfo keeps the name of the library from the server', async () => {
  await using scripted = await scriptedServer(async (peer) => {
    await peer.expect('*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n');
    await peer.reply('%1\r\n$2\r\nid\r\n:7\r\n');
    await peer.expect('*1\r\n$4\r\nPING\r\n');
    await peer.reply('+PONG\r\n');
    await peer.expect('*2\r\n$3\r\nGET\r\n$1\r\na\r\n');
    await peer.reply('$1\r\n1\r\n');
  });
  const redis = client({ port: scripted.port, disableClientInfo: true });
  expect(await redis.get('a')).toBe('1');
});

it('a username without a password is a login with an empty one', async () => {
  expect(await client({ username: 'open' }).acl('WHOAMI')).toBe('open');
  const refused = client({ username: 'alice', retryStrategy: () => null });
  await expect(refused.get('a')).rejects.toThrow('Connection is closed');
});

it('counts of subscriptions are text with stringNumbers', async () => {
  const redis = client({ stringNumbers: true });
  expect([await redis.subscribe('a', 'b'), await redis.unsubscribe()]).toEqual(['2', '0']);
});

it('commands of newer servers have methods', async () => {
  const redis = client();
  const names = ['msetex', 'vadd', 'blmovem', 'delex', 'xackdel'];
  expect(names.filter((name) => !(name in redis && `${name}Buffer` in redis && name in redis.pipeline()))).toEqual([]);
  await expect(redis.msetex(2, 'a', '1', 'b', '2')).rejects.toThrow('unknown command');
});
