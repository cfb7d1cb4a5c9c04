import { startRedis } from '@kv/testkit/redis-server';
import { scriptedServer } from '@kv/testkit/scripted-server';
import { describe, expect, it } from 'vitest';
import { createConnection, createPool, createRedis, type KvError } from '../src/index.ts';

const settle = (call: Promise<unknown>): Promise<unknown> => call.catch((error: KvError) => error);

describe('login', () => {
  it('password alone, ACL user, database and name', async () => {
    await using server = await startRedis({ password: 'pass word', users: ['alice on >secret ~* +@all'] });
    const { port } = server;
    await using one = createRedis(`redis://:pass%20word@127.0.0.1:${port}/3?name=me`);
    expect(await one.execute('CLIENT', 'GETNAME')).toBe('me');
    expect(await one.execute('CLIENT', 'INFO')).toContain('db=3');
    await using two = createRedis(`redis://127.0.0.1:${port}`, { username: 'alice', password: 'secret', protocol: 2 });
    expect(await two.execute('ACL', 'WHOAMI')).toBe('alice');
  });

  it.each([2, 3] as const)('a user beside credentials is the one that they are for, RESP%i', async (protocol) => {
    await using server = await startRedis({ users: ['app on >secret ~* +@all', 'other on >secret ~* +@all'] });
    const at = (user: string): string => `redis://${user}127.0.0.1:${server.port}`;
    const password = 'secret';
    for (const [user, address, options] of [
      ['app', at('app@'), { credentials: async () => ({ password }) }],
      ['app', at('app@'), { credentials: { password } }],
      ['app', at(''), { username: 'app', credentials: () => ({ password }) }],
      ['other', at('app@'), { credentials: async () => ({ username: 'other', password }) }],
    ] as const) {
      await using redis = createRedis(address, { protocol, ...options });
      expect(await redis.aclWhoami()).toBe(user);
    }
  });

  it('a wrong password is final, and is not part of the error', async () => {
    await using server = await startRedis({ password: 'right' });
    await using redis = createRedis(`redis://:wrong-secret@127.0.0.1:${server.port}`);
    const error = (await settle(redis.get('a'))) as KvError;
    expect(error.cause).toMatchObject({ code: 'REPLY', prefix: 'WRONGPASS' });
    expect(error.outcome).toBe('notSent');
    expect(`${error.stack}${(error.cause as Error).stack}${JSON.stringify(error)}`).not.toContain('wrong-secret');
    await using none = createRedis(`redis://127.0.0.1:${server.port}`);
    expect((await settle(none.get('a'))) as KvError).toMatchObject({ cause: { prefix: 'NOAUTH' } });
  });

  it('pain 24: credentials are asked once more when they were refused', async () => {
    await using server = await startRedis({ password: 'token-2' });
    let asked = 0;
    const credentials = async (): Promise<{ password: string }> => ({ password: `token-${++asked}` });
    await using redis = createRedis(`redis://127.0.0.1:${server.port}`, { credentials });
    expect(await redis.ping()).toBe('PONG');
    expect(asked).toBe(2);
  });

  it.each([2, 3] as const)(
    'pain 24: every connection asks for credentials at each of its handshakes, RESP%i',
    async (protocol) => {
      await using server = await startRedis({ password: 'token-1' });
      let token = 'token-1';
      let asked = 0;
      const credentials = (): { password: string } => {
        asked++;
        return { password: token };
      };
      const options = { credentials, protocol, backoff: { min: 1, max: 5 } };
      const address = `redis://127.0.0.1:${server.port}`;
      await using redis = createRedis(address, options);
      await using pool = await createPool(address, { ...options, minSize: 2 });
      await redis.ping();
      expect(asked).toBe(3);
      const news = await redis.subscribe('news');
      const slow = await redis.subscribe('slow', { overflow: 'pause' });
      expect(asked).toBe(5); // one connection for both kinds of subscriptions each
      for (const round of [2, 3]) {
        await using admin = createRedis(address, { password: token });
        const gap = Promise.all([news, slow].map((each) => new Promise((resolve) => each.on('gap', resolve))));
        token = `token-${round}`;
        await admin.configSet({ requirepass: token }); // those who are logged in stay so
        const before = asked;
        for (const type of ['pubsub', 'normal']) await admin.execute('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes');
        await gap;
        expect(await redis.ping()).toBe('PONG');
        expect(await pool.execute('PING')).toBe('PONG');
        await using session = await redis.session();
        expect(await session.set('a', 1)).toBe('OK');
        expect(await redis.blpop('none', 0.01)).toBeNull();
        const monitor = redis.monitor();
        let seen = false;
        const monitored = monitor.next().then(() => {
          seen = true;
        });
        while (!seen) await redis.ping();
        await monitored;
        await monitor.return();
        await redis.publish('news', 'x');
        expect((await news.next()).value).toMatchObject({ message: 'x' });
        await redis.publish('slow', 'y');
        expect((await slow.next()).value).toMatchObject({ message: 'y' });
        await using connection = await createConnection(address, options);
        expect(await connection.execute('PING')).toBe('PONG');
        expect(asked).toBeGreaterThanOrEqual(before + 6);
      }
      await news.close();
      await slow.close();
    },
  );

  it('the database is selected again after a lost connection', async () => {
    await using server = await startRedis();
    await using redis = createRedis(`${server.url}/4`);
    await redis.set('a', 'in 4');
    await redis.execute('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no').catch(() => {});
    expect(await redis.get('a')).toBe('in 4');
    expect(await redis.execute('CLIENT', 'INFO')).toContain('db=4');
  });
});

describe('older servers', () => {
  it('HELLO unknown: AUTH and RESP2', async () => {
    await using server = await scriptedServer(async (peer) => {
      await peer.expect('*5\r\n$5\r\nHELLO\r\n$1\r\n3\r\n$4\r\nAUTH\r\n$7\r\ndefault\r\n$1\r\np\r\n');
      await peer.reply("-ERR unknown command 'HELLO'\r\n");
      await peer.expect('*2\r\n$4\r\nAUTH\r\n$1\r\np\r\n');
      await peer.reply('+OK\r\n');
      await peer.expect('*2\r\n$6\r\nCLIENT\r\n$2\r\nID\r\n');
      await peer.expect('*4\r\n$6\r\nCLIENT\r\n$7\r\nSETINFO\r\n$8\r\nLIB-NAME\r\n$2\r\nkv\r\n');
      await peer.expect('*4\r\n$6\r\nCLIENT\r\n$7\r\nSETINFO\r\n$7\r\nLIB-VER\r\n$5\r\n0.0.0\r\n');
      await peer.expect('*1\r\n$4\r\nPING\r\n');
      await peer.reply('-ERR unknown\r\n-ERR unknown subcommand\r\n-ERR unknown subcommand\r\n+PONG\r\n');
      await peer.expect('*2\r\n$3\r\nGET\r\n$1\r\na\r\n');
      await peer.reply('$3\r\nold\r\n');
    });
    await using redis = createRedis(`redis://:p@127.0.0.1:${server.port}`);
    expect(await redis.get('a')).toBe('old');
  });

  it('is not told which library it is, when that is false', async () => {
    await using server = await scriptedServer(async (peer) => {
      await peer.expect('*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n');
      await peer.reply('%1\r\n$2\r\nid\r\n:7\r\n');
      await peer.expect('*1\r\n$4\r\nPING\r\n');
      await peer.reply('+PONG\r\n');
      await peer.expect('*2\r\n$3\r\nGET\r\n$1\r\na\r\n');
      await peer.reply('$1\r\n1\r\n');
    });
    await using redis = createRedis(`redis://127.0.0.1:${server.port}`, { library: false });
    expect(await redis.get('a')).toBe('1');
  });

  it('a server that still loads its data is waited for', async () => {
    let connections = 0;
    await using server = await scriptedServer(async (peer) => {
      const loading = ++connections === 1;
      await peer.expect('*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n');
      await peer.reply('%1\r\n$2\r\nid\r\n:7\r\n');
      await peer.expect(/[\s\S]*LIB-NAME[\s\S]*LIB-VER[\s\S]*\*1\r\n\$4\r\nPING\r\n/);
      await peer.reply(loading ? '+OK\r\n+OK\r\n-LOADING wait\r\n' : '+OK\r\n+OK\r\n+PONG\r\n');
      if (loading) return;
      await peer.expect('*2\r\n$3\r\nGET\r\n$1\r\na\r\n');
      await peer.reply('$5\r\nready\r\n');
    });
    await using redis = createRedis(`redis://127.0.0.1:${server.port}`);
    expect(await redis.get('a')).toBe('ready');
    expect(connections).toBe(2);
  });
});
