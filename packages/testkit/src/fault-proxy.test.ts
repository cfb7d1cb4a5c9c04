import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FaultProxyOptions, faultProxy } from './fault-proxy.ts';
import { randomFaults } from './faults.ts';
import { seeded } from './random.ts';
import { RawClient } from './raw-client.ts';
import { type ScriptedServer, scriptedServer } from './scripted-server.ts';

let server: ScriptedServer;
const open: AsyncDisposable[] = [];

/** Echoes everything, in upper case so that a reply is never mistaken for its request. */
beforeEach(async () => {
  server = await scriptedServer(async (peer) => {
    while (!peer.over) {
      const arrived = await peer.expect((bytes) => (bytes.length > 0 || peer.over ? bytes.length : undefined));
      await peer.reply(Buffer.from(arrived).toString('latin1').toUpperCase());
    }
    peer.end();
  });
});

afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
  await server.close().catch(() => {}); // scripts see their connections break: that is what is tested
});

async function proxied(options?: FaultProxyOptions) {
  const proxy = await faultProxy(server, options);
  open.push(proxy);
  const client = await RawClient.dial(proxy);
  open.push(client);
  await proxy.connected(1);
  return { proxy, client };
}

const received = (): string => Buffer.from(server.peers[0]?.received ?? []).toString();

test('without faults bytes and ends pass', async () => {
  const { client, proxy } = await proxied();
  client.write('hello');
  expect(await client.readText(5)).toBe('HELLO');
  client.end();
  expect(await client.closed).toBe('end');
  await expect.poll(() => proxy.connections.length).toBe(0);
  expect(proxy.total).toBe(1);
});

test('large data passes unchanged under pressure', async () => {
  const { client } = await proxied({ faults: { toServer: { pieces: 50_000 } } });
  client.write('a'.repeat(3_000_000));
  expect(await client.readText(3_000_000)).toBe('A'.repeat(3_000_000));
});

test('single bytes, in order', async () => {
  const { client } = await proxied({ faults: { toClient: { pieces: 1 } } });
  client.write('abcdef');
  expect(await client.readText(6)).toBe('ABCDEF');
  expect(client.chunkSizes.length).toBeGreaterThan(1);
});

test('merging makes one chunk of what comes close together', async () => {
  const { client } = await proxied({ faults: { toServer: { pieces: 1 }, toClient: { merge: 200 } } });
  client.write('abcdef');
  expect(await client.readText(6)).toBe('ABCDEF');
  expect(client.chunkSizes).toEqual([6]);
});

test('delayed bytes keep their order', async () => {
  const { client } = await proxied({ faults: { toServer: { delay: 5 }, toClient: { delay: 5 } } });
  client.write('ab');
  client.write('cd');
  expect(await client.readText(4)).toBe('ABCD');
});

test.each([0, 1, 3])('cut after byte %i to the server', async (cutAfter) => {
  const { client } = await proxied({ faults: { toServer: { cutAfter } } });
  client.write('abcdef');
  expect(await client.closed).toBe('ECONNRESET');
  await expect.poll(() => server.peers[0]?.over ?? cutAfter === 0).toBe(true);
  expect(received()).toBe('abcdef'.slice(0, cutAfter));
});

test('cut after byte 2 to the client, as an orderly end', async () => {
  const { client } = await proxied({ faults: { toClient: { cutAfter: 2, cutAs: 'end' } } });
  client.write('abcdef');
  expect(await client.readToEnd()).toBe('AB');
  expect(await client.closed).toBe('end');
});

test('half-open after byte 2: the rest is lost, the end too', async () => {
  const { client, proxy } = await proxied({ faults: { toServer: { halfOpenAfter: 2 } } });
  client.write('abcdef');
  expect(await client.readText(2)).toBe('AB');
  client.write('more');
  client.end();
  await expect.poll(() => proxy.connections[0]?.fromClient).toBe(10);
  expect(received()).toBe('ab');
  expect(server.peers[0]?.over).toBe(false);
});

test('a connection made half-open hides the death of the server', async () => {
  const { client, proxy } = await proxied();
  client.write('a');
  expect(await client.readText(1)).toBe('A');
  proxy.halfOpen();
  server.peers[0]?.reset();
  await expect(client.readText(1, 50)).rejects.toThrow('nothing more came');
});

test('a connection made half-open loses the rest of what is just being passed on', async () => {
  const { client, proxy } = await proxied({ faults: { toClient: { pieces: 1 } } });
  client.write('ab');
  expect(await client.readText(2)).toBe('AB');
  proxy.stall('toClient');
  client.write('cdef');
  await expect.poll(() => proxy.connections[0]?.fromServer).toBe(6);
  proxy.halfOpen();
  proxy.resume();
  await expect(client.readText(1, 50)).rejects.toThrow('nothing more came');
});

test('a stall holds bytes, resume lets them go', async () => {
  const { client, proxy } = await proxied({ faults: { toClient: { stallAfter: 3 } } });
  client.write('abcdef');
  expect(await client.readText(3)).toBe('ABC');
  await expect.poll(() => proxy.connections[0]?.fromServer).toBe(6);
  expect(client.unread).toBe(0);
  proxy.resume();
  expect(await client.readText(3)).toBe('DEF');
  proxy.stall();
  client.write('g');
  await expect.poll(() => proxy.connections[0]?.fromClient).toBe(7);
  expect(received()).toBe('abcdef');
  proxy.resume();
  expect(await client.readText(1)).toBe('G');
});

test('garbage goes between the bytes', async () => {
  const { client, proxy } = await proxied({
    faults: { toClient: { garbage: { after: 2, bytes: Buffer.from('!?') } } },
  });
  client.write('abcd');
  expect(await client.readText(6)).toBe('AB!?CD');
  proxy.connections[0]?.inject('client', Buffer.from('#'));
  expect(await client.readText(1)).toBe('#');
});

test('refusing: by reset after accept, or by a closed port', async () => {
  const { client, proxy } = await proxied({ faults: { refuse: true } });
  expect(await client.closed).toBe('ECONNRESET');
  const port = proxy.port;
  await proxy.refuse();
  await expect(RawClient.dial(proxy)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  proxy.faults = {};
  await proxy.accept();
  expect(proxy.port).toBe(port);
  const again = await RawClient.dial(proxy);
  open.push(again);
  again.write('x');
  expect(await again.readText(1)).toBe('X');
});

test('a stall of one direction', async () => {
  const { client, proxy } = await proxied();
  client.write('a');
  expect(await client.readText(1)).toBe('A');
  proxy.stall('toClient');
  client.write('b');
  await expect.poll(() => received()).toBe('ab');
  await expect.poll(() => proxy.connections[0]?.fromServer).toBe(2);
  expect(client.unread).toBe(0);
  proxy.resume();
  expect(await client.readText(1)).toBe('B');
});

test('new connections can lead to another server', async () => {
  await using other = await scriptedServer(async (peer) => {
    await peer.reply('other');
    await peer.expectEnd();
  });
  const { client, proxy } = await proxied();
  proxy.target = other;
  const second = await RawClient.dial(proxy);
  open.push(second);
  expect(await second.readText(5)).toBe('other');
  client.write('still here');
  expect(await client.readText(10)).toBe('STILL HERE');
  second.end();
});

test('connections live on while the port is closed', async () => {
  const { client, proxy } = await proxied();
  client.write('a');
  expect(await client.readText(1)).toBe('A');
  await proxy.refuse();
  client.write('b');
  expect(await client.readText(1)).toBe('B');
});

test('a slow accept delays, nothing is lost', async () => {
  const { client } = await proxied({ faults: { acceptDelay: 20 } });
  client.write('early');
  expect(await client.readText(5)).toBe('EARLY');
});

test('a server that is away looks like a reset', async () => {
  const port = server.port;
  await server.close();
  await using proxy = await faultProxy({ port });
  await using client = await RawClient.dial(proxy);
  expect(await client.closed).toBe('ECONNRESET');
});

test('a reset by the client reaches the server', async () => {
  const { client } = await proxied();
  client.write('a');
  expect(await client.readText(1)).toBe('A');
  client.reset();
  await expect.poll(() => server.peers[0]?.over).toBe(true);
});

test('random faults follow the seed and the connection, not the timing', async () => {
  const plans = (seed: number) => Array.from({ length: 50 }, (_, i) => randomFaults(seeded(seed).fork(i)));
  expect(plans(1)).toEqual(plans(1));
  expect(plans(1)).not.toEqual(plans(2));
  const { proxy } = await proxied({ seed: 1, faults: (random) => ({ acceptDelay: random.below(1000) }) });
  expect(proxy.connections[0]?.faults).toEqual({ acceptDelay: seeded(1).fork(0).below(1000) });
});

test('every kind of fault is drawn', () => {
  const random = seeded(5);
  const seen = new Set<string>();
  for (let i = 0; i < 2000; i++) {
    const { toServer, toClient, ...rest } = randomFaults(random);
    for (const name of Object.keys({ ...rest, ...toServer, ...toClient })) seen.add(name);
  }
  const all = ['refuse', 'acceptDelay', 'delay', 'pieces', 'merge', 'cutAfter', 'cutAs', 'halfOpenAfter', 'stallAfter'];
  expect([...seen].sort()).toEqual([...all, 'garbage'].sort());
});
