import type { Connect } from '@kv/core';
import { expect, expectTypeOf, test, vi } from 'vitest';
import { type MemoryEvents, MemoryServer } from './memory-transport.ts';

function recorder() {
  const seen: string[] = [];
  const kept: Uint8Array[] = [];
  const on: MemoryEvents = {
    data: (bytes) => {
      seen.push(`data ${Buffer.from(bytes).toString()}`);
      kept.push(bytes);
    },
    drain: () => seen.push('drain'),
    close: (error) => seen.push(`close ${error?.message ?? 'in order'}`),
  };
  return { seen, kept, on };
}

const never = new AbortController().signal;

test('it is a connect function of core', () => {
  expectTypeOf(new MemoryServer().connect).toExtend<Connect>();
});

test('bytes both ways, in the chosen pieces, in a buffer that is used again', async () => {
  const server = new MemoryServer();
  const { seen, kept, on } = recorder();
  const transport = await server.connect({}, on, never);
  const peer = await server.next();
  expect(transport.write(['GET ', Buffer.from('a\n')])).toBe(true);
  await peer.take('GET a\n');
  peer.send('b', 'c');
  expect(seen).toEqual(['data b', 'data c']);
  expect(kept[0]).toEqual(Uint8Array.of(0xaa));
  expect(peer.writes).toEqual([6]);
});

test('take shows the difference', async () => {
  const server = new MemoryServer();
  const transport = await server.connect({}, recorder().on, never);
  const peer = await server.next();
  transport.write(['abX']);
  await peer.take('a');
  await expect(peer.take('bY')).rejects.toThrow('other bytes came\n  expected "bY"\n  written  "bX"');
  await expect(peer.take('bX more', 5)).rejects.toThrow('nothing more came');
});

test('full, then drain once', async () => {
  const server = new MemoryServer();
  const { seen, on } = recorder();
  const transport = await server.connect({}, on, never);
  const peer = await server.next();
  peer.drain();
  peer.full = true;
  expect(transport.write(['x'])).toBe(false);
  peer.drain();
  peer.drain();
  expect(seen).toEqual(['drain']);
  expect(transport.write(['y'])).toBe(true);
  await peer.take('xy');
});

test('while paused, pieces wait', async () => {
  const server = new MemoryServer();
  const { seen, on } = recorder();
  const transport = await server.connect({}, on, never);
  const peer = await server.next();
  transport.pause();
  peer.send('1', '2');
  expect(peer.paused).toBe(true);
  expect(seen).toEqual([]);
  transport.resume();
  await Promise.resolve();
  expect(seen).toEqual(['data 1', 'data 2']);
});

test('close comes once, later, from either side', async () => {
  const server = new MemoryServer();
  for (const end of ['end', 'destroy', 'server'] as const) {
    const { seen, on } = recorder();
    const transport = await server.connect({}, on, never);
    const peer = await server.next();
    if (end === 'end') transport.end();
    else if (end === 'destroy') transport.destroy(new Error('mine'));
    else peer.close(new Error('theirs'));
    transport.destroy();
    expect(seen).toEqual([]);
    await Promise.resolve();
    expect(seen).toEqual([{ end: 'close in order', destroy: 'close mine', server: 'close theirs' }[end]]);
    expect(peer.closed).toBe(true);
    expect(transport.write(['late'])).toBe(false);
  }
});

test('an end waits for a server that does not read, takes its replies, and is over when it reads', async () => {
  const server = new MemoryServer();
  const { seen, on } = recorder();
  const transport = await server.connect({}, on, never);
  const peer = await server.next();
  peer.full = true;
  transport.write(['last']);
  transport.end();
  expect(transport.write(['late'])).toBe(false);
  await Promise.resolve();
  peer.send('reply');
  expect([seen, peer.ended, peer.closed]).toEqual([['data reply'], true, false]);
  peer.drain();
  peer.send('too late');
  await Promise.resolve();
  expect(seen).toEqual(['data reply', 'close in order']);
  await peer.take('last');
  expect(peer.unread).toBe('');
});

test('an end waits a second at most', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const server = new MemoryServer();
    const { seen, on } = recorder();
    const transport = await server.connect({}, on, never);
    const peer = await server.next();
    peer.full = true;
    transport.end();
    vi.advanceTimersByTime(999);
    expect(peer.closed).toBe(false);
    vi.advanceTimersByTime(1);
    await Promise.resolve();
    expect([peer.closed, seen]).toEqual([true, ['close in order']]);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('connects can be refused, held and aborted', async () => {
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const server = new MemoryServer({
    beforeConnect: (attempt) => {
      if (attempt === 0) throw new Error('refused');
      return gate;
    },
  });
  await expect(server.connect({}, recorder().on, never)).rejects.toThrow('refused');
  const abort = new AbortController();
  const aborted = server.connect({}, recorder().on, abort.signal);
  abort.abort(new Error('enough'));
  await expect(aborted).rejects.toThrow('enough');
  const held = server.connect({}, recorder().on, never);
  expect(server.peers.length).toBe(0);
  open();
  await held;
  expect(server.peers.length).toBe(1);
  expect(server.attempts).toBe(3);
});

test('a server that answers by itself', async () => {
  const server = new MemoryServer({
    onConnect: (peer) => {
      peer.onData = (bytes) => peer.send(Buffer.from(bytes).toString().toUpperCase());
    },
  });
  const { seen, on } = recorder();
  const transport = await server.connect({}, on, never);
  await Promise.resolve();
  transport.write(['hello']);
  expect(seen).toEqual([]);
  await Promise.resolve();
  expect(seen).toEqual(['data HELLO']);
});
