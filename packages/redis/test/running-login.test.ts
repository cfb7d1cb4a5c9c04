import { faultProxy } from '@kv/testkit/fault-proxy';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientNoEvict, set } from '../src/commands/index.ts';
import { ArgumentError, createRedis, type KvError, Redis } from '../src/index.ts';
import { recordedWrites } from './recorded-writes.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis({ users: ['alice on >secret ~* &* +@all', 'bob on >secret ~* &* +@all'] });
});
afterAll(() => server.stop());

const settle = (call: Promise<unknown>): Promise<unknown> => call.catch((error: KvError) => error);

const info = async (redis: Pick<Redis, 'execute'>): Promise<string> => (await redis.execute('CLIENT INFO')) as string;

describe.each([2, 3] as const)('a running client in RESP%i', (protocol) => {
  const client = (options: object = {}): Redis => createRedis(server.url, { protocol, ...options });

  it.each(['one', 'several'] as const)(
    'selects a database in the order of the calls, connections: %s',
    async (connections) => {
      await using redis = client({ connections });
      await redis.flushall();
      const calls = [
        redis.set('a', 'in 0'),
        redis.select(1),
        redis.get('a'),
        redis.set('a', 'in 1'),
        redis.select(0),
        redis.get('a'),
      ];
      expect(await Promise.all(calls)).toEqual(['OK', 'OK', null, 'OK', 'OK', 'in 0']);
    },
  );

  it('has the database on all its connections, those of sessions, blocking commands and later ones too', async () => {
    await using proxy = await faultProxy(server);
    await using redis = createRedis(`redis://127.0.0.1:${proxy.port}`, { protocol, backoff: { min: 1, max: 5 } });
    await redis.flushall();
    await using held = await redis.session();
    await (await redis.session()).release();
    await redis.blpop('none', 0.01);
    await redis.select(2);
    await redis.rpush('list', 'a');
    expect(await redis.blpop('list', 1)).toEqual({ key: 'list', element: 'a' });
    expect([(await redis.session()).db, held.db]).toEqual([2, 0]);
    await held.release();
    expect((await redis.session()).db).toBe(2);
    proxy.cut();
    expect(await info(redis)).toContain(' db=2 ');
  });

  it('stays in its database when the server has no such one, or when it is closed meanwhile', async () => {
    await using redis = client();
    expect(await settle(redis.select(999))).toMatchObject({ code: 'REPLY' });
    expect(await info(redis)).toContain(' db=0 ');
    expect(await settle(redis.select(-1))).toBeInstanceOf(ArgumentError);
  });

  it('takes another name, on every connection', async () => {
    await using redis = client({ name: 'before' });
    await (await redis.session()).release();
    await redis.setName('after');
    expect(await info(redis)).toContain(' name=after ');
    await using session = await redis.session();
    expect(await info(session)).toContain(' name=after ');
    await redis.reconnect();
    expect(await info(redis)).toContain(' name=after ');
    await redis.setName('');
    expect(await info(redis)).toContain(' name= ');
    expect(await settle(redis.setName('two words'))).toMatchObject({ code: 'ARGUMENT' });
  });

  it('logs in as another user; a refused login changes nothing', async () => {
    await using redis = client({ username: 'alice', password: 'secret' });
    expect(await redis.aclWhoami()).toBe('alice');
    const refused = (await settle(redis.auth('bob', 'wrong'))) as KvError;
    expect(refused).toMatchObject({ code: 'REPLY', prefix: 'WRONGPASS' });
    expect(await redis.aclWhoami()).toBe('alice');
    expect(await redis.auth('bob', 'secret')).toBe('OK');
    await using session = await redis.session();
    await redis.reconnect();
    expect([await redis.aclWhoami(), await session.aclWhoami()]).toEqual(['bob', 'bob']);
  });

  it('sends commands of its user at the end of every handshake, and after RESET again', async () => {
    await using redis = client({ handshake: [clientNoEvict(true)] });
    await using session = await redis.session();
    expect([await info(redis), await info(session)]).toEqual(Array(2).fill(expect.stringContaining(' flags=e ')));
    await session.select(3);
    await session.release();
    await using again = await redis.session();
    expect(await info(again)).toMatch(/ flags=e db=0 /);
    expect(redis.stats().connections.sessions.size).toBe(1);
  });

  it('does not use a connection that refuses a command of its handshake', async () => {
    await using redis = client({ handshake: [set('a', 1)], username: 'alice', password: 'secret' });
    await using admin = client();
    await admin.execute('ACL', 'SETUSER', 'alice', '-set');
    expect(await settle(redis.get('a'))).toMatchObject({ code: 'CONNECTION', cause: { prefix: 'NOPERM' } });
    await admin.execute('ACL', 'SETUSER', 'alice', '+set');
  });
});

describe('duplicate()', () => {
  class Mine extends Redis {}

  it('gives a client of the same class with the same options, and with the database, name and login of now', async () => {
    await using redis = createRedis(server.url, {
      client: Mine,
      name: 'first',
      keyPrefix: 'p:',
      username: 'alice',
      password: 'secret',
    });
    await redis.select(4);
    await redis.setName('second');
    await redis.auth('bob', 'secret');
    await using twin = redis.with({ timeout: 1234 }).duplicate();
    await using other = twin.duplicate({ name: 'third', db: 5, keyPrefix: '' });
    expect(twin).toBeInstanceOf(Mine);
    expect(await twin.aclWhoami()).toBe('bob');
    expect(await info(twin)).toMatch(/name=second .* db=4 /);
    expect(await info(other)).toMatch(/name=third .* db=5 /);
    expect([twin.keyPrefix, other.keyPrefix, redis.state, twin === redis]).toEqual(['p:', '', 'ready', false]);
    await redis.close();
    expect(await twin.ping()).toBe('PONG');
  });

  it('reaches the same private server where the client has one', async () => {
    await using redis = createRedis('embedded:');
    await redis.set('a', 1);
    await using twin = redis.duplicate();
    expect(await twin.get('a')).toBe('1');
  });

  it('refuses wrong options', async () => {
    await using redis = createRedis(server.url);
    expect(() => redis.duplicate({ nmae: 'x' } as never)).toThrow(ArgumentError);
  });
});

it('tells the server the name of another library', async () => {
  const { address, connections } = recordedWrites(server.port);
  await using redis = createRedis(address, { library: { name: 'my-lib', version: '1.2' } });
  await redis.ping();
  const said = connections[0]?.join('').replaceAll(/\r\n(\$\d+\r\n)?/g, ' ');
  expect(said).toContain('SETINFO LIB-NAME my-lib ');
  expect(said).toContain('SETINFO LIB-VER 1.2 ');
});

it('options of the handshake are checked', () => {
  const refused = (options: object, message: RegExp): void => {
    expect(() => createRedis('redis://h', options)).toThrow(message);
  };
  refused({ handshake: ['PING'] }, /^handshake\[0\]: expected a command/);
  refused({ handshake: [Object.assign(set('a', 1), { flags: 4 })] }, /^handshake: SET has no place in a handshake/);
  refused({ library: { version: '1' } }, /^library\.name: it is missing/);
  refused({ library: { name: 'two words' } }, /^library\.name: /);
});
