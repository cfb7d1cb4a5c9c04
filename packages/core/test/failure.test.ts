import { MemoryServer } from '@kv/testkit/memory-transport';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ClientSetup, KvError } from '../src/index.ts';
import { Client, Command, commonSetup, Flag, spec } from '../src/index.ts';
import { LineProtocol, line, lineClient, lineSetup, readLine } from './line-protocol.ts';
import { freeze, outcome, turn } from './observe.ts';
import { twoServers } from './two-servers.ts';

vi.mock('../src/timers.ts', () => import('@kv/testkit/faked-timers'));

const one = { minSize: 0, maxSize: 1 };
const oneLane: ClientSetup['pools'] = {
  shared: { minSize: 1, maxSize: 1 },
  sessions: 'shared',
  blocking: one,
  streams: one,
};

describe('a pool that shares and checks out the same connections', () => {
  it('checks out one as soon as the last reply of others has come', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, pools: oneLane });
    const busy = client.send(line('busy'));
    const peer = await server.next();
    await peer.take('busy\n');
    const lease = client.acquire();
    await turn();
    peer.send('+done\n');
    expect(await busy).toBe('done');
    await (await lease).release();
    await client.close();
  });

  it('serves in the order of the calls: who came after the waiting lease comes after it', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, pools: oneLane });
    const busy = client.send(line('busy'));
    const peer = await server.next();
    await peer.take('busy\n');
    const lease = client.acquire();
    const later = client.send(line('later'));
    peer.send('+done\n');
    await busy;
    const held = await lease;
    await turn();
    expect(peer.unread).toBe('');
    await held.release();
    await peer.take('later\n');
    peer.send('+fine\n');
    expect(await later).toBe('fine');
    await client.close();
  });

  it('clear() lets commands under way be answered, and checks out nothing that is going', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, pools: oneLane });
    const under = client.send(line('under'));
    const peer = await server.next();
    await peer.take('under\n');
    client.endpoints[0]?.shared.clear();
    expect(client.endpoints[0]?.shared.freeSize).toBe(0);
    const next = client.send(line('next'));
    peer.send('+way\n');
    expect(await under).toBe('way');
    const second = await server.next();
    await second.take('next\n');
    second.send('+new\n');
    expect(await next).toBe('new');
    expect(peer.closed).toBe(true);
    await client.close();
  });

  it('what a connection that was cleared away loses goes to a new one, also where none are kept', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, pools: { ...oneLane, shared: one } });
    const read = client.send(readLine('read'));
    const peer = await server.next();
    await peer.take('read\n');
    client.endpoints[0]?.shared.clear();
    peer.close();
    const second = await server.next();
    await second.take('read\n');
    second.send('+fine\n');
    expect(await read).toBe('fine');
    await client.close();
  });

  it('opens as many connections at a cold start as the window of what waits asks for', async () => {
    for (const [commands, expected] of [
      [Number.POSITIVE_INFINITY, 1],
      [3, 4],
      [1, 10],
    ] as const) {
      const server = new MemoryServer();
      const shared = { minSize: 0, maxSize: 10, growThreshold: Number.POSITIVE_INFINITY };
      const client = lineClient({
        address: server,
        protocol: new LineProtocol({ commands }),
        pools: { ...oneLane, shared },
      });
      const ends = Array.from({ length: 12 }, () => outcome(client.send(line('a'))));
      await turn();
      expect(server.attempts).toBe(expected);
      for (let i = 0; i < 3; i++) void client.acquire().catch(() => undefined);
      await turn();
      expect(server.attempts).toBe(Math.min(expected + 3, 10));
      await client.close({ timeout: 0 });
      await Promise.all(ends);
    }
  });

  it('a burst does not open a connection per call', async () => {
    const server = new MemoryServer();
    const shared = { minSize: 0, maxSize: 10, growThreshold: 1 };
    const client = lineClient({ address: server, pools: { ...oneLane, shared } });
    const cold = Promise.all(['a', 'b', 'c', 'd', 'e'].map((text) => client.send(line(text))));
    const peer = await server.next();
    await peer.take('a\nb\nc\nd\ne\n');
    peer.send('+1\n+2\n+3\n+4\n+5\n');
    await cold;
    expect(server.attempts).toBe(1);
    const warm = Promise.all(['a', 'b', 'c', 'd', 'e'].map((text) => client.send(line(text))));
    await peer.take('a\nb\nc\nd\ne\n');
    expect(server.attempts).toBe(2);
    peer.send('+1\n+2\n+3\n+4\n+5\n');
    await warm;
    await client.close();
  });

  it('a unit that came after the waiting lease comes after it', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, pools: oneLane });
    const busy = client.send(line('busy'));
    const peer = await server.next();
    await peer.take('busy\n');
    const lease = client.acquire();
    const unit = client.sendAll([line('begin'), line('end')], { unit: true });
    await turn();
    peer.send('+done\n');
    await busy;
    const held = await lease;
    await turn();
    expect(peer.unread).toBe('');
    await held.release();
    await peer.take('begin\nend\n');
    peer.send('+1\n+2\n');
    expect((await unit).every((member) => member.ok)).toBe(true);
    await client.close();
  });

  it('a closed pool ends the pending replies of a connection that was cleared', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, pools: oneLane });
    const under = outcome(client.send(line('under')));
    const peer = await server.next();
    await peer.take('under\n');
    client.endpoints[0]?.shared.clear();
    await client.close({ timeout: 0 });
    expect(await under).toBe('CLOSED unknown');
    expect(peer.closed).toBe(true);
  });

  it('a refused further connection does not fail those who can be served by the others', async () => {
    const server = new MemoryServer({
      onConnect: (peer) => {
        peer.onData = (bytes) => {
          if (Buffer.from(bytes).toString() === 'login\n') peer.send(peer.index === 0 ? '+in\n' : '-too many\n');
        };
      },
    });
    const client = lineClient({
      address: server,
      protocol: new LineProtocol({ commands: 1 }, { handshakeLines: ['login'] }),
      pools: { ...oneLane, shared: { minSize: 1, maxSize: 2 } },
    });
    await client.connect();
    const answers = [client.send(line('a')), client.send(line('b'))].map(outcome);
    const [peer] = [await server.next(), await server.next()];
    await peer.take('login\na\n');
    peer.send('+1\n');
    await peer.take('b\n');
    peer.send('+2\n');
    expect(await Promise.all(answers)).toEqual(['1', '2']);
    await client.close();
  });
});

describe('attempts to connect', () => {
  it('end at their deadline although the handshake waits for something else', async () => {
    class Waiting extends LineProtocol {
      override open(sink: Parameters<LineProtocol['open']>[0]): ReturnType<LineProtocol['open']> {
        const wire = super.open(sink);
        wire.handshake = () => new Promise(() => {});
        return wire;
      }
    }
    const server = new MemoryServer();
    const client = lineClient({ address: server, protocol: new Waiting(), connectTimeout: 20 });
    await expect(client.connect()).rejects.toMatchObject({ code: 'TIMEOUT' });
    await client.close();
    expect(server.peers.every((peer) => peer.closed)).toBe(true);
  });

  it('end at their deadline although the transport does not heed the signal', async () => {
    const client = lineClient({ address: { connect: () => new Promise(() => {}) }, connectTimeout: 20 });
    await expect(client.connect()).rejects.toMatchObject({ code: 'TIMEOUT' });
    await client.close();
  });

  it.each([0, 3_000_000_000, Number.POSITIVE_INFINITY])('may take their time: connectTimeout %d', async (time) => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const server = new MemoryServer({ beforeConnect: () => new Promise((resolve) => setTimeout(resolve, 60_000)) });
    const client = lineClient({ address: server, ...commonSetup({ connectTimeout: time }, 'line') });
    const connected = outcome(client.connect());
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await connected).toBe(undefined);
    await client.close();
  });

  it('that succeed too late leave nothing open', async () => {
    const server = new MemoryServer();
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const connect: typeof server.connect = async (address, on) => {
      await opened;
      return server.connect(address, on, new AbortController().signal);
    };
    const client = lineClient({ address: { connect }, connectTimeout: 20 });
    await expect(client.connect()).rejects.toMatchObject({ code: 'TIMEOUT' });
    await client.close({ timeout: 0 });
    open();
    await turn();
    expect(server.peers.map(({ closed }) => closed)).toEqual([true]);
  });

  it('are given up when the client is closed', async () => {
    let given: AbortSignal | undefined;
    const connect = (_: unknown, __: unknown, signal: AbortSignal): Promise<never> => {
      given = signal;
      return new Promise(() => {});
    };
    const client = lineClient({ address: { connect }, connectTimeout: 60_000 });
    const connecting = outcome(client.connect());
    await client.close();
    expect(given?.aborted).toBe(true);
    expect(await connecting).toBe('CLOSED notSent');
  });

  it('a connection that is lost in the moment it is ready is not used', async () => {
    for (let hops = 0; hops < 40; hops++) {
      const server = new MemoryServer();
      const client = lineClient({ address: server, protocol: new LineProtocol({}, { handshakeLines: ['hi'] }) });
      const answer = client.send(line('a'));
      const peer = await server.next();
      await peer.take('hi\n');
      peer.send('+hi\n');
      for (let i = 0; i < hops; i++) await Promise.resolve();
      peer.close();
      const second = await server.next();
      await second.take('hi\n');
      second.send('+hi\n');
      await second.take('a\n');
      second.send('+ok\n');
      expect(await answer).toBe('ok');
      await client.close();
    }
  });
});

describe('requests', () => {
  it('settle although the command throws when it is asked what comes next', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, timeout: 0 });
    const throwing = new Command(
      spec('a', 0, null, () => {
        throw new Error('bug');
      }),
      [],
      String,
    );
    const answers = [client.send(throwing), client.send(line('b'))].map(outcome);
    const peer = await server.next();
    await peer.take('a\nb\n');
    peer.send('+1\n+2\n');
    expect(await Promise.all(answers)).toEqual(['PROTOCOL unknown', '2']);
    expect(client.stats()).toMatchObject({ pending: 0, queuedBytes: 0 });
    await client.close();
  });

  it('whose answer asks for another command start again with it: unsent it is not unknown', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const next = line('whole');
    const byHash = new Command(
      spec('hash', 0, null, (reply) => (reply instanceof Error ? next : undefined)),
      [],
      String,
    );
    const answered = client.send(byHash);
    const unsent = outcome(client.send(byHash));
    const peer = await server.next();
    await peer.take('hash\nhash\n');
    peer.send('-unknown\n');
    await peer.take('whole\n');
    peer.full = true;
    void outcome(client.send(line('fills')));
    await peer.take('fills\n');
    peer.send('-unknown\n-refused\n');
    expect(await answered.catch((error: KvError) => error)).toMatchObject({ code: 'REPLY', attempts: 1 });
    await client.close({ timeout: 0 });
    expect(await unsent).toBe('CLOSED notSent');
  });

  it('that ended early do not narrow a window of bytes', async () => {
    const server = new MemoryServer();
    const protocol = new LineProtocol({ commands: 100, bytes: 1000, refill: 'empty' });
    const client = lineClient({ address: server, protocol });
    await client.connect();
    const peer = await server.next();
    for (let i = 0; i < 5; i++) {
      const controller = new AbortController();
      const gone = outcome(client.send(line(`gone ${'v'.repeat(500)}`), { signal: controller.signal }));
      await turn();
      controller.abort();
      expect(await gone).toBe('ABORTED unknown');
      await peer.take(`gone ${'v'.repeat(500)}\n`);
      peer.send('+late\n');
      await turn();
      if (peer.unread === 'ping\n') {
        await peer.take('ping\n');
        peer.send('+pong\n');
      }
    }
    const both = Promise.all([client.send(line('a')), client.send(line('b'))]);
    await peer.take('a\nb\n');
    expect(peer.writes.at(-1)).toBe(4);
    peer.send('+1\n+2\n');
    expect(await both).toEqual(['1', '2']);
    await client.close();
  });

  it('on a transport whose write throws are unknown, and the client goes on', async () => {
    const server = new MemoryServer();
    let broken = true;
    const client = lineClient({
      address: {
        connect: async (address, on, signal) => {
          const transport = await server.connect(address, on, signal);
          const write = transport.write.bind(transport);
          return {
            ...transport,
            write: (chunks) => {
              if (broken) throw new Error('broken');
              return write(chunks);
            },
          };
        },
      },
    });
    expect(await outcome(client.send(line('a')))).toBe('CONNECTION unknown');
    broken = false;
    const answer = client.send(line('b'));
    await server.next();
    const peer = await server.next();
    await peer.take('b\n');
    peer.send('+ok\n');
    expect(await answer).toBe('ok');
    await client.close();
  });

  it('count once in statistics, also blocking and refused ones; unknown names do not pile up', async () => {
    const server = new MemoryServer({
      onConnect: (peer) => {
        peer.onData = () => peer.send('+ok\n');
      },
    });
    const client = lineClient({ address: server, maxQueueBytes: 1000 });
    await client.send(line('pop', Flag.blocking, 1000));
    await client.send(line('a'));
    await client.send(line('a'));
    await outcome(client.send(line(`a ${'v'.repeat(2000)}`)));
    const { commands } = client.stats();
    expect(commands).toMatchObject({ pop: { count: 1, errors: 0 }, a: { count: 3, errors: 1 } });
    expect(Object.keys(commands)).toEqual(['pop', 'a']);
    await client.close();
  });

  it('that had time while the event loop was held up, and whose replies have come, do not time out', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    await client.connect();
    const peer = await server.next();
    const answer = outcome(client.send(line('a'), { timeout: 30 }));
    await peer.take('a\n');
    setTimeout(() => {
      setImmediate(() => peer.send('+ok\n')); // read in the same turn, after the timers
      freeze(100);
    }, 1);
    expect(await answer).toBe('ok');
    await client.close();
  });

  it('a timeout says where the time went', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    await client.connect();
    const sent = (await client.send(line('a'), { timeout: 20 }).catch((error: KvError) => error)) as KvError;
    expect(sent.message).toMatch(/^a timed out after \d+ ms \(queued \d+ ms, waited \d+ ms for the reply;/);
    expect(sent.message).toMatch(/last byte received \d+ ms ago; \d+ pending repl(y|ies)/);
    const peer = await server.next();
    peer.full = true;
    void outcome(client.send(line('fills')));
    await turn();
    const queued = (await client.send(line('b'), { timeout: 20 }).catch((error: KvError) => error)) as KvError;
    expect(queued.message).toContain('not sent: the connection accepts no more bytes');
    await client.close({ timeout: 0 });
  });
});

describe('units', () => {
  it('that are repeated on another endpoint stay together there', async () => {
    const [first, second] = [new MemoryServer(), new MemoryServer()];
    const protocol = new LineProtocol({ commands: 3 });
    const setup = lineSetup({
      address: first,
      protocol,
      pools: { ...oneLane, shared: { minSize: 0, maxSize: 3 } },
    });
    const client = new Client(
      setup,
      twoServers([first, second], () => false),
    );
    const unit = client.sendAll([readLine('begin'), readLine('a'), readLine('end')], { unit: true });
    const lost = await first.next();
    await lost.take('begin\na\nend\n');
    lost.close();
    const peer = await second.next();
    await peer.take('begin\na\nend\n');
    peer.send('+1\n+2\n+3\n');
    expect((await unit).map((member) => member.ok && member.value)).toEqual(['1', '2', '3']);
    expect(second.peers.slice(1).every((other) => other.writes.length === 0)).toBe(true);
    await client.close();
  });

  it('of reads are sent again as a whole when the connection is lost between two of their replies', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, pools: oneLane });
    const unit = client.sendAll([readLine('begin'), readLine('a')], { unit: true });
    const lost = await server.next();
    await lost.take('begin\na\n');
    lost.send('+1\n');
    await turn();
    lost.close();
    const peer = await server.next();
    await peer.take('begin\na\n');
    peer.send('+3\n+4\n');
    expect((await unit).map((member) => member.ok && member.value)).toEqual(['3', '4']);
    await client.close();
  });

  it('with a write are not, and it is not known whether they ran', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, pools: oneLane });
    const unit = client.sendAll([readLine('begin'), line('a')], { unit: true });
    const lost = await server.next();
    await lost.take('begin\na\n');
    lost.send('+1\n');
    await turn();
    lost.close();
    const outcomes = (await unit).map((member) => (member.ok ? '' : (member.error as KvError).outcome));
    expect(outcomes).toEqual(['unknown', 'unknown']);
    await client.close();
  });

  it('whose members fill the window end with one code', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, protocol: new LineProtocol({ commands: 2 }) });
    await client.connect();
    const controller = new AbortController();
    const unit = client.sendAll([line('a'), line('b'), line('c')], { unit: true, signal: controller.signal });
    await turn();
    controller.abort();
    expect((await unit).map((member) => (member.ok ? '' : (member.error as KvError).code))).toEqual([
      'ABORTED',
      'ABORTED',
      'ABORTED',
    ]);
    await client.close();
  });

  it('are never asked what comes next for one of their members', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const again = new Command(
      spec('a', 0, null, () => line('other')),
      [],
      String,
    );
    const unit = client.sendAll([line('begin'), again, line('end')], { unit: true });
    const peer = await server.next();
    await peer.take('begin\na\nend\n');
    peer.send('+1\n-no\n+3\n');
    expect((await unit).map((member) => (member.ok ? member.value : member.error.message))).toEqual(['1', 'no', '3']);
    await turn();
    expect(peer.unread).toBe('');
    await client.close();
  });

  it('of which one finds the queue full are refused as a whole', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, maxQueueBytes: 200 });
    await client.connect();
    const peer = await server.next();
    const unit = await client.sendAll([line('a'), line('b'), line(`c ${'v'.repeat(200)}`)], { unit: true });
    expect(unit.map((member) => (member.ok ? '' : (member.error as KvError).code))).toEqual([
      'QUEUE_FULL',
      'QUEUE_FULL',
      'QUEUE_FULL',
    ]);
    await turn();
    expect(peer.unread).toBe('');
    expect(client.stats()).toMatchObject({ pending: 0, queuedBytes: 0 });
    await client.close();
  });

  it('of 200,000 members wait, move and come back', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, maxQueueBytes: 1e9, timeout: 30_000 });
    const members = Array.from({ length: 200_000 }, () => readLine('r'));
    const unit = client.sendAll(members, { unit: true });
    const peer = await server.next();
    await turn();
    peer.close();
    const second = await server.next();
    await turn();
    second.send('+1\n'.repeat(200_000));
    expect((await unit).every((member) => member.ok)).toBe(true);
    await client.close();
  });
});

describe('leases', () => {
  it('hear pushes only as long as they last', async () => {
    const server = new MemoryServer();
    const pushed: string[] = [];
    const push = (raw: unknown): void => void pushed.push(`shared ${String(raw)}`);
    const client = lineClient({ address: server, pools: oneLane, push });
    const lease = await client.acquire();
    const peer = await server.next();
    lease.connection.onPush = (raw) => void pushed.push(`lease ${String(raw)}`);
    peer.send('>1\n');
    await lease.release();
    peer.send('>2\n');
    expect(pushed).toEqual(['lease 1', 'shared 2']);
    await client.close();
  });

  it('given back while a blocking command is under way end with their connection', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const lease = await client.acquire();
    const peer = await server.next();
    const pop = line('pop', Flag.blocking, 60_000);
    const ends = [lease.send(pop), lease.send(pop), lease.send(line('behind'))].map(outcome);
    await peer.take('pop\n');
    await lease.release();
    expect(await Promise.all(ends)).toEqual(['CLOSED unknown', 'CLOSED notSent', 'CLOSED notSent']);
    expect(peer.closed).toBe(true);
    await client.close({ timeout: 0 });
  });

  it('send one blocking command at a time, and what was called behind it after it', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const lease = await client.acquire();
    const peer = await server.next();
    const pop = (text: string): Promise<string> => lease.send(line(text, Flag.blocking, 60_000));
    const ends = [pop('pop1'), lease.send(line('a')), pop('pop2'), lease.send(line('b')), pop('pop3')];
    await peer.take('pop1\na\n');
    peer.send('+1\n+2\n');
    await peer.take('pop2\nb\n');
    peer.send('+3\n+4\n');
    await peer.take('pop3\n');
    peer.send('+5\n');
    expect(await Promise.all(ends)).toEqual(['1', '2', '3', '4', '5']);
    await lease.release();
    await client.close();
  });

  it.each([Flag.stream, Flag.subscription, Flag.forbidden, Flag.quit])(
    'refuse what would break the pairing of their connection (flag %i)',
    async (flag) => {
      const client = lineClient({ address: new MemoryServer(), alternative: () => 'use something else' });
      await using lease = await client.acquire();
      await expect(lease.send(line('x', flag))).rejects.toMatchObject({
        code: 'ARGUMENT',
        command: 'x',
        message: 'x: not allowed on this connection; use something else',
      });
      await client.close();
    },
  );

  it('that the server does not clean in time are replaced', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, connectTimeout: 30 });
    const lease = await client.acquire();
    const peer = await server.next();
    const dirty = lease.send(line('dirty'));
    await peer.take('dirty\n');
    peer.send('+ok\n');
    await dirty;
    const released = lease.release();
    await peer.take('clean\n');
    await released;
    expect(peer.closed).toBe(true);
    await client.close({ timeout: 0 });
  });

  it('destroyed by their user make room at once: that is no loss to wait after', async () => {
    const server = new MemoryServer();
    const backoff = { min: 60_000, max: 60_000 };
    const client = lineClient({ address: server, backoff, pools: { ...oneLane, sessions: one } });
    const lease = await client.acquire();
    const waiting = client.acquire();
    lease.destroy();
    expect((await waiting).closed).toBe(false);
    await client.close({ timeout: 0 });
  });

  it('a unit in which something would block goes whole, and once, behind a command that blocks', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const lease = await client.acquire();
    const peer = await server.next();
    const pop = line('pop', Flag.blocking, 60_000);
    const blocked = lease.send(pop);
    const unit = lease.sendAll([line('multi'), pop, pop, line('exec')], { unit: true });
    const later = lease.send(line('later'));
    await peer.take('pop\nmulti\npop\npop\nexec\nlater\n');
    peer.send('+x\n+1\n+2\n+3\n+4\n+5\n');
    expect(await blocked).toBe('x');
    expect((await unit).map((member) => member.ok && member.value)).toEqual(['1', '2', '3', '4']);
    expect(await later).toBe('5');
    await turn();
    expect(peer.unread).toBe('');
    await lease.release();
    await client.close();
  });

  it('get no probe while it is open what a command will have changed: it could end up inside of MULTI', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const lease = await client.acquire();
    const peer = await server.next();
    expect(await outcome(lease.send(line('multi', Flag.stateful), { timeout: 20 }))).toBe('TIMEOUT unknown');
    await turn();
    expect(Buffer.from(peer.written).toString()).toBe('multi\n');
    const next = await client.acquire();
    const other = await server.next();
    other.full = true;
    const late = outcome(next.send(line('slow'), { timeout: 30 }));
    await other.take('slow\n');
    const waiting = outcome(next.send(line('multi', Flag.stateful)));
    expect(await late).toBe('TIMEOUT unknown');
    other.drain();
    await other.take('multi\n');
    await turn();
    expect(other.unread).toBe('');
    other.send('+late\n+ok\n');
    expect(await waiting).toBe('ok');
    await client.close({ timeout: 0 });
  });

  it('come back at once although their last command could not be encoded', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const lease = await client.acquire();
    const failed = outcome(lease.send(line('unencodable')));
    await lease.release();
    expect(await failed).toBe('ARGUMENT notSent');
    await client.close();
  });

  it('come back when what waited on a full connection has passed its deadline', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const lease = await client.acquire();
    const peer = await server.next();
    peer.full = true;
    const first = lease.send(line('a'));
    await peer.take('a\n');
    const waiting = outcome(lease.send(line('b'), { timeout: 20 }));
    peer.send('+1\n');
    await first;
    const released = lease.release();
    expect(await waiting).toBe('TIMEOUT notSent');
    await released;
    await client.close();
  });

  it('a late reply to a command that changed the connection still makes the connection dirty', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const lease = await client.acquire();
    const peer = await server.next();
    const controller = new AbortController();
    const select = new Command(spec('dirty', Flag.stateful), ['5'], String);
    const gone = outcome(lease.send(select, { signal: controller.signal }));
    await peer.take('dirty 5\n');
    controller.abort();
    expect(await gone).toBe('ABORTED unknown');
    const released = lease.release();
    peer.send('+ok\n');
    await peer.take('clean\n');
    peer.send('+ok\n');
    await released;
    await client.close();
  });
});

describe('blocking commands', () => {
  const pop = line('pop', Flag.blocking, 60_000);

  it('are ended by the server when the client closes: an element that came first is delivered', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const popped = client.send(pop);
    const lane = await server.next();
    await lane.take('pop\n');
    const closed = client.close();
    const shared = await server.next();
    await shared.take('unblock\n');
    lane.send('+element\n');
    shared.send('+0\n');
    expect(await popped).toBe('element');
    await closed;
    expect(client.stats()).toMatchObject({ pending: 0, queuedBytes: 0 });
  });

  it('and refused ones say that they were closed', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const popped = outcome(client.send(pop));
    const lane = await server.next();
    await lane.take('pop\n');
    const closed = client.close();
    const shared = await server.next();
    await shared.take('unblock\n');
    lane.send('-UNBLOCKED\n');
    shared.send('+1\n');
    expect(await popped).toBe('CLOSED refused');
    await closed;
  });

  it('76: have one deadline for the wait for a connection and for the block', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const server = new MemoryServer();
    const client = lineClient({ address: server, pools: { ...oneLane, sessions: one } });
    const first = client.send(pop);
    const second = outcome(client.send(line('pop2', Flag.blocking, 60_000), { timeout: 100 }));
    const lane = await server.next();
    await lane.take('pop\n');
    await vi.advanceTimersByTimeAsync(80);
    lane.send('+1\n');
    expect(await first).toBe('1');
    await lane.take('pop2\n');
    await vi.advanceTimersByTimeAsync(60);
    const shared = await server.next();
    await shared.take('unblock\n');
    lane.send('-UNBLOCKED\n');
    shared.send('+1\n');
    expect(await second).toBe('TIMEOUT refused');
    await client.close({ timeout: 0 });
  });

  it('that wait for a connection end at once when the client closes', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, pools: oneLane });
    const first = client.send(pop);
    const lane = await server.next();
    await lane.take('pop\n');
    const second = outcome(client.send(pop));
    const closed = client.close();
    expect(await second).toBe('CLOSED notSent');
    lane.send('+element\n');
    expect(await first).toBe('element');
    await closed;
  });

  it('with the deadline 0 wait as long as it takes', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const popped = client.send(pop, { timeout: 0 });
    const lane = await server.next();
    await lane.take('pop\n');
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(server.peers).toHaveLength(1); // no one was asked to end it
    lane.send('+element\n');
    expect(await popped).toBe('element');
    await client.close({ timeout: 0 });
  });

  it('on one session: one that was not sent ends by itself, one behind a canceled one waits for its end', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const lease = await client.acquire();
    const peer = await server.next();
    const [first, second] = [new AbortController(), new AbortController()];
    const one = outcome(lease.send(pop, { signal: first.signal }));
    const two = outcome(lease.send(pop, { signal: second.signal }));
    const three = lease.send(line('pop3', Flag.blocking, 60_000));
    await peer.take('pop\n');
    second.abort();
    expect(await two).toBe('ABORTED notSent');
    first.abort();
    const shared = await server.next();
    await shared.take('unblock\n');
    peer.send('-UNBLOCKED\n');
    expect(await one).toBe('ABORTED refused');
    await turn();
    expect(peer.unread).toBe('');
    shared.send('+1\n');
    await peer.take('pop3\n');
    peer.send('+3\n');
    expect(await three).toBe('3');
    await client.close({ timeout: 0 });
  });

  it('the server is asked again when it had nothing to end yet', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const controller = new AbortController();
    const popped = outcome(client.send(pop, { signal: controller.signal }));
    const lane = await server.next();
    await lane.take('pop\n');
    controller.abort();
    const shared = await server.next();
    await shared.take('unblock\n');
    shared.send('+0\n');
    await shared.take('unblock\n');
    lane.send('-UNBLOCKED\n');
    shared.send('+1\n');
    expect(await popped).toBe('ABORTED refused');
    await client.close();
  });
});

describe('streams', () => {
  it('end at once when the client closes', async () => {
    const client = lineClient({ address: new MemoryServer() });
    const stream = await client.stream(line('monitor', Flag.stream));
    await client.close({ timeout: 2 ** 40 });
    await expect(stream.next()).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('answer every reader that waits', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server });
    const stream = await client.stream(line('monitor', Flag.stream));
    const peer = await server.next();
    const readers = [stream.next(), stream.next(), stream.next()];
    await peer.take('monitor\n');
    peer.send('>a\n>b\n');
    expect((await readers[0])?.value).toBe('a');
    expect((await readers[1])?.value).toBe('b');
    await stream.return();
    expect((await readers[2])?.done).toBe(true);
    await client.close();
  });
});
