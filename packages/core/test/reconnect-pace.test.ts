import { type MemoryPeer, MemoryServer } from '@kv/testkit/memory-transport';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KvError } from '../src/index.ts';
import { LineProtocol, line, lineClient, lineSetup } from './line-protocol.ts';
import { outcome } from './observe.ts';

vi.mock('../src/timers.ts', () => import('@kv/testkit/faked-timers'));

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const backoff = { min: 50, max: 2000 };
const handshaking = new LineProtocol({}, { handshakeLines: ['login'] });

/** A server that answers each command line with what `reply` says. */
function answering(reply: (text: string, peer: MemoryPeer) => string | undefined): MemoryServer {
  return new MemoryServer({
    onConnect: (peer) => {
      peer.onData = (bytes) => {
        for (const text of Buffer.from(bytes).toString().trimEnd().split('\n')) {
          const answer = reply(text, peer);
          if (answer !== undefined) peer.send(answer);
        }
      };
    },
  });
}

/** Calls one after the other for two seconds, as an application that goes on after each error. */
async function callOn(call: () => Promise<unknown>): Promise<unknown[]> {
  const ends: unknown[] = [];
  const until = Date.now() + 2000;
  const calling = (async () => {
    while (Date.now() < until) {
      ends.push(await outcome(call()));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  })();
  await vi.advanceTimersByTimeAsync(2100);
  await vi.advanceTimersByTimeAsync(5000);
  await calling;
  return ends;
}

describe('after a refused login', () => {
  it('an application that goes on calling makes few connections, and its calls fail at once with the refusal', async () => {
    const server = answering(() => '-wrong password\n');
    const client = lineClient({ address: server, protocol: handshaking, backoff });
    const ends = await callOn(() => client.send(line('a')));
    expect(ends.length).toBeGreaterThan(500);
    expect(new Set(ends)).toEqual(new Set(['CONNECTION notSent']));
    expect(server.attempts).toBeLessThan(40);
    const error = (await client.send(line('a')).catch((caught: KvError) => caught)) as KvError;
    expect(error.message).toBe('a: wrong password; it was not sent');
    await client.close({ timeout: 0 });
  });

  it.each(['session', 'connect'])('the same holds for %s', async (kind) => {
    const server = answering(() => '-wrong password\n');
    const client = lineClient({ address: server, protocol: handshaking, backoff });
    await callOn(() => (kind === 'session' ? client.acquire() : client.connect()));
    expect(server.attempts).toBeLessThan(40);
    await client.close({ timeout: 0 });
  });

  it('calls work again soon after the server has taken the password', async () => {
    let wrong = true;
    const server = answering((text) => (wrong && text === 'login' ? '-wrong password\n' : '+ok\n'));
    const client = lineClient({ address: server, protocol: handshaking, backoff });
    await callOn(() => client.send(line('a')));
    wrong = false;
    await vi.advanceTimersByTimeAsync(2000);
    const answer = outcome(client.send(line('a')));
    await vi.advanceTimersByTimeAsync(10);
    expect(await answer).toBe('ok');
    await client.close();
  });
});

describe('a server that finishes the handshake and then hangs up', () => {
  const hangUp = (): MemoryServer =>
    answering((text, peer) => {
      if (text === 'login') queueMicrotask(() => setTimeout(() => peer.close(), 1));
      return text === 'login' ? '+in\n' : undefined;
    });

  it('is connected to at growing distances while no one calls', async () => {
    const server = hangUp();
    const pools = { ...lineSetup({ address: server }).pools, shared: { minSize: 1, maxSize: 1 } };
    const client = lineClient({ address: server, protocol: handshaking, backoff, pools });
    await client.connect();
    await vi.advanceTimersByTimeAsync(60_000);
    const before = server.attempts;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.attempts - before).toBeLessThan(120); // on average one a second
    expect(server.attempts - before).toBeGreaterThan(20);
    await client.close({ timeout: 0 });
  });

  it.each([0, 1])('is not connected to at each call (minSize %i)', async (minSize) => {
    const server = hangUp();
    const pools = { ...lineSetup({ address: server }).pools, shared: { minSize, maxSize: 1 } };
    const client = lineClient({ address: server, protocol: handshaking, backoff, pools });
    await callOn(() => client.send(line('a')));
    expect(server.attempts).toBeLessThan(40);
    await client.close({ timeout: 0 });
  });

  it('does not lengthen the wait after a connection that answered a call', async () => {
    const server = answering(() => '+ok\n');
    const client = lineClient({ address: server, protocol: handshaking, backoff });
    for (let i = 0; i < 20; i++) {
      const answer = outcome(client.send(line('a')));
      await vi.advanceTimersByTimeAsync(50);
      expect(await answer).toBe('ok');
      server.peers.at(-1)?.close();
      await vi.advanceTimersByTimeAsync(0);
    }
    await client.close();
  });

  it('does not lengthen the wait after connections that lasted', async () => {
    const server = answering(() => '+ok\n');
    const client = lineClient({ address: server, protocol: handshaking, backoff });
    await client.connect();
    for (let i = 0; i < 10; i++) {
      await vi.advanceTimersByTimeAsync(5000);
      server.peers.at(-1)?.close();
      await vi.advanceTimersByTimeAsync(51);
      expect(server.attempts).toBe(i + 2);
    }
    await client.close();
  });
});
