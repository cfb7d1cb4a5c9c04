import { MemoryServer } from '@kv/testkit/memory-transport';
import { describe, expect, it } from 'vitest';
import type { Client } from '../src/index.ts';
import { Flag } from '../src/index.ts';
import { line, lineClient } from './line-protocol.ts';
import { outcome, turn } from './observe.ts';

/** A client whose queue is full: its server takes no bytes. */
async function full(): Promise<{ client: Client; server: MemoryServer }> {
  const server = new MemoryServer();
  const client = lineClient({ address: server, maxQueueBytes: 200 });
  await client.connect();
  const peer = await server.next();
  peer.full = true;
  void outcome(client.send(line('first')));
  await turn();
  void outcome(client.send(line(`fills ${'x'.repeat(100)}`)));
  expect(await outcome(client.send(line('more')))).toBe('QUEUE_FULL notSent');
  return { client, server };
}

describe('while the queue of calls is full', () => {
  it('commands of the library itself are sent as soon as the connection takes bytes', async () => {
    const { client, server } = await full();
    const asked = client.sendInternal(line('ask'));
    server.peers[0]?.drain();
    await server.peers[0]?.take(`first\nfills ${'x'.repeat(100)}\nask\n`);
    server.peers[0]?.send('+1\n+2\n+3\n');
    expect(await asked).toBe('3');
    await client.close();
  });

  it('the library gets a connection of its own, for a subscription for example', async () => {
    const { client } = await full();
    await using lease = await client.acquireInternal({}, 'streams');
    expect(lease.closed).toBe(false);
    await client.close({ timeout: 0 });
  });

  it('a blocking command is canceled on another connection all the same', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, maxQueueBytes: 200 });
    const controller = new AbortController();
    const popped = outcome(client.send(line('pop', Flag.blocking, 60_000), { signal: controller.signal }));
    const blocked = await server.next();
    await blocked.take('pop\n');
    await client.connect();
    const shared = await server.next();
    shared.full = true;
    void outcome(client.send(line('first')));
    await turn();
    void outcome(client.send(line(`fills ${'x'.repeat(100)}`)));
    controller.abort();
    await turn();
    shared.drain();
    await shared.take(`first\nfills ${'x'.repeat(100)}\nunblock\n`);
    blocked.send('-UNBLOCKED\n');
    shared.send('+1\n+2\n+1\n');
    expect(await popped).toBe('ABORTED refused');
    await client.close();
  });
});

it('commands of the library itself are not counted in the statistics of calls', async () => {
  const server = new MemoryServer();
  const client = lineClient({ address: server });
  const asked = client.sendInternal(line('ask'));
  const peer = await server.next();
  await peer.take('ask\n');
  expect(client.stats()).toMatchObject({ pending: 0, queuedBytes: 0 });
  peer.send('+1\n');
  await asked;
  expect(client.stats().commands).toEqual({});
  await client.close();
});
