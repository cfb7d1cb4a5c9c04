import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { MemoryServer } from '@kv/testkit/memory-transport';
import { describe, expect, it } from 'vitest';
import type { KvError, StateChange } from '../src/index.ts';
import { Client, Command, Flag, spec } from '../src/index.ts';
import { LineProtocol, line, lineClient, lineSetup, readLine } from './line-protocol.ts';
import { outcome, turn } from './observe.ts';
import { twoServers } from './two-servers.ts';

describe('shared connection', () => {
  it('writes all calls of one turn at once and gives replies in the order of the calls', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const answers = Promise.all([client.send(line('a 1')), client.send(line('b 2')), client.send(line('c 3'))]);
    const peer = await server.next();
    await peer.take('a 1\nb 2\nc 3\n');
    expect(peer.writes).toHaveLength(1);
    peer.send('+one\n+t', 'wo\n+three\n');
    expect(await answers).toEqual(['one', 'two', 'three']);
    await client.close();
  });

  it('a refused command does not shift its neighbors', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const answers = [client.send(line('a')), client.send(line('b secret')), client.send(line('c'))];
    const peer = await server.next();
    await peer.take('a\nb secret\nc\n');
    peer.send('+1\n-no\n+3\n');
    const refused = { code: 'REPLY', outcome: 'refused', command: 'b', attempts: 1, message: 'no' };
    const settled = await Promise.all(answers.map((answer) => answer.catch((error: KvError) => error)));
    expect(settled).toEqual(['1', expect.objectContaining(refused), '3']);
    await client.close();
  });

  it('a command that cannot be encoded fails alone, and nothing of it is sent', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const answers = [client.send(line('a')), client.send(line('unencodable')), client.send(line('c'))].map(outcome);
    const peer = await server.next();
    await peer.take('a\nc\n');
    peer.send('+1\n+3\n');
    expect(await Promise.all(answers)).toEqual(['1', 'ARGUMENT notSent', '3']);
    await client.close();
  });

  it('a command that cannot be encoded gives its place to who waits for one', async () => {
    const server = new MemoryServer();
    const client = lineClient({
      address: server,
      protocol: new LineProtocol({ commands: 1 }),
      timeout: 0,
      pools: { ...lanes, sessions: 'shared' },
    });
    await client.connect();
    const peer = await server.next();
    const bad = outcome(client.send(line('unencodable')));
    const next = client.send(line('a'));
    await peer.take('a\n');
    peer.send('+1\n');
    expect([await bad, await next]).toEqual(['ARGUMENT notSent', '1']);
    const worse = outcome(client.send(line('unencodable')));
    const lease = await client.acquire();
    expect(await worse).toBe('ARGUMENT notSent');
    await lease.release();
    await client.close();
  });

  it('stops writing while the transport is full, and goes on after drain', async () => {
    const server = new MemoryServer({ onConnect: (peer) => peer.send() });
    const client = lineClient({ address: server });
    await outcome(Promise.race([client.connect()]));
    const peer = await server.next();
    peer.full = true;
    const first = client.send(line('a'));
    await peer.take('a\n');
    const second = client.send(line('b'));
    await turn();
    expect(peer.unread).toBe('');
    peer.drain();
    await peer.take('b\n');
    peer.send('+1\n+2\n');
    expect(await Promise.all([first, second])).toEqual(['1', '2']);
    await client.close();
  });

  it('bad bytes from the server end that connection only', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const lost = outcome(client.send(line('write')));
    const peer = await server.next();
    await peer.take('write\n');
    peer.send('garbage\n');
    expect(await lost).toBe('PROTOCOL unknown');
    expect(peer.closed).toBe(true);
    const again = client.send(line('next'));
    const second = await server.next();
    await second.take('next\n');
    second.send('+fine\n');
    expect(await again).toBe('fine');
    await client.close();
  });

  it('a reply that nothing was sent for ends the connection', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    await client.connect();
    const peer = await server.next();
    peer.send('+surprise\n');
    expect(peer.closed).toBe(true);
    await client.close();
  });

  it('pushes between replies answer nothing', async () => {
    const server = new MemoryServer();
    const pushed: unknown[] = [];
    const client = lineClient({ address: server, push: (raw) => pushed.push(raw) });
    const answers = Promise.all([client.send(line('a')), client.send(line('b'))]);
    const peer = await server.next();
    await peer.take('a\nb\n');
    peer.send('>x\n+1\n>y\n+2\n');
    expect(await answers).toEqual(['1', '2']);
    expect(pushed).toEqual(['x', 'y']);
    await client.close();
  });

  it('100,000 calls at once all come back right', async () => {
    const server = new MemoryServer({
      onConnect: (peer) => {
        peer.onData = (bytes) => peer.send(Buffer.from(bytes).toString().replaceAll('get ', '+'));
      },
    });
    const client = lineClient({ address: server, maxQueueBytes: 1e9, timeout: 60_000 });
    const answers = await Promise.all(Array.from({ length: 100_000 }, (_, i) => client.send(line(`get ${i}`))));
    expect(answers.every((answer, i) => answer === String(i))).toBe(true);
    await client.close();
  }, 60_000);

  it('the first part of a long burst wakes an idle server before the burst is complete', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    await client.connect();
    const peer = await server.next();
    const texts = Array.from({ length: 1000 }, (_, i) => `get ${i}`);
    const answers = texts.map((text) => client.send(line(text)));
    expect(peer.writes.length).toBeGreaterThan(0);
    const halfWay = peer.unread.split('\n').length - 1;
    expect(halfWay).toBeLessThan(1000);
    await peer.take(texts.map((text) => `${text}\n`).join(''));
    expect(peer.writes.length).toBeLessThan(10); // a busy server gets ever larger parts
    peer.send(texts.map((text) => `+${text}\n`).join(''));
    expect(await Promise.all(answers)).toEqual(texts);
    await client.close();
  });

  it('a short burst is one write, and so is a long one while the server has as much to do', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    await client.connect();
    const peer = await server.next();
    const burst = (count: number): void => {
      for (let i = 0; i < count; i++) void client.send(line('x')).catch(() => undefined);
    };
    burst(11);
    await peer.take('x\n'.repeat(11));
    expect(peer.writes).toHaveLength(1);
    burst(11);
    await peer.take('x\n'.repeat(11));
    burst(20);
    expect(peer.writes).toHaveLength(2);
    await peer.take('x\n'.repeat(20));
    expect(peer.writes).toHaveLength(3);
    await client.close({ timeout: 0 });
  });

  it('calls made when a reply comes go out with the next write', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const chain = client.send(line('a')).then(() => Promise.all([client.send(line('b')), client.send(line('c'))]));
    const peer = await server.next();
    await peer.take('a\n');
    peer.send('+1\n');
    await peer.take('b\nc\n');
    expect(peer.writes).toHaveLength(2);
    peer.send('+2\n+3\n');
    expect(await chain).toEqual(['2', '3']);
    await client.close();
  });
});

describe('units', () => {
  it.each([1, 2, 3])(
    'one that is being aborted is not written when a listener makes calls after end %i of its members',
    async (end) => {
      const server = new MemoryServer();
      const client = lineClient({ address: server });
      await client.connect();
      const peer = await server.next();
      const abort = new AbortController();
      const unit = client.sendAll([line('a'), line('b'), line('c')], { unit: true, signal: abort.signal });
      const calls = [client.send(line('after'))];
      let ends = 0;
      const listener = (): void => {
        if (++ends === end) for (let i = 0; i < 12; i++) calls.push(client.send(line('x')));
      };
      subscribe('kv:command', listener);
      abort.abort();
      unsubscribe('kv:command', listener);
      for (const one of await unit) expect(!one.ok && (one.error as KvError).outcome).toBe('notSent');
      await peer.take(`after\n${'x\n'.repeat(12)}`);
      peer.send('+ok\n'.repeat(13));
      expect(await Promise.all(calls)).toEqual(Array.from({ length: 13 }, () => 'ok'));
      await client.close();
    },
  );

  it('of many in one turn the first are written before the last is called, and none is divided', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    await client.connect();
    const peer = await server.next();
    const texts = Array.from({ length: 12 }, (_, i) => `get ${i}`);
    const whole = texts.map((text) => `${text}\n`).join('');
    const units = Array.from({ length: 50 }, () =>
      client.sendAll(
        texts.map((text) => line(text)),
        { unit: true },
      ),
    );
    expect(peer.writes.length).toBeGreaterThan(0);
    expect(peer.unread.length).toBeLessThan(50 * whole.length);
    await peer.take(whole.repeat(50));
    expect(peer.writes.length).toBeLessThan(10); // a busy server gets ever larger parts
    expect(peer.writes.map((size) => size % whole.length)).toEqual(peer.writes.map(() => 0));
    peer.send(
      texts
        .map((text) => `+${text}\n`)
        .join('')
        .repeat(50),
    );
    for (const settled of await Promise.all(units)) expect(settled.map((one) => one.ok && one.value)).toEqual(texts);
    await client.close();
  });

  it('stay contiguous among the commands of others, and have one end', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const before = client.send(line('x'));
    const unit = client.sendAll([line('begin'), line('a'), line('end')], { unit: true });
    const after = client.send(line('y'));
    const peer = await server.next();
    await peer.take('x\nbegin\na\nend\ny\n');
    peer.send('+0\n+1\n-2\n+3\n+4\n');
    const settled = await unit;
    expect(settled.map((one) => (one.ok ? one.value : one.error.message))).toEqual(['1', '2', '3']);
    expect([await before, await after]).toEqual(['0', '4']);
    await client.close();
  });

  it('are written whole although the window or one write is smaller', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, protocol: new LineProtocol({ commands: 2 }) });
    const large = 'v'.repeat(50_000);
    const unit = client.sendAll([line(`a ${large}`), line(`b ${large}`), line(`c ${large}`)], { unit: true });
    const peer = await server.next();
    await peer.take(`a ${large}\nb ${large}\nc ${large}\n`);
    expect(peer.writes).toHaveLength(1);
    peer.send('+1\n+2\n+3\n');
    expect((await unit).every((one) => one.ok)).toBe(true);
    await client.close();
  });

  it('with a member that cannot be encoded send nothing', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const unit = client.sendAll([line('a'), line('unencodable'), line('c')], { unit: true });
    const after = client.send(line('y'));
    const peer = await server.next();
    await peer.take('y\n');
    peer.send('+fine\n');
    expect((await unit).every((one) => !one.ok)).toBe(true);
    expect(await after).toBe('fine');
    await client.close();
  });

  it('that lost their connection half-way are unknown in all members and never finished on another connection', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const unit = client.sendAll([line('begin'), line('a'), line('end')], { unit: true });
    const peer = await server.next();
    await peer.take('begin\na\nend\n');
    peer.send('+1\n');
    peer.close();
    const codes = (await unit).map((one) => (one.ok ? one.value : (one.error as KvError).outcome));
    expect(codes).toEqual(['unknown', 'unknown', 'unknown']);
    const next = client.send(line('y'));
    const second = await server.next();
    await second.take('y\n');
    second.send('+fine\n');
    await next;
    await client.close();
  });

  it('end as a whole when one member passes its deadline', async () => {
    const server = new MemoryServer({ beforeConnect: () => new Promise(() => {}) });
    const client = lineClient({ address: server });
    const settled = await client.sendAll([line('a'), line('b')], { unit: true, timeout: 20 });
    expect(settled.map((one) => (one.ok ? '' : (one.error as KvError).code))).toEqual(['TIMEOUT', 'TIMEOUT']);
    await client.close();
  });
});

describe('windows', () => {
  it('of one command: the next is written when the reply is there, others use other connections', async () => {
    const server = new MemoryServer();
    const client = lineClient({
      address: server,
      protocol: new LineProtocol({ commands: 1 }),
      pools: { ...lanes, shared: { minSize: 0, maxSize: 2 } },
    });
    const answers = Promise.all(['a', 'b', 'c'].map((text) => client.send(line(text))));
    const [one, two] = [await server.next(), await server.next()];
    await one.take('a\n');
    await two.take('b\n');
    one.send('+1\n');
    await one.take('c\n');
    two.send('+2\n');
    one.send('+3\n');
    expect(await answers).toEqual(['1', '2', '3']);
    expect(server.peers).toHaveLength(2);
    await client.close();
  });

  it('that refill when empty: one write per batch, within count and bytes, a larger command alone', async () => {
    const server = new MemoryServer();
    const protocol = new LineProtocol({ commands: 3, bytes: 100, refill: 'empty' });
    const client = lineClient({ address: server, protocol });
    const large = 'v'.repeat(200);
    const answers = Promise.all(['a', 'b', 'c', 'd', `e ${large}`, 'f'].map((text) => client.send(line(text))));
    const peer = await server.next();
    await peer.take('a\nb\nc\n');
    peer.send('+1\n+2\n');
    await turn();
    expect(peer.unread).toBe('');
    peer.send('+3\n');
    await peer.take('d\n');
    peer.send('+4\n');
    await peer.take(`e ${large}\n`);
    peer.send('+5\n');
    await peer.take('f\n');
    peer.send('+6\n');
    expect(await answers).toEqual(['1', '2', '3', '4', '5', '6']);
    await client.close();
  });

  it.each([{ bytes: 20 }, { refill: 'empty' }] as const)(
    '%j without a number of commands: what waits goes when the replies are there',
    async (window) => {
      const server = new MemoryServer();
      const client = lineClient({ address: server, protocol: new LineProtocol(window) });
      await client.connect();
      const peer = await server.next();
      const first = client.send(line('a 1'));
      await peer.take('a 1\n');
      const second = client.send(line('b 2'));
      await turn();
      expect(peer.unread).toBe('');
      peer.send('+1\n');
      await peer.take('b 2\n', 500);
      peer.send('+2\n');
      expect(await Promise.all([first, second])).toEqual(['1', '2']);
      await client.close();
    },
  );

  it('late replies, refusals too, give their places back', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, protocol: new LineProtocol({ commands: 3 }) });
    await client.connect();
    const peer = await server.next();
    for (const late of ['+late\n', '-late\n', '+late\n', '-late\n', '+late\n', '-late\n']) {
      const controller = new AbortController();
      const gone = outcome(client.send(line('gone'), { signal: controller.signal }));
      await peer.take('gone\n');
      controller.abort();
      expect(await gone).toBe('ABORTED unknown');
      peer.send(late);
      if (peer.index === 0 && late === '+late\n') await turn();
      while (peer.unread === 'ping\n') {
        await peer.take('ping\n');
        peer.send('+pong\n');
      }
    }
    expect(peer.closed).toBe(false);
    await client.close({ timeout: 0 });
  });

  it('full of abandoned requests: the connection is given up at once', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, protocol: new LineProtocol({ commands: 1 }) });
    await client.connect(); // so that it is written in this turn, however slow the machine
    const late = outcome(client.send(line('slow'), { timeout: 20 }));
    const peer = await server.next();
    await peer.take('slow\n');
    expect(await late).toBe('TIMEOUT unknown');
    expect(peer.closed).toBe(true);
    const next = client.send(line('next'));
    const second = await server.next();
    await second.take('next\n');
    second.send('+right\n');
    expect(await next).toBe('right');
    await client.close();
  });
});

const lanes = {
  shared: { minSize: 1, maxSize: 1 },
  sessions: { minSize: 0, maxSize: 2 },
  blocking: { minSize: 0, maxSize: 2 },
  streams: { minSize: 0, maxSize: 2 },
};

describe('deadlines and signals', () => {
  it('a late reply is discarded and never answers the next request', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    await client.connect(); // so that it is written in this turn, however slow the machine
    const late = outcome(client.send(line('slow'), { timeout: 20 }));
    const peer = await server.next();
    await peer.take('slow\n');
    expect(await late).toBe('TIMEOUT unknown');
    const next = client.send(line('next'));
    await peer.take('ping\nnext\n');
    peer.send('+late\n+pong\n+right\n');
    expect(await next).toBe('right');
    await client.close();
  });

  it('a silent connection is probed when a reply is overdue, and given up when the server accepts no other either', async () => {
    const server: MemoryServer = new MemoryServer({
      beforeConnect: () => {
        if (server.peers[0]?.closed === false) throw new Error('refused');
      },
    });
    const client = lineClient({ address: server, liveness: { idle: 0, grace: 30 } });
    await client.connect(); // so that it is written in this turn, however slow the machine
    const late = outcome(client.send(line('slow'), { timeout: 20 }));
    const waiting = outcome(client.send(readLine('read')));
    const peer = await server.next();
    await peer.take('slow\nread\nping\n');
    const second = await server.next();
    await second.take('read\n');
    second.send('+repeated\n');
    expect(await late).toBe('TIMEOUT unknown');
    expect(await waiting).toBe('repeated');
    expect(peer.closed).toBe(true);
    await client.close();
  });

  it('an idle connection is probed, and given up when it does not answer', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, liveness: { idle: 20, grace: 20 } });
    await client.connect();
    const peer = await server.next();
    await peer.take('ping\n');
    await server.next();
    expect(peer.closed).toBe(true);
    await client.close();
  });

  it('pass in the queue while the server is away, with the connect error as cause', async () => {
    const server = new MemoryServer({ beforeConnect: () => Promise.reject(new Error('refused')) });
    const client = lineClient({ address: server });
    const error = await client.send(line('a'), { timeout: 50 }).catch((e: KvError) => e);
    expect(error).toMatchObject({ code: 'TIMEOUT', outcome: 'notSent', attempts: 0, command: 'a' });
    expect((error as KvError).cause).toMatchObject({ code: 'CONNECTION', message: 'refused' });
    await client.close();
  });

  it('an expired command is not sent when the server comes back', async () => {
    let away = true;
    const server = new MemoryServer({ beforeConnect: () => (away ? Promise.reject(new Error('away')) : undefined) });
    const client = lineClient({ address: server });
    await outcome(client.send(line('old'), { timeout: 20 }));
    away = false;
    const fresh = client.send(line('fresh'));
    const peer = await server.next();
    await peer.take('fresh\n');
    peer.send('+ok\n');
    expect(await fresh).toBe('ok');
    await client.close();
  });

  it('an aborted signal refuses before sending, and leaves no listener after use', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    expect(await outcome(client.send(line('a'), { signal: AbortSignal.abort() }))).toBe('ABORTED notSent');
    const controller = new AbortController();
    let listeners = 0;
    const { signal } = controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--;
      remove(...args);
    };
    const answers = Promise.all([client.send(line('b'), { signal }), client.send(line('c'), { signal })]);
    const peer = await server.next();
    await peer.take('b\nc\n');
    expect(listeners).toBe(1);
    peer.send('+1\n+2\n');
    expect(await answers).toEqual(['1', '2']);
    expect(listeners).toBe(0);
    const pending = outcome(client.send(line('d'), { signal }));
    await peer.take('d\n');
    controller.abort();
    expect(await pending).toBe('ABORTED unknown');
    await client.close();
  });
});

describe('loss', () => {
  it('unsent commands move, sent reads are repeated, sent writes are unknown', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const peer0 = client.connect().then(() => server.next());
    const peer = await peer0;
    peer.full = true;
    const write = outcome(client.send(line('write')));
    const read = client.send(readLine('read'));
    await peer.take('write\nread\n');
    const unsent = client.send(line('unsent'));
    await turn();
    peer.close(new Error('reset'));
    expect(await write).toBe('CONNECTION unknown');
    const second = await server.next();
    await second.take('read\nunsent\n');
    second.send('+r\n+u\n');
    expect(await Promise.all([read, unsent])).toEqual(['r', 'u']);
    await client.close();
  });

  it('a read that was sent once and waits to be sent again is unknown when the client closes', async () => {
    const server = new MemoryServer({
      beforeConnect: (attempt) => (attempt === 0 ? undefined : new Promise<void>(() => {})),
    });
    const client = lineClient({ address: server });
    const read = client.send(readLine('read')).catch((error: KvError) => error);
    const peer = await server.next();
    await peer.take('read\n');
    peer.close();
    while (client.state !== 'reconnecting') await turn();
    expect(client.stats()).toMatchObject({ pending: 1, queuedBytes: 64 });
    await client.close({ timeout: 0 });
    expect(await read).toMatchObject({ code: 'CLOSED', outcome: 'unknown', attempts: 1 });
  });

  it('a read is written three times at most', async () => {
    const server = new MemoryServer({
      onConnect: (peer) => {
        peer.onData = () => peer.close();
      },
    });
    const client = lineClient({ address: server });
    const error = await client.send(readLine('poison')).catch((e: KvError) => e);
    expect(error).toMatchObject({ code: 'CONNECTION', outcome: 'unknown', attempts: 3 });
    await client.close();
  });

  it.each([
    ['never', Flag.read, 'CONNECTION unknown'],
    ['safe', Flag.idempotent, 'CONNECTION unknown'],
    ['idempotent', Flag.idempotent, 'ok'],
    ['idempotent', 0, 'CONNECTION unknown'],
    ['always', 0, 'ok'],
  ] as const)('retry %s with flags %i: %s', async (retry, flags, expected) => {
    const server = new MemoryServer({
      onConnect: (peer) => {
        peer.onData = () => (peer.index === 0 ? peer.close() : peer.send('+ok\n'));
      },
    });
    const client = lineClient({ address: server });
    expect(await outcome(client.send(line('a', flags), { retry }))).toBe(expected);
    await client.close();
  });

  it('is a state, told to listeners, never a thrown error', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const changes: StateChange[] = [];
    client.on('state', (change) => changes.push(change));
    await client.connect();
    const peer = await server.next();
    peer.close(new Error('reset'));
    await server.next();
    await client.send(line('x'), { timeout: 5 }).catch(() => {});
    await client.close({ timeout: 0 });
    await turn();
    expect(changes.map(({ to }) => to)).toEqual(['connecting', 'ready', 'reconnecting', 'ready', 'closing', 'closed']);
    expect(changes[2]?.cause).toMatchObject({ code: 'CONNECTION' });
  });

  it('a refusal in the handshake is final: waiting calls end with it, and nothing is tried again by itself', async () => {
    const server = new MemoryServer({
      onConnect: (peer) => {
        peer.onData = () => peer.send('-wrong password\n');
      },
    });
    const client = lineClient({ address: server, protocol: new LineProtocol({}, { handshakeLines: ['login'] }) });
    const error = await client.send(line('a')).catch((e: KvError) => e);
    expect(error).toMatchObject({ outcome: 'notSent', command: 'a' });
    expect((error as KvError).cause).toMatchObject({ message: 'wrong password' });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(server.attempts).toBe(1);
    await client.close();
  });

  it('connect() fails early with the cause, and the client can still be used', async () => {
    let away = true;
    const server = new MemoryServer({ beforeConnect: () => (away ? Promise.reject(new Error('away')) : undefined) });
    const client = lineClient({ address: server });
    await expect(client.connect()).rejects.toMatchObject({ code: 'CONNECTION', message: 'away' });
    away = false;
    const answer = client.send(line('a'));
    const peer = await server.next();
    await peer.take('a\n');
    peer.send('+ok\n');
    expect(await answer).toBe('ok');
    await client.close();
  });
});

describe('closing', () => {
  it('lets what is under way end, takes nothing new, and settles everything', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const answer = client.send(line('a'));
    const peer = await server.next();
    await peer.take('a\n');
    const closed = client.close();
    expect(await outcome(client.send(line('b')))).toBe('CLOSED notSent');
    peer.send('+1\n');
    expect(await answer).toBe('1');
    await closed;
    expect(client.state).toBe('closed');
    expect(peer.ended).toBe(true);
  });

  it('waits for what is under way however long it may', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, timeout: 0 });
    const answer = client.send(line('a'));
    const peer = await server.next();
    await peer.take('a\n');
    const closed = client.close({ timeout: 2 ** 40 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    peer.send('+1\n');
    expect(await answer).toBe('1');
    await closed;
  });

  it.each(['connecting', 'handshaking', 'backing off', 'waiting for a reply', 'idle'])(
    'settles all while %s',
    async (when) => {
      const never = new Promise<void>(() => {});
      const server = new MemoryServer({
        beforeConnect: () =>
          when === 'connecting' ? never : when === 'backing off' ? Promise.reject(new Error('no')) : undefined,
      });
      const protocol = new LineProtocol({}, when === 'handshaking' ? { handshakeLines: ['hello'] } : {});
      const client = lineClient({ address: server, protocol, backoff: { min: 5000, max: 5000 } });
      const answer = when === 'idle' ? 'nothing was under way' : outcome(client.send(line('a')));
      await turn();
      await client.close({ timeout: 0 });
      const expected = { 'waiting for a reply': 'CLOSED unknown', idle: 'nothing was under way' }[when];
      expect(await answer).toBe(expected ?? 'CLOSED notSent');
      expect(client.stats()).toMatchObject({ state: 'closed', pending: 0, queuedBytes: 0 });
    },
  );
});

describe('back-pressure', () => {
  it('refuses what would not fit in the queue, and says when there is room', async () => {
    const server = new MemoryServer({ beforeConnect: () => new Promise(() => {}) });
    const client = lineClient({ address: server, maxQueueBytes: 400 });
    const controller = new AbortController();
    const call = (): Promise<unknown> => outcome(client.send(line('a 1234567890'), { signal: controller.signal }));
    const calls = [call(), call(), call()];
    expect(client.writable).toBe(false);
    calls.push(call(), call(), call());
    expect(await calls[5]).toBe('QUEUE_FULL notSent');
    const drained = client.drained();
    controller.abort();
    await drained;
    expect(client.writable).toBe(true);
    await client.close({ timeout: 0 });
  });

  it('a command whose arguments cannot be counted is refused, and counts nothing', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const fine = client.send(line('a'));
    const wrong = new Command(spec('incrby', 0), ['k', 5 as never], String);
    expect(await outcome(client.send(wrong))).toBe('ARGUMENT notSent');
    expect(client.writable).toBe(true);
    await client.drained();
    const peer = await server.next();
    await peer.take('a\n');
    peer.send('+1\n');
    expect(await fine).toBe('1');
    expect(client.stats()).toMatchObject({ pending: 0, queuedBytes: 0 });
    await client.close();
  });
});

describe('leases', () => {
  it('a clean one returns without a round trip, a dirty one after cleaning, in the order of waiting', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, pools: { ...lanes, sessions: { minSize: 0, maxSize: 1 } } });
    const first = await client.acquire();
    const order: number[] = [];
    const waiters = [1, 2].map(async (n) => {
      const lease = await client.acquire();
      order.push(n);
      return lease;
    });
    const peer = await server.next();
    const dirty = first.send(line('dirty'));
    await peer.take('dirty\n');
    peer.send('+ok\n');
    await dirty;
    void first.release();
    await peer.take('clean\n');
    expect(order).toEqual([]);
    peer.send('+ok\n');
    const second = await (waiters[0] as Promise<typeof first>);
    void second.release();
    await waiters[1];
    expect(order).toEqual([1, 2]);
    expect(peer.unread).toBe('');
    expect(server.peers).toHaveLength(1);
    await client.close({ timeout: 0 });
  });

  it('one that cannot be cleaned is replaced', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, protocol: new LineProtocol({}, { canClean: false }) });
    const lease = await client.acquire();
    const peer = await server.next();
    const dirty = lease.send(line('dirty'));
    await peer.take('dirty\n');
    peer.send('+ok\n');
    await dirty;
    await lease.release();
    expect(peer.closed).toBe(true);
    await client.close({ timeout: 0 });
  });

  it('is not moved: when its connection is lost its calls reject, reads too', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const lease = await client.acquire();
    const read = outcome(lease.send(readLine('a')));
    const peer = await server.next();
    await peer.take('a\n');
    peer.close();
    expect(await read).toBe('CONNECTION unknown');
    expect(await outcome(lease.send(readLine('b')))).toBe('CONNECTION notSent');
    expect(lease.closed).toBe(true);
    await client.close({ timeout: 0 });
  });

  it('after release takes no calls', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const lease = await client.acquire();
    await lease.release();
    expect(await outcome(lease.send(line('a')))).toBe('CLOSED notSent');
    await client.close({ timeout: 0 });
  });

  it('waiting for one has a deadline of its own', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, pools: { ...lanes, sessions: { minSize: 0, maxSize: 1 } } });
    const lease = await client.acquire();
    await expect(client.acquire({ timeout: 20 })).rejects.toMatchObject({ code: 'TIMEOUT', outcome: 'notSent' });
    await lease.release();
    await client.close({ timeout: 0 });
  });
});

describe('blocking commands', () => {
  const pop = line('pop', Flag.blocking, 60_000);

  it('have connections of their own and do not hold up others', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const popped = client.send(pop);
    const lane = await server.next();
    await lane.take('pop\n');
    const other = client.send(line('other'));
    const shared = await server.next();
    await shared.take('other\n');
    shared.send('+fast\n');
    expect(await other).toBe('fast');
    lane.send('+element\n');
    expect(await popped).toBe('element');
    await client.close();
  });

  it('canceled: what the server answers decides, and an element that came first is delivered', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const controller = new AbortController();
    const popped = client.send(pop, { signal: controller.signal });
    const lane = await server.next();
    await lane.take('pop\n');
    controller.abort();
    const shared = await server.next();
    await shared.take('unblock\n');
    lane.send('+element\n');
    shared.send('+0\n');
    expect(await popped).toBe('element');
    await client.close();
  });

  it('canceled and unblocked: rejects, nothing ran, and the connection is used again after the reply to unblock', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const controller = new AbortController();
    const popped = outcome(client.send(pop, { signal: controller.signal }));
    const lane = await server.next();
    await lane.take('pop\n');
    controller.abort();
    const shared = await server.next();
    await shared.take('unblock\n');
    lane.send('-UNBLOCKED\n');
    expect(await popped).toBe('ABORTED refused');
    const again = client.send(pop);
    const other = await server.next();
    await other.take('pop\n');
    other.send('+2\n');
    expect(await again).toBe('2');
    shared.send('+1\n');
    await client.close();
  });

  it('on a lease hold back what comes after the next one, which says so when its time is over', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, pools: lanes });
    const lease = await client.acquire();
    const peer = await server.next();
    const first = lease.send(pop);
    const second = outcome(lease.send(pop, { timeout: 20 }));
    const later = (await lease.send(line('a'), { timeout: 20 }).catch((error: KvError) => error)) as KvError;
    expect(later.message).toMatch(/^a timed out after \d+ ms \(not sent: waiting for an earlier blocking command[;)]/);
    expect([later.outcome, await second]).toEqual(['notSent', 'TIMEOUT notSent']);
    const third = lease.send(line('b'));
    await peer.take('pop\n');
    peer.send('+element\n');
    expect(await first).toBe('element');
    await peer.take('b\n');
    peer.send('+1\n');
    expect(await third).toBe('1');
    await lease.release();
    await client.close();
  });

  it('that do not end after being canceled are unknown, and their connection is destroyed', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const controller = new AbortController();
    const popped = outcome(client.send(pop, { signal: controller.signal }));
    const lane = await server.next();
    await lane.take('pop\n');
    controller.abort();
    const shared = await server.next();
    await shared.take('unblock\n');
    shared.send('+1\n');
    expect(await popped).toBe('ABORTED unknown');
    expect(lane.closed).toBe(true);
    await client.close();
  });
});

describe('streams', () => {
  it('give many frames for one command; a slow reader pauses the server; leaving ends the connection', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const opening = client.stream(line('monitor', Flag.stream));
    const peer = await server.next();
    const stream = await opening;
    await peer.take('monitor\n');
    for (let i = 0; i < 1000 && !peer.paused; i++) peer.send(`>${i}\n`);
    expect(peer.paused).toBe(true);
    const seen: unknown[] = [];
    for await (const frame of stream) {
      seen.push(frame);
      if (seen.length === 200) break;
    }
    expect(seen).toEqual(Array.from({ length: 200 }, (_, i) => String(i)));
    expect(peer.paused).toBe(false);
    expect(peer.closed).toBe(true);
    await client.close();
  });

  it('end when the server says so, and fail when the connection is lost', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const opening = client.stream(line('dump', Flag.stream));
    const peer = await server.next();
    const stream = await opening;
    await peer.take('dump\n');
    peer.send('>a\n>b\n+end\n');
    const seen: unknown[] = [];
    for await (const frame of stream) seen.push(frame);
    expect(seen).toEqual(['a', 'b']);
    const second = client.stream(line('dump', Flag.stream));
    const peer2 = await server.next();
    const broken = await second;
    await peer2.take('dump\n');
    peer2.send('>a\n');
    peer2.close();
    expect((await broken.next()).value).toBe('a');
    await expect(broken.next()).rejects.toMatchObject({ code: 'CONNECTION' });
    await client.close();
  });
});

describe('several endpoints behind one client', () => {
  it('each command goes where the router says, a repeated one to another connection', async () => {
    const [one, two] = [new MemoryServer(), new MemoryServer()];
    const client = new Client(
      lineSetup({ address: one }),
      twoServers([one, two], ({ spec }) => spec.name.startsWith('b')),
    );
    const answers = Promise.all([client.send(readLine('a')), client.send(readLine('b'))]);
    const [first, second] = [await one.next(), await two.next()];
    await first.take('a\n');
    await second.take('b\n');
    first.close();
    await second.take('a\n');
    second.send('+b\n+a\n');
    expect(await answers).toEqual(['a', 'b']);
    await client.close();
  });
});

describe('commands that a shared connection cannot carry', () => {
  it.each([Flag.stateful, Flag.stream, Flag.subscription, Flag.forbidden])(
    'flag %i is refused before sending',
    async (flag) => {
      const server = new MemoryServer();
      const client = lineClient({ address: server, alternative: () => 'use something else' });
      await expect(client.send(line('x', flag))).rejects.toMatchObject({
        code: 'ARGUMENT',
        outcome: 'notSent',
        message: 'x: not allowed on a shared connection; use something else',
      });
      expect(server.attempts).toBe(0);
      await client.close();
    },
  );

  it('in a batch it fails alone', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const batch = client.sendAll([line('a'), line('x', Flag.stream), line('pop', Flag.blocking), line('b')]);
    const peer = await server.next();
    await peer.take('a\nb\n');
    peer.send('+1\n+2\n');
    const seen = (await batch).map((member) => (member.ok ? member.value : (member.error as KvError).code));
    expect(seen).toEqual(['1', 'ARGUMENT', 'ARGUMENT', '2']);
    await client.close();
  });

  it('quit means close', async () => {
    const client = lineClient({ address: new MemoryServer() });
    await client.send(line('quit', Flag.quit));
    expect(client.state).toBe('closed');
  });
});
