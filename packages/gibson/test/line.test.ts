/** What happens on a connection: one request at a time, nothing answered by somebody else's reply. */
import { createConnection, createGibson, createPool, isKvError } from '@kv/gibson';
import { get, inc, set } from '@kv/gibson/commands';
import { MemoryServer } from '@kv/testkit';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { answering, greeting, list, notFound, number, ok, plain, request } from './frames.ts';

vi.mock('../../core/src/timers.ts', () => import('@kv/testkit/faked-timers'));

/** The parts of an error that users decide by. */
async function failure(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  const error: unknown = await promise.then(
    (value) => new Error(`it resolved to ${String(value)}`),
    (reason: unknown) => reason,
  );
  if (!isKvError(error)) throw error;
  const { name, code, outcome, command, attempts } = error;
  return { name, code, outcome, command, attempts };
}

afterEach(() => {
  vi.useRealTimers();
});

test('a refused argument names its command', async () => {
  await using gibson = createGibson();
  await expect(gibson.mget('')).rejects.toMatchObject({ code: 'ARGUMENT', outcome: 'notSent', command: 'MGET' });
});

describe('one request at a time', () => {
  test('is in flight on a connection, each in one write', async () => {
    const server = new MemoryServer({ greeting });
    await using gibson = createGibson({ connect: server.connect }, { maxSize: 1 });
    const values = Promise.all([gibson.get('a'), gibson.get('b'), gibson.set('c', 'größe')]);
    const peer = await server.next();
    await peer.take(request('GET', 'a'));
    expect(peer.unread).toBe('');
    peer.send(plain('1'));
    await peer.take(request('GET', 'b'));
    expect(peer.unread).toBe('');
    peer.send(plain('2'));
    await peer.take(request('SET', '0', 'c', 'größe'));
    peer.send(plain('größe'));
    expect(await values).toEqual(['1', '2', 'OK']);
    expect(peer.writes).toEqual([7, 7, request('SET', '0', 'c', 'größe').length]);
    expect(server.peers).toHaveLength(1);
  });

  test('further ones take further connections, up to maxSize', async () => {
    const server = new MemoryServer({ greeting });
    await using gibson = createGibson({ connect: server.connect }, { maxSize: 3 });
    const values = Promise.all(['a', 'b', 'c', 'd', 'e'].map((key) => gibson.get(key)));
    const peers = [await server.next(), await server.next(), await server.next()];
    for (const [index, key] of ['a', 'b', 'c'].entries()) await peers[index]?.take(request('GET', key));
    peers[1]?.send(plain('B'));
    await peers[1]?.take(request('GET', 'd'));
    peers[2]?.send(plain('C'));
    await peers[2]?.take(request('GET', 'e'));
    peers[0]?.send(plain('A'));
    peers[1]?.send(plain('D'));
    peers[2]?.send(plain('E'));
    expect(await values).toEqual(['A', 'B', 'C', 'D', 'E']);
    expect(server.attempts).toBe(3);
  });

  test('a reply may come in any pieces', async () => {
    const server = new MemoryServer({ greeting });
    await using connection = await createConnection({ connect: server.connect });
    const peer = await server.next();
    const value = connection.mget('k');
    await peer.take(request('MGET', 'k'));
    peer.send(
      ...Array.from(
        list([
          ['k1', 'v1'],
          ['k2', 'v2'],
        ]),
        (byte) => Buffer.of(byte),
      ),
    );
    expect([...(await value)]).toEqual([
      ['k1', 'v1'],
      ['k2', 'v2'],
    ]);
  });
});

describe('batches', () => {
  test('are one write, and the next one waits for all replies', async () => {
    const server = new MemoryServer({ greeting });
    await using gibson = createGibson({ connect: server.connect }, { maxSize: 1, batch: { commands: 3 } });
    await gibson.connect();
    const peer = await server.next();
    const values = gibson.sendAll([get('a'), inc('b'), set('c', 'C'), get('d')]);
    const first = Buffer.concat([request('GET', 'a'), request('INC', 'b'), request('SET', '0', 'c', 'C')]);
    await peer.take(first);
    expect(peer.writes).toEqual([first.length]);
    peer.send(plain('A'), number(1));
    await Promise.resolve();
    expect(peer.unread).toBe('');
    peer.send(plain('C'));
    await peer.take(request('GET', 'd'));
    peer.send(notFound);
    expect(await values).toEqual(['A', 1, 'OK', null]);
  });

  test('keep to their bytes, and a larger command goes alone', async () => {
    const server = answering((_, payload) => plain(payload.subarray(payload.lastIndexOf(0x20) + 1).toString()));
    await using gibson = createGibson({ connect: server.connect }, { maxSize: 1, batch: { bytes: 200 } });
    await gibson.connect();
    const long = 'ü'.repeat(300);
    const values = [long, ...Array.from({ length: 20 }, (_, index) => 'ü'.repeat(index + 1)), long];
    expect(await Promise.all(values.map((value) => gibson.set('k', value)))).toEqual(values.map(() => 'OK'));
    const { writes } = await server.next();
    expect(writes.filter((size) => size > 200)).toEqual([
      request('SET', '0', 'k', long).length,
      request('SET', '0', 'k', long).length,
    ]);
    expect(writes.length).toBeLessThan(values.length);
  });
});

describe('a reply that comes too late', () => {
  test.each(['abort', 'timeout'])(
    'after %s never answers the next request: the connection is replaced',
    async (how) => {
      const server = new MemoryServer({ greeting });
      await using gibson = createGibson({ connect: server.connect }, { maxSize: 1 });
      const controller = new AbortController();
      const patience = how === 'abort' ? { signal: controller.signal } : { timeout: 30 };
      const impatient = failure(gibson.with(patience).get('mine'));
      const first = await server.next();
      await first.take(request('GET', 'mine'));
      controller.abort();
      const name = how === 'abort' ? 'AbortedError' : 'TimeoutError';
      expect(await impatient).toMatchObject({ name, outcome: 'unknown', command: 'GET', attempts: 1 });
      const other = gibson.get('other');
      first.send(plain('late'));
      const second = await server.next();
      expect(first.closed).toBe(true);
      await second.take(request('GET', 'other'));
      second.send(plain('right'));
      expect(await other).toBe('right');
    },
  );

  test('on a raw connection ends it', async () => {
    const server = new MemoryServer({ greeting });
    await using connection = await createConnection({ connect: server.connect });
    const peer = await server.next();
    const controller = new AbortController();
    const impatient = failure(connection.with({ signal: controller.signal }).inc('n'));
    await peer.take(request('INC', 'n'));
    controller.abort();
    expect(await impatient).toMatchObject({ code: 'ABORTED', outcome: 'unknown' });
    expect(connection.closed).toBe(true);
    expect(await failure(connection.get('other'))).toMatchObject({ code: 'CONNECTION', outcome: 'notSent' });
    expect(server.attempts).toBe(1);
  });
});

test('a raw connection that was lost is not made again', async () => {
  vi.useFakeTimers();
  const server = new MemoryServer({ greeting });
  const connection = await createConnection({ connect: server.connect });
  (await server.next()).close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([connection.closed, server.attempts]).toEqual([true, 1]);
});

describe('a connection that is lost with a request on its way', () => {
  test('is replaced, and what only reads is asked again', async () => {
    const server = new MemoryServer({ greeting });
    await using gibson = createGibson({ connect: server.connect }, { maxSize: 1 });
    const value = gibson.mget('k');
    const first = await server.next();
    await first.take(request('MGET', 'k'));
    first.close();
    const second = await server.next();
    await second.take(request('MGET', 'k'));
    second.send(list([['k', 'v']]));
    expect([...(await value)]).toEqual([['k', 'v']]);
  });

  test.each(['inc', 'dec', 'minc', 'mdec'] as const)('%s is not repeated: its outcome is unknown', async (method) => {
    const server = new MemoryServer({ greeting });
    await using gibson = createGibson({ connect: server.connect }, { maxSize: 1 });
    const lost = failure(gibson.with({ retry: 'idempotent' })[method]('n'));
    const peer = await server.next();
    await peer.take(request(method, 'n'));
    peer.close();
    expect(await lost).toMatchObject({ code: 'CONNECTION', outcome: 'unknown', command: method.toUpperCase() });
  });

  test('after any byte of a reply: an inc is unknown, a get is answered by the next connection', async () => {
    const server = new MemoryServer({ greeting });
    await using gibson = createGibson({ connect: server.connect }, { maxSize: 1, backoff: { min: 0, max: 0 } });
    const answer = number(7);
    for (let cut = 0; cut < answer.length; cut++) {
      const counted = failure(gibson.inc('n'));
      const first = await server.next();
      await first.take(request('INC', 'n'));
      first.send(answer.subarray(0, cut));
      first.close();
      expect(await counted).toMatchObject({ code: 'CONNECTION', outcome: 'unknown', attempts: 1 });
      const value = gibson.get('n');
      const second = await server.next();
      await second.take(request('GET', 'n'));
      second.send(answer.subarray(0, cut));
      second.close();
      const third = await server.next();
      await third.take(request('GET', 'n'));
      third.send(answer);
      expect(await value).toBe('7');
      third.close();
    }
  });

  test('set and del are repeated when that is asked for', async () => {
    const server = new MemoryServer({ greeting });
    await using gibson = createGibson({ connect: server.connect }, { maxSize: 1, retry: 'idempotent' });
    const done = gibson.set('k', 'v');
    const first = await server.next();
    await first.take(request('SET', '0', 'k', 'v'));
    first.close();
    const second = await server.next();
    await second.take(request('SET', '0', 'k', 'v'));
    second.send(plain('v'));
    expect(await done).toBe('OK');
  });
});

describe('arguments that the server would misread', () => {
  test('reject, and not even a connection is made', async () => {
    const server = new MemoryServer({ greeting });
    await using gibson = createGibson(
      { connect: server.connect },
      { maxKeySize: 20, maxValueSize: 30, maxRequestSize: 40 },
    );
    const x = 'x'.repeat(40);
    const calls = [
      gibson.get('a b'),
      gibson.set('k', ''),
      gibson.set('k', 'v', { ttl: 40_000 }),
      gibson.mset('', 'v'),
      gibson.lock('k', 0),
      gibson.mget('k', { limit: 0 }),
      gibson.get(x.slice(0, 20)),
      gibson.set(x.slice(0, 19), 'v'),
      gibson.set('k', x.slice(0, 31)),
      gibson.set(x.slice(0, 17), x.slice(0, 20)),
      gibson.execute('SET', '0', 'k'),
      gibson.execute('NOPE'),
      gibson.sendAll([get('fine'), get(x)]),
      gibson.with({ keyPrefix: 'much-too-long-prefix' }).get('k'),
    ];
    for (const call of calls) expect(await failure(call)).toMatchObject({ code: 'ARGUMENT', outcome: 'notSent' });
    expect(server.attempts).toBe(0);
  });
});

describe('wrong calls', () => {
  test('what is no command is refused, not thrown, and nothing is sent', async () => {
    await using gibson = createGibson('embedded:');
    const refused = {
      code: 'ARGUMENT',
      outcome: 'notSent',
      message: expect.stringMatching(/^commands?(\[1\])?: expected/),
    };
    for (const wrong of [undefined, 'get', get, {}] as never[]) {
      await expect(gibson.send(wrong)).rejects.toMatchObject(refused);
      await expect(gibson.sendAll([get('k'), wrong])).rejects.toMatchObject(refused);
    }
    await expect(gibson.sendAll(undefined as never)).rejects.toMatchObject(refused);
  });
});

describe('what the server says', () => {
  test('a value that was cut is an error, and the connection goes on', async () => {
    const server = new MemoryServer({ greeting });
    await using connection = await createConnection({ connect: server.connect });
    const peer = await server.next();
    const cut = failure(connection.set('k', 'long value'));
    await peer.take(request('SET', '0', 'k', 'long value'));
    peer.send(plain('long'));
    expect(await cut).toEqual({
      name: 'ValueCutError',
      code: 'REPLY',
      outcome: 'unknown',
      command: 'SET',
      attempts: 1,
    });
    const pong = connection.ping();
    await peer.take(request('PING'));
    peer.send(ok);
    expect(await pong).toBe('OK');
  });

  test('a short MGET is asked again once, on the same connection', async () => {
    const server = new MemoryServer({ greeting });
    await using gibson = createGibson({ connect: server.connect });
    const values = gibson.mget('k', { limit: 9 });
    const peer = await server.next();
    await peer.take(request('MGET', 'k', '9'));
    peer.send(list([['k1', 'v1']], 2));
    await peer.take(request('MGET', 'k', '9'));
    peer.send(list([['k3', 'v3']], 2));
    expect([...(await values)]).toEqual([['k3', 'v3']]);
    expect(peer.unread).toBe('');
  });

  test('bytes without a request, and bytes that are no reply, end the connection', async () => {
    const server = new MemoryServer({ greeting });
    await using gibson = createGibson({ connect: server.connect }, { maxSize: 1 });
    await gibson.connect();
    const first = await server.next();
    first.send(plain('nobody asked'));
    expect(first.closed).toBe(true);
    const bad = failure(gibson.inc('n'));
    const second = await server.next();
    await second.take(request('INC', 'n'));
    second.send(Buffer.from('HTTP/1.1 400 Bad Request\r\n'));
    expect(await bad).toMatchObject({ outcome: 'unknown', command: 'INC' });
    expect(second.closed).toBe(true);
  });

  test('a reply over the limits ends the connection', async () => {
    const server = new MemoryServer({ greeting });
    await using connection = await createConnection({ connect: server.connect }, { limits: { bulkLength: 4 } });
    const peer = await server.next();
    const small = connection.get('k');
    await peer.take(request('GET', 'k'));
    peer.send(plain('four'));
    expect(await small).toBe('four');
    const large = failure(connection.get('k'));
    await peer.take(request('GET', 'k'));
    peer.send(plain('fives').subarray(0, 7)); // its header is enough
    expect(await large).toMatchObject({ code: 'PROTOCOL', outcome: 'unknown', command: 'GET' });
    expect(peer.closed).toBe(true);
  });

  test('a full server closes at once; the call ends at its own deadline with the reason', async () => {
    const server = new MemoryServer({ onConnect: (peer) => peer.close() });
    await using gibson = createGibson({ connect: server.connect }, { timeout: 200 });
    expect(await failure(gibson.set('k', 'v'))).toMatchObject({ command: 'SET' });
    expect(gibson.state).not.toBe('closed');
  });
});

describe('end', () => {
  test('closes the client, the connection, or gives a lease back; nothing is sent', async () => {
    const server = new MemoryServer({ greeting });
    const gibson = createGibson({ connect: server.connect });
    await gibson.connect();
    expect(await gibson.end()).toBe('OK');
    expect(gibson.state).toBe('closed');
    const connection = await createConnection({ connect: server.connect });
    expect(await connection.execute('end')).toBe('OK');
    expect(connection.closed).toBe(true);
    expect(await failure(connection.get('k'))).toMatchObject({ code: 'CLOSED', outcome: 'notSent' });
    await using pool = await createPool({ connect: server.connect });
    const lease = await pool.acquire();
    expect([pool.freeSize, await lease.end(), pool.freeSize]).toEqual([0, 'OK', 1]);
    expect(server.peers.map((peer) => peer.writes)).toEqual([[], [], []]);
    expect(await failure(gibson.get('k'))).toMatchObject({ code: 'CLOSED', outcome: 'notSent' });
  });
});
