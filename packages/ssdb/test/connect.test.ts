import { startEmbedded } from '@kv/embedded';
import { encodeCommand } from '@kv/ssdb-parser';
import { faultProxy, MemoryServer } from '@kv/testkit';
import { describe, expect, test } from 'vitest';
import { get } from '../src/commands/index.ts';
import { command, createConnection, createPool, createSsdb } from '../src/index.ts';
import { greeting } from './greeting.ts';

const PASSWORD = '0123456789abcdefghijklmnopqrstuvwxyz';

describe('passwords', () => {
  test('are said first on every connection', async () => {
    const server = new MemoryServer();
    const ssdb = createSsdb(
      { connect: server.connect },
      { connections: 1, password: PASSWORD, backoff: { min: 0, max: 0 } },
    );
    for (const key of ['a', 'b']) {
      const call = ssdb.get(key);
      const peer = await server.next();
      await peer.take(encodeCommand('auth', PASSWORD));
      peer.send(encodeCommand('ok', '1'));
      await peer.take(encodeCommand('get', key));
      peer.send(encodeCommand('ok', key));
      expect(await call).toBe(key);
      peer.close();
    }
    await ssdb.close();
  });

  test('can come from the URL, or from a function that is asked each time', async () => {
    await using embedded = await startEmbedded({ ssdb: { port: 0, passwords: [PASSWORD] } });
    const { port } = embedded.ssdb ?? {};
    await using byUrl = createSsdb(`ssdb://:${PASSWORD}@127.0.0.1:${port}`);
    expect(await byUrl.set('a', 1)).toBe(true);
    let asked = 0;
    const password = async () => {
      asked++;
      return PASSWORD;
    };
    await using pool = await createPool({ port: port as number }, { minSize: 3, password });
    expect(await pool.get('a')).toBe('1');
    expect(asked).toBe(3);
  });

  test('pain 24: a function is asked on every connection, and once more when what it gave has expired', async () => {
    await using embedded = await startEmbedded({ ssdb: { port: 0, passwords: [PASSWORD] } });
    const passwords = ['expired', PASSWORD, 'expired again', PASSWORD, PASSWORD];
    await using proxy = await faultProxy({ port: embedded.ssdb.port as number });
    const options = { connections: 1, password: () => passwords.shift() ?? 'none', backoff: { min: 0, max: 0 } };
    await using ssdb = createSsdb({ port: proxy.port }, options);
    expect(await ssdb.set('a', 1)).toBe(true);
    expect(passwords).toHaveLength(3);
    proxy.cut();
    await proxy.connected(2);
    expect(await ssdb.get('a')).toBe('1');
    expect(passwords).toHaveLength(1);
    const dumped: unknown[] = [];
    for await (const { key } of ssdb.dump()) dumped.push(key);
    expect([dumped.length > 0, passwords.length]).toEqual([true, 0]);
    const second = createSsdb({ port: proxy.port }, { password: () => 'never right' });
    await expect(second.connect()).rejects.toMatchObject({ name: 'AuthenticationError' });
    await second.close();
  });

  test('that are wrong end the connect for good, and are in no message', async () => {
    await using embedded = await startEmbedded({ ssdb: { port: 0, passwords: [PASSWORD] } });
    const address = { port: embedded.ssdb.port as number };
    const password = 'wrong-password';
    const refused = { code: 'REPLY', name: 'AuthenticationError', status: 'error' };
    await expect(createConnection(address, { password })).rejects.toMatchObject(refused);
    await expect(createPool(address, { password })).rejects.toMatchObject(refused);
    const ssdb = createSsdb(address, { password });
    await expect(ssdb.connect()).rejects.toMatchObject(refused);
    await expect(ssdb.get('a')).rejects.toThrow(expect.not.stringContaining(password));
    await ssdb.close();
  });

  test('that are missing refuse every command, and can be said on a connection', async () => {
    await using embedded = await startEmbedded({ ssdb: { port: 0, passwords: [PASSWORD] } });
    await using connection = await createConnection(embedded.ssdb.url);
    await expect(connection.get('a')).rejects.toMatchObject({ name: 'AuthenticationError', status: 'noauth' });
    await expect(connection.auth('nonsense')).rejects.toMatchObject({ name: 'AuthenticationError' });
    expect(await connection.auth(PASSWORD)).toBe(true);
    expect(await connection.get('a')).toBeNull();
  });
});

test('a read-only server', async () => {
  await using embedded = await startEmbedded({ ssdb: { port: 0, readonly: true } });
  await using ssdb = createSsdb(embedded.ssdb.url);
  await expect(ssdb.set('a', 1)).rejects.toMatchObject({
    name: 'ReadonlyError',
    status: 'client_error',
    outcome: 'refused',
  });
  expect(await ssdb.get('a')).toBeNull();
});

describe('addresses and options', () => {
  test.each([
    ['ssdb://user:x@localhost', {}, 'address: SSDB has passwords but no users'],
    ['ssdb://localhost/3', {}, 'address: SSDB has no databases, expected no path'],
    ['redis://localhost', {}, 'address: unknown scheme redis:'],
    ['ssdb://localhost?nonsense=1', {}, 'nonsense: unknown option in the URL'],
    ['ssdb://localhost?timeout=soon', {}, 'timeout: expected milliseconds'],
    ['ssdb://localhost', { connections: 0 }, 'connections: expected a whole number, 1 or more'],
    ['ssdb://localhost', { password: 7 }, 'password: expected text or a function'],
    ['ssdb://localhost', { minSize: 1 }, 'minSize: unknown option in the options'],
  ])('%s with %j is refused', (address, options, message) => {
    expect(() => createSsdb(address, options as object)).toThrow(message);
  });

  test('a refused argument names its command, on the client and in a pipeline', async () => {
    await using ssdb = createSsdb();
    await expect(ssdb.multiGet('')).rejects.toMatchObject({ code: 'ARGUMENT', command: 'multi_get' });
    const pipeline = ssdb.pipeline();
    void pipeline.zset('z', '', 1);
    await expect(pipeline.execute()).rejects.toMatchObject({ code: 'ARGUMENT', command: 'zset' });
  });

  test('a pool with more kept connections than allowed is refused', async () => {
    await expect(createPool(undefined, { minSize: 11 })).rejects.toThrow('minSize: expected at most maxSize');
  });

  test('the address is known, without the password', async () => {
    await using ssdb = createSsdb('ssdb://:secret@127.0.0.1:8889?timeout=100&connections=2');
    expect(ssdb.address).toBe('127.0.0.1:8889');
    expect(createSsdb().address).toBe('127.0.0.1:8888');
    expect(createSsdb('ssdb+unix:///run/ssdb.sock').address).toBe('/run/ssdb.sock');
  });

  test('a server of its own in the process, or one that is shared by name', async () => {
    await using own = createSsdb('embedded:');
    await using other = createSsdb('embedded:');
    await own.set('a', 1);
    expect(await other.get('a')).toBeNull();
    await using first = createSsdb('embedded:connect-test');
    await using second = createSsdb('embedded:connect-test');
    await first.set('a', 1);
    expect(await second.get('a')).toBe('1');
  });
});

describe('commands that a shared connection cannot carry', () => {
  test.each([
    ['auth', 'use the password option'],
    ['ignore_key_range', 'use createConnection()'],
    ['dump', 'use dump() of a client'],
    ['sync140', 'use sync140() of a client'],
  ])('%s: %s', async (name, instead) => {
    await using ssdb = createSsdb('embedded:');
    const refused = { code: 'ARGUMENT', outcome: 'notSent', message: expect.stringContaining(instead) };
    await expect(ssdb.execute(name, 'x')).rejects.toMatchObject(refused);
    await expect(ssdb.sendAll([command(name, 'x')])).rejects.toMatchObject({
      code: 'BATCH',
      results: [expect.objectContaining(refused)],
    });
  });
});

describe('several connections', () => {
  test('what is called on one key takes one of them, in the order of the calls', async () => {
    await using ssdb = createSsdb('embedded:');
    const keys = Array.from({ length: 200 }, (_, i) => `schlüssel ${i}`);
    const calls = keys.map((key) => {
      const name = new TextEncoder().encode(key);
      void ssdb.set(key, 1);
      void ssdb.incr(name, 41);
      return [ssdb.get(key), ssdb.hincr(key, 'f'), ssdb.hincr(name, 'f')];
    });
    expect(await Promise.all(calls.map((three) => Promise.all(three)))).toEqual(keys.map(() => ['42', 1, 2]));
    expect(ssdb.stats().connections.shared.size).toBe(8);
  });

  test('a pipeline takes one of them, whatever its keys are', async () => {
    await using ssdb = createSsdb('embedded:');
    const p = ssdb.pipeline();
    for (let i = 0; i < 100; i++) void p.set(`key ${i}`, i);
    void p.keys('', '', -1);
    expect((await p.execute()).at(-1)).toHaveLength(100);
    expect(ssdb.stats().connections.shared.size).toBe(1);
  });
});

test('a pipeline is empty once it was sent, and can be filled again', async () => {
  await using ssdb = createSsdb('embedded:');
  const p = ssdb.pipeline();
  void p.incr('a');
  expect(await p.execute()).toEqual([1]);
  expect(p.length).toBe(0);
  void p.get('a');
  expect(await p.execute()).toEqual(['1']);
});

describe('leases', () => {
  test('are connections for exclusive use, and come back unless their state was changed', async () => {
    await using pool = await createPool('embedded:', { minSize: 1, maxSize: 2 });
    const lease = await pool.acquire();
    expect(pool.freeSize).toBe(0);
    await lease.set('a', 1);
    pool.release(lease);
    await expect.poll(() => pool.freeSize).toBe(1);
    await expect(lease.get('a')).rejects.toMatchObject({ code: 'CLOSED' });
    {
      await using other = await pool.acquire();
      expect(await other.get('a')).toBe('1');
      await other.ignoreKeyRange();
    }
    expect(pool.size).toBeLessThanOrEqual(1);
    expect(await pool.get('a')).toBe('1');
  });

  test('one that lifted the key range is not given to anybody else', async () => {
    await using pool = await createPool('embedded:', { maxSize: 1 });
    await pool.setKvRange('', 'm');
    {
      await using lease = await pool.acquire();
      await lease.ignoreKeyRange();
      expect(await lease.set('z', 1)).toBe(true);
    }
    await expect(pool.set('z', 2)).rejects.toMatchObject({ name: 'KeyRangeError', status: 'out_of_range' });
  });

  test('what is no command is refused, not thrown, and nothing is sent', async () => {
    await using ssdb = createSsdb('embedded:');
    const refused = {
      code: 'ARGUMENT',
      outcome: 'notSent',
      message: expect.stringMatching(/^commands?(\[1\])?: expected/),
    };
    for (const wrong of [undefined, 'get', get, {}] as never[]) {
      await expect(ssdb.send(wrong)).rejects.toMatchObject(refused);
      await expect(ssdb.sendAll([get('k'), wrong])).rejects.toMatchObject(refused);
    }
    await expect(ssdb.sendAll(undefined as never)).rejects.toMatchObject(refused);
    const batch = ssdb.pipeline();
    await expect(batch.send(get as never)).rejects.toMatchObject(refused);
    await expect(batch.execute()).rejects.toMatchObject(refused);
  });

  test('a key that is too long with its prefix is refused, and all of its batch', async () => {
    await using ssdb = createSsdb('embedded:', { keyPrefix: 'shop:' });
    const long = 'k'.repeat(253);
    const p = ssdb.pipeline();
    const good = p.set('a', 1);
    await expect(p.send(get(long))).rejects.toMatchObject({ code: 'ARGUMENT', outcome: 'notSent' });
    await expect(p.execute()).rejects.toMatchObject({ code: 'ARGUMENT' });
    await expect(good).rejects.toMatchObject({ code: 'ARGUMENT' });
    expect(await ssdb.exists('a')).toBe(false);
    await expect(ssdb.send(get(long))).rejects.toMatchObject({ code: 'ARGUMENT' });
  });

  test('with a prefix, a raw call of an unknown command is refused: no one knows where its keys are', async () => {
    const server = new MemoryServer({ greeting });
    await using ssdb = createSsdb({ connect: server.connect }, { keyPrefix: 'shop:' });
    const refused = { code: 'ARGUMENT', outcome: 'notSent', command: 'future_get' };
    await expect(ssdb.execute('future_get', 'k')).rejects.toMatchObject(refused);
    await expect(ssdb.sendAll([command('future_get', 'k')])).rejects.toMatchObject(refused);
    const p = ssdb.pipeline();
    await expect(p.send(command('future_get', 'k'))).rejects.toMatchObject(refused);
    await expect(p.execute()).rejects.toMatchObject(refused);
    const plain = ssdb.with({ keyPrefix: '' }).execute('future_get', 'k');
    const peer = await server.next();
    await peer.take(encodeCommand('future_get', 'k'));
    peer.send('2\nok\n\n');
    expect(await plain).toEqual({ status: 'ok', body: [] });
  });

  test('wrong arguments reject, they do not throw', async () => {
    await using ssdb = createSsdb('embedded:');
    await expect(ssdb.get('')).rejects.toMatchObject({ code: 'ARGUMENT', outcome: 'notSent' });
    await expect(ssdb.pipeline().setx('a', 1, 0)).rejects.toMatchObject({ code: 'ARGUMENT' });
    const p = ssdb.pipeline();
    const good = p.set('a', 1);
    void p.get('');
    await expect(p.execute()).rejects.toMatchObject({ code: 'ARGUMENT' });
    await expect(good).rejects.toMatchObject({ code: 'ARGUMENT' });
    expect(await ssdb.exists('a')).toBe(false);
  });
});

test('closing waits for replies, and sends nothing afterwards', async () => {
  const server = new MemoryServer({ greeting });
  const ssdb = createSsdb({ connect: server.connect });
  const call = ssdb.get('a');
  const peer = await server.next();
  await peer.take(encodeCommand('get', 'a'));
  const closed = ssdb.close();
  await expect(ssdb.get('b')).rejects.toMatchObject({ code: 'CLOSED', outcome: 'notSent' });
  expect(peer.ended).toBe(false);
  peer.send(encodeCommand('ok', '1'));
  expect(await call).toBe('1');
  await closed;
  expect(peer.ended).toBe(true);
});

test('connect() on the port of a server with another protocol rejects: an open socket is no ready connection', async () => {
  await using embedded = await startEmbedded({ redis: { port: 0 } });
  const ssdb = createSsdb({ port: embedded.redis.port });
  await expect(ssdb.connect()).rejects.toMatchObject({ code: 'PROTOCOL' });
  await expect(createPool({ port: embedded.redis.port })).rejects.toMatchObject({ code: 'PROTOCOL' });
  await ssdb.close({ timeout: 0 });
});

test('a request over 128 MiB is refused before a byte of it is sent', async () => {
  await using embedded = await startEmbedded({ ssdb: { port: 0 } });
  await using ssdb = createSsdb(embedded.ssdb.url, { maxQueueBytes: 2 ** 30, retry: 'always' });
  const large = new Uint8Array(128 * 1024 * 1024);
  await expect(ssdb.set('k', large)).rejects.toMatchObject({ code: 'ARGUMENT', outcome: 'notSent', attempts: 0 });
  expect(await ssdb.get('k')).toBeNull();
});
