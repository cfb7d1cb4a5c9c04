import { MemoryServer } from '@kv/testkit/memory-transport';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Client, Connect, ReplySink, TransportEvents, Wire } from '../src/index.ts';
import { LineProtocol, line, lineClient } from './line-protocol.ts';

vi.mock('../src/timers.ts', () => import('@kv/testkit/faked-timers'));

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

type Peer = MemoryServer['peers'][number];

/** A protocol whose replies take 1 ms per kB to decode. */
class SlowProtocol extends LineProtocol {
  /** Where the next read would go. */
  readonly room = new Uint8Array(1024);

  override open(sink: ReplySink): Wire {
    const wire = super.open(sink);
    return {
      get dirty() {
        return wire.dirty;
      },
      decode: (bytes) => {
        vi.advanceTimersByTime(bytes.length / 1024);
        wire.decode(bytes);
      },
      room: () => this.room,
      handshake: (send) => wire.handshake(send),
    };
  }
}

const COUNT = 64;
const reply = 'x'.repeat(1022);
const replies = `+${reply}\n`.repeat(COUNT);

function calls(client: Client): Promise<string>[] {
  return Array.from({ length: COUNT }, (_, i) => client.send(line(`get ${i}`)));
}

/** A client that knows from a read before how long its replies take to decode. */
async function slow(
  protocol: SlowProtocol = new SlowProtocol(),
): Promise<{ client: Client; peer: Peer; on: TransportEvents }> {
  const server = new MemoryServer();
  let on: TransportEvents | undefined;
  const connect: Connect = (address, events, signal) => {
    on = events;
    return server.connect(address, events, signal);
  };
  const client = lineClient({ address: { connect }, protocol, timeout: 60_000 });
  await client.connect();
  if (on === undefined) throw new Error('it did not connect');
  const peer = server.peers[0] as Peer;
  for (const answer of ['+first\n', replies]) {
    const ends = answer === replies ? calls(client) : [client.send(line('first'))];
    await vi.advanceTimersByTimeAsync(0);
    peer.send(answer);
    await Promise.all(ends);
  }
  return { client, peer, on };
}

it('what callers call after the first replies of a long read is written before the last are decoded', async () => {
  const { client, peer } = await slow();
  const [first, ...others] = calls(client);
  const order: string[] = [];
  const next = first?.then(() => client.send(line('next')));
  for (const call of others) void call.then(() => order.push(peer.unread.includes('next\n') ? 'written' : 'reply'));
  await vi.advanceTimersByTimeAsync(0);
  peer.send(replies);
  await Promise.all(others);
  expect(new Set(order.slice(0, 7))).toEqual(new Set(['reply']));
  expect(new Set(order.slice(8))).toEqual(new Set(['written']));
  peer.send('+done\n');
  expect(await next).toBe('done');
  await client.close();
});

it('a rest that is not decoded is no work of the server: reads are not paused for it', async () => {
  const { client, peer } = await slow(new SlowProtocol({ unbatchedReplies: true }));
  const ends = calls(client);
  await vi.advanceTimersByTimeAsync(20);
  const pause = vi.spyOn(peer.transport, 'pause');
  peer.send(replies);
  expect(await Promise.all(ends)).toEqual(Array.from({ length: COUNT }, () => reply));
  expect(pause).not.toHaveBeenCalled();
  await client.close();
});

it('replies that were read are given to their callers when one of them closes the client', async () => {
  const { client, peer } = await slow();
  const ends = calls(client);
  const closed = ends[0]?.then(() => client.close({ timeout: 0 }));
  await vi.advanceTimersByTimeAsync(0);
  peer.send(replies);
  expect(await Promise.all(ends)).toEqual(Array.from({ length: COUNT }, () => reply));
  await closed;
});

it('replies that were read are given to their callers when the server ends the connection right after them', async () => {
  const { client, peer } = await slow();
  const ends = calls(client);
  await vi.advanceTimersByTimeAsync(0);
  peer.send(replies);
  peer.close();
  expect(await Promise.all(ends)).toEqual(Array.from({ length: COUNT }, () => reply));
  await client.close();
});

it('nothing is read into the room of the wire before all is decoded that was read', async () => {
  const protocol = new SlowProtocol();
  const { client, peer, on } = await slow(protocol);
  const ends = calls(client);
  await vi.advanceTimersByTimeAsync(0);
  expect(on.room?.()).toBe(protocol.room);
  peer.send(replies);
  expect(on.room?.()).toBeUndefined();
  await Promise.all(ends);
  expect(on.room?.()).toBe(protocol.room);
  await client.close();
});
