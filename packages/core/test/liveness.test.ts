import { type MemoryPeer, MemoryServer } from '@kv/testkit/memory-transport';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Client } from '../src/index.ts';
import { Flag } from '../src/index.ts';
import { LineProtocol, line, lineClient, readLine } from './line-protocol.ts';
import { freeze, outcome, turn } from './observe.ts';

vi.mock('../src/timers.ts', () => import('@kv/testkit/faked-timers'));

/** Asks by `served?`; the server answers `yes` or `no`. */
class AskingProtocol extends LineProtocol {
  override open(sink: Parameters<LineProtocol['open']>[0]): ReturnType<LineProtocol['open']> {
    const wire = super.open(sink);
    wire.isAlive = async (elsewhere) => (await elsewhere(readLine('served?'))) === 'yes';
    return wire;
  }
}

/** A server that answers probes and questions by itself, and counts the questions. */
class Asked extends MemoryServer {
  questions = 0;
  readonly #reply: string;
  #wake: (() => void) | undefined;

  constructor(reply: string) {
    super({
      onConnect: (peer) => {
        peer.onData = (bytes) => {
          for (const text of Buffer.from(bytes).toString().split('\n')) this.#answer(peer, text);
        };
      },
    });
    this.#reply = reply;
  }

  #answer(peer: MemoryPeer, text: string): void {
    if (text === 'ping') peer.send('+pong\n');
    if (text !== 'served?') return;
    this.questions++;
    peer.send(this.#reply);
    this.#wake?.();
  }

  async asked(count: number): Promise<void> {
    while (this.questions < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

const writtenOn = (peer: MemoryPeer): string => Buffer.from(peer.written).toString();

const soon = { idle: 30, grace: 30 };
const pop = line('pop', Flag.blocking, 0);
const one = { minSize: 0, maxSize: 1 };
const lanes = { shared: one, sessions: one, blocking: one, streams: one };

describe('a connection that is silent because it is blocked', () => {
  it('is asked about on another connection, never probed itself, and lives while the server serves it', async () => {
    const server = new Asked('+yes\n');
    const client = lineClient({ address: server, protocol: new AskingProtocol(), liveness: soon });
    const popped = client.send(pop);
    const lane = await server.next();
    await server.asked(3);
    expect(writtenOn(lane)).toMatch(/pop\n$/); // before it there may be a probe, where the machine is slow
    lane.send('+element\n');
    expect(await popped).toBe('element');
    await client.close({ timeout: 0 });
  });

  it('is given up when the server does not know it, and nothing comes any more', async () => {
    const server = new Asked('+no\n');
    const client = lineClient({ address: server, protocol: new AskingProtocol(), liveness: soon });
    const popped = outcome(client.send(pop));
    const lane = await server.next();
    expect(await popped).toBe('CONNECTION unknown');
    expect(server.questions).toBe(1);
    expect(lane.closed).toBe(true);
    await client.close({ timeout: 0 });
  });

  it('is given up when the server cannot be reached at all', async () => {
    const server = new MemoryServer({
      beforeConnect: (attempt) => (attempt === 0 ? undefined : Promise.reject(new Error('away'))),
    });
    const client = lineClient({ address: server, liveness: soon });
    const popped = outcome(client.send(pop));
    const lane = await server.next();
    await lane.take('pop\n');
    expect(await popped).toBe('CONNECTION unknown');
    await client.close({ timeout: 0 });
  });

  it('lives when the server refuses to say', async () => {
    const server = new Asked('-not allowed\n');
    const client = lineClient({ address: server, protocol: new AskingProtocol(), liveness: soon });
    const popped = client.send(pop);
    const lane = await server.next();
    await server.asked(2);
    lane.send('+element\n');
    expect(await popped).toBe('element');
    await client.close({ timeout: 0 });
  });
});

it('an answer that bytes of the connection have overtaken says nothing: a healthy connection stays', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const server = new MemoryServer();
  const liveness = { idle: 15_000, grace: 5000 };
  const client = lineClient({ address: server, protocol: new AskingProtocol(), liveness, pools: lanes });
  const first = client.send(pop);
  const lane = await server.next();
  await lane.take('pop\n');
  await vi.advanceTimersByTimeAsync(15_100);
  const other = await server.next();
  await other.take('served?\n');
  lane.send('+first\n'); // the server looks after this, and sees a connection that is not blocked
  expect(await first).toBe('first');
  const second = outcome(client.send(pop));
  await vi.advanceTimersByTimeAsync(0);
  await lane.take('pop\n');
  other.send('+no\n');
  await vi.advanceTimersByTimeAsync(10_000);
  lane.send('+second\n');
  expect(await second).toBe('second');
  expect(lane.closed).toBe(false);
  await client.close({ timeout: 0 });
});

it('a connection that was idle is not asked about before the server can have seen its new blocking command', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let written = 0;
  const server = new MemoryServer({
    onConnect: (peer) => {
      peer.onData = (bytes) => {
        if (Buffer.from(bytes).toString() === 'served?\n') peer.send(Date.now() - written < 100 ? '+no\n' : '+yes\n');
      };
    },
  });
  const liveness = { idle: 15_000, grace: 5000 };
  const client = lineClient({ address: server, protocol: new AskingProtocol(), liveness, pools: lanes });
  const first = client.send(pop);
  const lane = await server.next();
  await lane.take('pop\n');
  lane.send('+first\n');
  expect(await first).toBe('first');
  await vi.advanceTimersByTimeAsync(14_990);
  written = Date.now();
  const second = outcome(client.send(pop));
  await vi.advanceTimersByTimeAsync(30_000);
  lane.send('+second\n');
  expect(await second).toBe('second');
  await client.close({ timeout: 0 });
});

describe('other silent connections', () => {
  it('a stream is asked about on another connection', async () => {
    const server = new Asked('+yes\n');
    const client = lineClient({ address: server, protocol: new AskingProtocol(), liveness: soon });
    const stream = await client.stream(line('monitor', Flag.stream));
    const peer = await server.next();
    await server.asked(2);
    peer.send('>frame\n');
    expect((await stream.next()).value).toBe('frame');
    expect(writtenOn(peer)).toBe('monitor\n');
    await client.close({ timeout: 0 });
  });

  it('a shared connection whose reply may still take its time is asked about on a connection made for that', async () => {
    const server = new Asked('+yes\n');
    const client = lineClient({ address: server, protocol: new AskingProtocol(), liveness: soon, timeout: 0 });
    const slow = client.send(line('slow'));
    const peer = await server.next();
    await server.asked(1);
    peer.send('+done\n');
    expect(await slow).toBe('done');
    const spare = server.peers[1] as MemoryPeer;
    expect(writtenOn(spare)).toBe('served?\n');
    while (!spare.closed) await turn();
    await client.close({ timeout: 0 });
    expect(server.peers.every((each) => each.closed)).toBe(true);
  });

  it('a lease whose state was changed gets no probe in between', async () => {
    const server = new Asked('+yes\n');
    const client = lineClient({ address: server, protocol: new AskingProtocol(), liveness: soon });
    const lease = await client.acquire();
    const peer = await server.next();
    const dirty = lease.send(line('dirty'));
    await turn();
    peer.send('+ok\n');
    await dirty;
    const before = writtenOn(peer);
    await server.asked(2);
    expect(writtenOn(peer)).toBe(before);
    await client.close({ timeout: 0 });
  });

  it('a lease whose state was changed gets no probe when a reply is overdue, and none after a freeze', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, liveness: { idle: 30, grace: 30 }, pools: lanes });
    const lease = await client.acquire();
    const peer = await server.next();
    const dirty = lease.send(line('dirty'));
    await peer.take('dirty\n');
    peer.send('+ok\n');
    await dirty;
    freeze(100);
    const late = outcome(lease.send(line('slow'), { timeout: 10 }));
    await peer.take('slow\n');
    expect(await late).toBe('TIMEOUT unknown');
    await turn();
    expect(writtenOn(peer)).toBe('dirty\nslow\n');
    await client.close({ timeout: 0 });
  });

  it('a lease that no one has changed is probed', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, liveness: soon });
    const lease = await client.acquire();
    const peer = await server.next();
    await peer.take('ping\n');
    peer.send('+pong\n');
    expect(lease.closed).toBe(false);
    await client.close({ timeout: 0 });
  });
});

describe('pain 20: a process that was asleep', () => {
  async function asleep(): Promise<[Client, MemoryServer]> {
    const server = new MemoryServer();
    const client = lineClient({ address: server, liveness: { idle: 20, grace: 20 } });
    await client.connect();
    return [client, server];
  }

  it('probes before the first use, and then sends what waited', async () => {
    const [client, server] = await asleep();
    const peer = await server.next();
    freeze(60);
    const answer = client.send(line('a'));
    await peer.take('ping\n');
    expect(peer.unread).toBe('');
    peer.send('+pong\n');
    await peer.take('a\n');
    peer.send('+ok\n');
    expect(await answer).toBe('ok');
    await client.close();
  });

  it('sends what waited on a new connection when the old one is silent', async () => {
    const [client, server] = await asleep();
    const peer = await server.next();
    freeze(60);
    const answer = client.send(line('write'));
    await peer.take('ping\n');
    const second = await server.next();
    await second.take('write\n');
    second.send('+ok\n');
    expect(await answer).toBe('ok');
    expect(peer.unread).toBe('');
    await client.close();
  });
});

it('80: a clock that is set back by an hour does not keep an idle connection from being probed', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const server = new MemoryServer();
  const client = lineClient({ address: server, liveness: { idle: 15_000, grace: 5000 } });
  await client.connect();
  const peer = await server.next();
  vi.setSystemTime(Date.now() - 3_600_000);
  await vi.advanceTimersByTimeAsync(31_000);
  await peer.take('ping\n');
  await vi.advanceTimersByTimeAsync(6000);
  expect(peer.closed).toBe(true);
  await client.close({ timeout: 0 });
});
