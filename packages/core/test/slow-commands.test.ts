import { type MemoryPeer, MemoryServer } from '@kv/testkit/memory-transport';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LineProtocol, line, lineClient, readLine } from './line-protocol.ts';
import { outcome } from './observe.ts';

vi.mock('../src/timers.ts', () => import('@kv/testkit/faked-timers'));

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const liveness = { idle: 15_000, grace: 5000 };
const pass = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

/** A server that never answers on its first connection by itself, and answers on the others unless it is busy. */
class Working extends MemoryServer {
  reachable = true;

  constructor({ busy }: { readonly busy: boolean }) {
    super({
      beforeConnect: (attempt) => this.#admit(attempt),
      onConnect: (peer) => {
        if (peer.index > 0 && !busy) peer.onData = (bytes) => echo(peer, bytes);
      },
    });
  }

  #admit(attempt: number): Promise<void> | undefined {
    return attempt === 0 || this.reachable ? undefined : Promise.reject(new Error('away'));
  }
}

function echo(peer: MemoryPeer, bytes: Uint8Array): void {
  for (const text of Buffer.from(bytes).toString().trimEnd().split('\n')) peer.send(`+${text}\n`);
}

const firstOf = (server: MemoryServer): MemoryPeer => server.peers[0] as MemoryPeer;

describe('a slow command on a shared connection', () => {
  it('is not given up because the deadline of a neighbor passes', async () => {
    const server = new Working({ busy: false });
    const client = lineClient({ address: server, liveness });
    const slow = outcome(client.send(line('slow'), { timeout: 0 }));
    const neighbors = Array.from({ length: 3 }, () => outcome(client.send(line('get'), { timeout: 5000 })));
    await pass(60_000);
    expect(await Promise.all(neighbors)).toEqual(Array(3).fill('TIMEOUT unknown'));
    expect(firstOf(server).closed).toBe(false);
    firstOf(server).send('+done\n');
    expect(await slow).toBe('done');
    await client.close({ timeout: 0 });
  });

  it('is waited for until its own deadline on a server that accepts connections and answers nothing meanwhile', async () => {
    const server = new Working({ busy: true });
    const client = lineClient({ address: server, liveness, protocol: new LineProtocol({ commands: 1 }) });
    const slow = outcome(client.send(readLine('slow'), { timeout: 110_000 }));
    await pass(100_000);
    expect(firstOf(server).closed).toBe(false);
    const written = server.peers.filter((peer) => Buffer.from(peer.written).toString().includes('slow'));
    expect(written).toHaveLength(1);
    firstOf(server).send('+done\n');
    expect(await slow).toBe('done');
    await client.close({ timeout: 0 });
  });

  // A server answers what it got together when all of it is done: so the call before the slow one is late, too.
  it('is waited for although a call before it, which the server answers with it, is past its own deadline', async () => {
    const server = new Working({ busy: true });
    const client = lineClient({ address: server, liveness });
    const early = outcome(client.send(line('get'), { timeout: 5000 }));
    const slow = outcome(client.send(line('slow'), { timeout: 60_000 }));
    await pass(50_000);
    expect(await early).toBe('TIMEOUT unknown');
    expect(firstOf(server).closed).toBe(false);
    firstOf(server).send('+late\n+done\n');
    expect(await slow).toBe('done');
    await client.close({ timeout: 0 });
  });

  it('is given up with its own deadline, when no other is pending that was called before', async () => {
    const server = new Working({ busy: true });
    const client = lineClient({ address: server, liveness });
    void outcome(client.send(line('get'), { timeout: 5000 }));
    const slow = outcome(client.send(line('slow'), { timeout: 30_000 }));
    const calling = setInterval(() => void outcome(client.send(line('get'), { timeout: 5000 })), 100);
    await pass(36_000);
    clearInterval(calling);
    expect(await slow).toBe('TIMEOUT unknown');
    expect(firstOf(server).closed).toBe(true);
    await client.close({ timeout: 0 });
  });

  it('is given up when a call before it is late and the server accepts no connections any more', async () => {
    const server = new Working({ busy: false });
    const client = lineClient({ address: server, liveness });
    void outcome(client.send(line('get'), { timeout: 5000 }));
    const slow = outcome(client.send(line('slow'), { timeout: 0 }));
    await pass(0);
    server.reachable = false;
    await pass(15_000);
    expect(await slow).toBe('CONNECTION unknown');
    await client.close({ timeout: 0 });
  });

  it('is given up when the server accepts no connections any more', async () => {
    const server = new Working({ busy: false });
    const client = lineClient({ address: server, liveness });
    const slow = outcome(client.send(line('slow'), { timeout: 0 }));
    await pass(0);
    server.reachable = false;
    await pass(40_000);
    expect(await slow).toBe('CONNECTION unknown');
    await client.close({ timeout: 0 });
  });
});

describe('a reply that is past its own deadline', () => {
  it('is waited for a while longer where the server answers on another connection', async () => {
    const server = new Working({ busy: false });
    const client = lineClient({ address: server, liveness });
    const slow = outcome(client.send(line('slow'), { timeout: 5000 }));
    const behind = outcome(client.send(line('behind'), { timeout: 60_000 }));
    await pass(12_500);
    expect(await slow).toBe('TIMEOUT unknown');
    expect(firstOf(server).closed).toBe(false);
    firstOf(server).send('+late\n+kept\n');
    expect(await behind).toBe('kept');
    await client.close({ timeout: 0 });
  });

  it('ends its connection in the end although the server answers on another connection', async () => {
    const server = new Working({ busy: false });
    const client = lineClient({ address: server, liveness });
    const behind = outcome(client.send(line('slow'), { timeout: 5000 })).then(() =>
      outcome(client.send(readLine('behind'), { timeout: 60_000 })),
    );
    await pass(40_000);
    expect(firstOf(server).closed).toBe(true);
    expect(await behind).toBe('behind');
    await client.close({ timeout: 0 });
  });

  it('ends its connection within the grace where the server answers nowhere', async () => {
    const server = new Working({ busy: true });
    const client = lineClient({ address: server, liveness });
    const slow = outcome(client.send(line('slow'), { timeout: 5000 }));
    await pass(10_100);
    expect(await slow).toBe('TIMEOUT unknown');
    expect(firstOf(server).closed).toBe(true);
    await client.close({ timeout: 0 });
  });
});

describe('a connection with pushes but without replies', () => {
  it('is given up: only replies show that the server serves calls', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, liveness, push: () => undefined });
    await client.connect();
    const pushing = setInterval(() => firstOf(server).send('>news\n'), 100);
    const call = outcome(client.send(line('get'), { timeout: 5000 }));
    await pass(40_000);
    clearInterval(pushing);
    expect(await call).toBe('TIMEOUT unknown');
    expect(firstOf(server).closed).toBe(true);
    await client.close({ timeout: 0 });
  });

  it('lives while nothing is called', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, liveness, push: () => undefined });
    await client.connect();
    const pushing = setInterval(() => firstOf(server).send('>news\n'), 100);
    await pass(60_000);
    clearInterval(pushing);
    expect([firstOf(server).closed, firstOf(server).unread]).toEqual([false, '']);
    await client.close({ timeout: 0 });
  });
});

it('a connection is given up when too many of its requests were abandoned, although none of them is the oldest', async () => {
  const server = new MemoryServer();
  const client = lineClient({ address: server, liveness, maxQueueBytes: 1e9 });
  await client.connect();
  firstOf(server).forgetful = true;
  const slow = outcome(client.send(line('slow'), { timeout: 0 }));
  for (let round = 0; round < 7; round++) {
    for (let i = 0; i < 10_000; i++) void outcome(client.send(line('get'), { timeout: 10 }));
    await pass(30);
  }
  expect(await slow).toBe('CONNECTION unknown');
  expect(firstOf(server).closed).toBe(true);
  await client.close({ timeout: 0 });
});
