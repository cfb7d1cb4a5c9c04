import { MemoryServer } from '@kv/testkit/memory-transport';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Client, KvError } from '../src/index.ts';
import { LineProtocol, line, lineClient } from './line-protocol.ts';

vi.mock('../src/timers.ts', () => import('@kv/testkit/faked-timers'));

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

type Peer = MemoryServer['peers'][number];

/** A client with `calls` calls at a server that sends each reply by itself, one per 20 ms, and has sent `replies`. */
async function busy(calls: number, replies: number): Promise<{ client: Client; peer: Peer; ends: Promise<string>[] }> {
  const server = new MemoryServer();
  const client = lineClient({
    address: server,
    protocol: new LineProtocol({ unbatchedReplies: true }),
    timeout: 60_000,
  });
  await client.connect();
  const peer = server.peers[0] as Peer;
  const ends = Array.from({ length: calls }, (_, i) =>
    client.send(line(`get ${i}`)).catch((error: KvError) => `${error.code} ${error.outcome}`),
  );
  await vi.advanceTimersByTimeAsync(0);
  await peer.take(Array.from({ length: calls }, (_, i) => `get ${i}\n`).join(''));
  for (let i = 0; i < replies; i++) {
    if (i > 0) await vi.advanceTimersByTimeAsync(20);
    peer.send(`+${i}\n`);
  }
  await vi.advanceTimersByTimeAsync(0);
  return { client, peer, ends };
}

it('while much is due, replies are read and new calls written a few times per 10 ms', async () => {
  const { client, peer, ends } = await busy(200, 2);
  expect(peer.paused).toBe(true);
  const before = peer.writes.length;
  const later = ['a', 'b', 'c'].map((text) => client.send(line(text)));
  peer.send('+2\n+3\n');
  await vi.advanceTimersByTimeAsync(0);
  expect(peer.writes).toHaveLength(before);
  await vi.advanceTimersByTimeAsync(10);
  await peer.take('a\nb\nc\n');
  expect(peer.writes).toHaveLength(before + 1);
  expect(await Promise.all(ends.slice(0, 4))).toEqual(['0', '1', '2', '3']);
  peer.send(`${Array.from({ length: 196 }, (_, i) => `+${i + 4}\n`).join('')}+x\n+y\n+z\n`);
  await vi.advanceTimersByTimeAsync(10);
  expect(await Promise.all([...ends, ...later])).toEqual([
    ...Array.from({ length: 200 }, (_, i) => String(i)),
    'x',
    'y',
    'z',
  ]);
  await client.close();
});

it('with little due, replies are read as they come', async () => {
  const { client, peer } = await busy(30, 10);
  expect(peer.paused).toBe(false);
  void client.send(line('a')).catch(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  await peer.take('a\n');
  await client.close({ timeout: 0 });
});

it('a connection that was paused during a pause between reads stays paused until it is resumed', async () => {
  const server = new MemoryServer();
  const client = lineClient({
    address: server,
    protocol: new LineProtocol({ unbatchedReplies: true }),
    timeout: 60_000,
  });
  const lease = await client.acquire();
  const peer = server.peers[0] as Peer;
  const ends = Array.from({ length: 100 }, () => lease.send(line('a')));
  await vi.advanceTimersByTimeAsync(0);
  peer.send('+ok\n');
  await vi.advanceTimersByTimeAsync(20);
  peer.send('+ok\n');
  expect(peer.paused).toBe(true);
  lease.connection.pause();
  await vi.advanceTimersByTimeAsync(10);
  expect(peer.paused).toBe(true);
  peer.send('+ok\n'.repeat(98));
  lease.connection.resume();
  await vi.advanceTimersByTimeAsync(10);
  expect(await Promise.all(ends)).toHaveLength(100);
  await lease.release();
  await client.close({ timeout: 0 });
});

it('a connection that ends between two reads reads again, so that its transport can see the end', async () => {
  const { client, peer } = await busy(100, 2);
  expect(peer.paused).toBe(true);
  await client.close({ timeout: 0 });
  expect([peer.ended, peer.paused]).toEqual([true, false]);
});

it('a client that is closed between two reads ends all calls and waits for nothing', async () => {
  const { client, peer, ends } = await busy(100, 2);
  expect(peer.paused).toBe(true);
  const waiting = client.send(line('never written')).catch((error: KvError) => `${error.code} ${error.outcome}`);
  await client.close({ timeout: 0 });
  expect(await waiting).toBe('CLOSED notSent');
  expect((await Promise.all(ends)).slice(2)).toEqual(Array.from({ length: 98 }, () => 'CLOSED unknown'));
  expect(vi.getTimerCount()).toBe(0);
});
