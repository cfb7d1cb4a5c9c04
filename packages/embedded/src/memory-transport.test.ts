import { describe, expect, test, vi } from 'vitest';
import { type MemoryTransport, memoryAddress } from './memory-transport.ts';
import type { Peer, Service, Session } from './peer.ts';
import type * as Timers from './timers.ts';

/** Here the fake timers of the tests count, which the servers else do not see. */
vi.mock('./timers.ts', async (load) => ({
  ...(await load<typeof Timers>()),
  setTimeout: (run: () => void, ms: number) => setTimeout(run, ms),
  clearTimeout: (timer: NodeJS.Timeout | undefined) => clearTimeout(timer),
}));

/** A service that tells everything that happens to its only connection. */
function observed(): { service: Service; events: string[]; peer: () => Peer; received: () => Buffer } {
  const events: string[] = [];
  const chunks: Buffer[] = [];
  let peer: Peer | undefined;
  const session: Session = {
    data: (bytes) => chunks.push(Buffer.from(bytes)),
    drained: () => events.push('server drained'),
    ended: () => events.push('server ended'),
    closed: () => events.push('server closed'),
  };
  const service: Service = {
    accept: (accepted) => {
      peer = accepted;
      return session;
    },
    close: () => {},
  };
  return { service, events, peer: () => peer as Peer, received: () => Buffer.concat(chunks) };
}

async function connected() {
  const server = observed();
  const events: string[] = [];
  const chunks: Buffer[] = [];
  const on = {
    data: (bytes: Uint8Array) => chunks.push(Buffer.from(bytes)),
    drain: () => events.push('drain'),
    close: (error?: Error) => events.push(error === undefined ? 'close' : `close ${error.message}`),
  };
  const address = memoryAddress(server.service);
  const transport: MemoryTransport = await address.connect(address, on, new AbortController().signal);
  return { server, transport, events, received: () => Buffer.concat(chunks).toString() };
}

async function turns(): Promise<void> {
  for (let n = 0; n < 4; n += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('a connection in memory', () => {
  test('carries text as UTF-8 and bytes as they are, later and in order', async () => {
    const { server, transport } = await connected();
    expect(transport.write(['é', Uint8Array.of(0, 255), '\n'])).toBe(true);
    transport.write(['more']);
    expect(server.received()).toHaveLength(0);
    await turns();
    expect(server.received()).toEqual(Buffer.from([0xc3, 0xa9, 0, 255, 10, ...Buffer.from('more')]));
  });

  test('asks the writer to wait, and says when to go on', async () => {
    const { transport, events } = await connected();
    expect(transport.write([new Uint8Array(70_000)])).toBe(false);
    await turns();
    expect(events).toEqual(['drain']);
  });

  test('gives a paused client nothing, and shows that to the server', async () => {
    const { server, transport, received } = await connected();
    transport.pause();
    server.peer().write(Buffer.alloc(70_000, 'x'));
    await turns();
    expect([received().length, server.peer().full]).toEqual([0, true]);
    transport.resume();
    await turns();
    expect([received().length, server.peer().full]).toEqual([70_000, false]);
    expect(server.events).toEqual(['server drained']);
  });

  test('delivers what was written before an end from either side', async () => {
    const { server, transport, events, received } = await connected();
    transport.write(['last words']);
    transport.end();
    await turns();
    expect([server.received().toString(), server.events]).toEqual(['last words', ['server ended']]);
    server.peer().write(Buffer.from('bye'));
    server.peer().end();
    await turns();
    expect([received(), events, server.events]).toEqual(['bye', ['close'], ['server ended', 'server closed']]);
  });

  test('ends within a second, also when the server does not', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { server, transport, events } = await connected();
      transport.pause();
      transport.end();
      transport.end();
      await turns();
      vi.advanceTimersByTime(999);
      await turns();
      expect([events, server.events]).toEqual([[], ['server ended']]);
      vi.advanceTimersByTime(1);
      await turns();
      expect([events, server.events]).toEqual([['close'], ['server ended', 'server closed']]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('tells both sides once that it was destroyed', async () => {
    const { server, transport, events, received } = await connected();
    server.peer().write(Buffer.from('lost'));
    transport.destroy(new Error('enough'));
    transport.destroy();
    expect(events).toEqual([]);
    await turns();
    expect([received(), events, server.events]).toEqual(['', ['close enough'], ['server closed']]);
  });

  test('does not connect after an abort', async () => {
    const address = memoryAddress(observed().service);
    const on = { data: () => {}, drain: () => {}, close: () => {} };
    await expect(address.connect(address, on, AbortSignal.abort(new Error('no')))).rejects.toThrow('no');
  });
});
