/** Servers and proxies that know less than a new Redis, and those that say more than they should. */
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import type { ScriptedPeer } from '@kv/testkit/scripted-peer';
import { type ScriptedServer, scriptedServer } from '@kv/testkit/scripted-server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createConnection, createPool, createRedis, type KvError } from '../src/index.ts';

let open: RedisServer;
let closed: RedisServer;
beforeAll(async () => {
  open = await startRedis();
  closed = await startRedis({
    password: 'pw',
    users: ['alice on >secret ~* +@all -client', 'bob on nopass ~* +@all -client|unblock'],
  });
});
afterAll(() => Promise.all([open.stop(), closed.stop()]));

const settle = (call: Promise<unknown>): Promise<KvError> =>
  call.then(
    () => 'resolved',
    (error: KvError) => error,
  ) as never;
const quick = { backoff: { min: 1, max: 5 } } as const;

/** One command as it arrives, arguments in clear. */
async function command(peer: ScriptedPeer): Promise<string[]> {
  const header = await peer.expect(/\*\d+\r\n/);
  const count = Number(Buffer.from(header).toString().slice(1));
  const args: string[] = [];
  for (let i = 0; i < count; i++) {
    const size = Number(
      Buffer.from(await peer.expect(/\$\d+\r\n/))
        .toString()
        .slice(1),
    );
    const arg = await peer.expect((arrived) => (arrived.length >= size + 2 ? size + 2 : undefined));
    args.push(Buffer.from(arg).toString('latin1').slice(0, -2));
  }
  return args;
}

/** A server that answers by the name of a command; `undefined` closes. What it is not told of is `+OK`. */
function answering(answers: (args: string[]) => string | undefined): Promise<ScriptedServer> {
  return scriptedServer(async (peer) => {
    try {
      for (;;) {
        const answer = answers(await command(peer));
        if (answer === undefined) return peer.end();
        await peer.reply(answer);
      }
    } catch {
      // the client has gone
    }
  });
}

const plain = ([name = '']: string[]): string =>
  name === 'GET' ? '$5\r\nvalue\r\n' : name === 'PING' ? '+PONG\r\n' : '+OK\r\n';

it.each([
  '-NOPERM this user has no permissions',
  '-DENIED by the proxy',
  '-NOAUTH Authentication required.',
  '-ERR only AUTH is known here',
])('HELLO that is refused with "%s" falls back to RESP2 and AUTH', async (refusal) => {
  const seen: string[] = [];
  await using server = await answering((args) => {
    seen.push(args.join(' '));
    return args[0] === 'HELLO' ? `${refusal}\r\n` : plain(args);
  });
  await using redis = createRedis(`redis://:p@127.0.0.1:${server.port}`, quick);
  expect(await redis.get('a')).toBe('value');
  expect(seen.slice(0, 2)).toEqual(['HELLO 3 AUTH default p', 'AUTH p']);
  await redis.close();
});

it.each(['BUSY Redis is busy running a script', 'LOADING wait'])(
  '"%s" in the handshake is waited for',
  async (word) => {
    for (const protocol of [2, 3] as const) {
      let left = 2;
      await using server = await answering((args) => {
        if (args[0] === 'HELLO' || (protocol === 2 && args[0] === 'PING')) {
          if (left-- > 0) return `-${word}\r\n`;
          if (args[0] === 'HELLO') return '%2\r\n$5\r\nproto\r\n:3\r\n$2\r\nid\r\n:7\r\n';
        }
        return plain(args);
      });
      await using redis = createRedis(`redis://127.0.0.1:${server.port}`, { protocol, ...quick });
      expect(await redis.get('a')).toBe('value');
      expect(server.peers.length).toBe(3);
      await redis.close();
    }
  },
);

it.each(['CLIENT ID', 'CLIENT SETINFO', 'CLIENT'])('a proxy that closes on %s can be used in RESP2', async (word) => {
  await using server = await answering((args) => (args.join(' ').startsWith(word) ? undefined : plain(args)));
  const address = `redis://127.0.0.1:${server.port}`;
  const options = { protocol: 2, ...quick } as const;
  await using redis = createRedis(address, options);
  expect(await redis.get('a')).toBe('value');
  await using pool = await createPool(address, options);
  expect(await pool.get('a')).toBe('value');
  await using connection = await createConnection(address, options);
  expect(await connection.get('a')).toBe('value');
  await Promise.all([redis.close(), pool.close(), connection.close()]);
});

/** What a server does with a command on its n-th connection, from 0. */
type Deed = (name: string, connection: number) => 'answer' | 'close' | 'wait';

/** Connects four times until a GET is answered: whether each connection asked for what it can do without. */
async function asking(deed: Deed): Promise<boolean[]> {
  const asked: boolean[] = [];
  await using server = await scriptedServer(async (peer) => {
    asked[peer.index] = false;
    try {
      for (;;) {
        const args = await command(peer);
        const [name = ''] = args;
        asked[peer.index] ||= name === 'CLIENT';
        const does = deed(name, peer.index);
        if (does === 'close') return peer.end();
        if (does === 'answer') await peer.reply(plain(args));
      }
    } catch {
      // the client has gone
    }
  });
  const times = { ...quick, connectTimeout: 200 };
  await using redis = createRedis(`redis://127.0.0.1:${server.port}`, { protocol: 2, ...times });
  for (let i = 0; i < 4; i++) {
    expect(await redis.get('a')).toBe('value');
    if (i < 3) await redis.reconnect().catch(() => undefined); // the first attempt may be closed
  }
  return asked;
}

it.each<[string, Deed, boolean[]]>([
  [
    'closes on CLIENT is asked once more after the first connection without it, and then not again',
    (name) => (name === 'CLIENT' ? 'close' : 'answer'),
    [true, true, false, true, false, false, false],
  ],
  [
    'went away twice by chance is asked again by the next connection',
    (name, connection) => (name === 'CLIENT' && connection < 2 ? 'close' : 'answer'),
    [true, true, false, true, true, true],
  ],
  [
    'goes away also when it is not asked is asked again at once',
    (_, connection) => (connection < 3 ? 'close' : 'answer'),
    [true, true, false, true, true, true, true],
  ],
])('a server that %s', async (_, deed, asked) => {
  expect(await asking(deed)).toEqual(asked);
});

it('a server that was too slow to log in on some connections is still asked by all of them', async () => {
  const asked = await asking((name, connection) => (name === 'CLIENT' && connection < 3 ? 'wait' : 'answer'));
  expect(asked.length).toBeGreaterThanOrEqual(7); // where the machine is too slow, too, there are more
  expect(asked).not.toContain(false);
});

describe.each([2, 3] as const)('in RESP%i', (protocol) => {
  it('a name that the server refuses is left out; one that no server takes is an ArgumentError', async () => {
    const address = `redis://alice:secret@127.0.0.1:${closed.port}`;
    await using redis = createRedis(address, { protocol, name: 'me' });
    expect(await redis.set('a', 1)).toBe('OK');
    await using pool = await createPool(address, { protocol, name: 'me' });
    expect(await pool.get('a')).toBe('1');
    for (const name of ['my app', 'a\nb', 'größe', '\u0000'])
      expect(() => createRedis(address, { name })).toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
  });

  it('a needless password and an empty one are no obstacle', async () => {
    for (const options of [{ password: '' }, { password: 'needless' }, { credentials: () => ({ password: '' }) }]) {
      await using redis = createRedis(open.url, { protocol, ...options });
      expect(await redis.ping()).toBe('PONG');
    }
    await using redis = createRedis(closed.url.replace(/\/\/.*@/, '//'), { protocol, password: '' });
    expect(await settle(redis.ping())).toMatchObject({ cause: { prefix: 'NOAUTH' } });
  });

  it('a blocking call that cannot be canceled for lack of rights still says why it ended', async () => {
    const redis = createRedis(`redis://bob:x@127.0.0.1:${closed.port}`, { protocol, ...quick });
    const abort = new AbortController();
    const aborted = settle(redis.with({ signal: abort.signal }).blpop('none', 0));
    const late = settle(redis.with({ timeout: 1000 }).blpop('none', 0));
    await vi.waitFor(async () => expect(await redis.info('clients')).toContain('blocked_clients:2\r\n'), 4000);
    abort.abort();
    expect(await late).toMatchObject({ code: 'TIMEOUT', outcome: 'unknown', command: 'BLPOP' });
    expect(await aborted).toMatchObject({ code: 'ABORTED', outcome: 'unknown', command: 'BLPOP' });
    const closing = settle(redis.blpop('none', 0));
    await redis.ping();
    await redis.close();
    expect(await closing).toMatchObject({ code: 'CLOSED' });
  });

  it('a name with the word flags= in it does not end blocking calls', async () => {
    const options = { protocol, name: 'x-flags=N', liveness: { idle: 50, grace: 200 } };
    await using redis = createRedis(open.url, options);
    const popped = redis.blpop('flagged', 0);
    await new Promise((resolve) => setTimeout(resolve, 400));
    await redis.rpush('flagged', 'x');
    expect(await popped).toEqual({ key: 'flagged', element: 'x' });
  });

  it('a server that repeats the password does not bring it into the error', async () => {
    await using server = await answering((args) => {
      if (args[0] === 'HELLO') return `-WRONGPASS for ${args.at(-1)}\r\n`;
      return args[0] === 'AUTH' ? `-ERR invalid password ${args.at(-1)}\r\n` : plain(args);
    });
    const password = 'hunter2-secret';
    await using redis = createRedis(`redis://127.0.0.1:${server.port}`, { protocol, password, ...quick });
    const error = await settle(redis.get('a'));
    const shown = `${error.stack}${(error.cause as Error)?.stack}${JSON.stringify(error)}${JSON.stringify(error.cause)}`;
    expect(shown).not.toContain(password);
    expect(error).toMatchObject({ outcome: 'notSent' });
    await redis.close();
  });

  it('errors show neither control characters nor arguments that the server quotes', async () => {
    await using redis = createRedis(open.url, { protocol });
    await using session = await redis.session();
    const evil = "return redis.error_reply('EVIL \\27[31mred\\27[0m \\226\\128\\174x')";
    expect((await settle(redis.eval(evil))).message).toBe('EVIL red  x');
    expect((await settle(redis.execute('CLIENT', 'hunter2'))).message).not.toContain('hunter2');
    expect((await settle(redis.execute('OBJECT', "hun'ter2", 'k'))).message).not.toContain('ter2');
    expect((await settle(redis.execute('hunter', 'hunter2'))).message).not.toContain('hunter2');
    expect((await settle(session.execute('ACL', 'SETUSER', 'u', '!hunter2'))).message).not.toContain('hunter2');
  });
});
