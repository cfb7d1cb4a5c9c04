import { type MemoryPeer, MemoryServer } from '@kv/testkit/memory-transport';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Client } from '../src/index.ts';
import { LineProtocol, line, lineClient } from './line-protocol.ts';
import { outcome, turn } from './observe.ts';

const writtenOn = (peer: MemoryPeer): string => Buffer.from(peer.written).toString();
const texts = (count: number): string[] => Array.from({ length: count }, (_, i) => `get ${i}`);

async function connected(...setup: Parameters<typeof lineClient>): Promise<[Client, MemoryServer, MemoryPeer]> {
  const client = lineClient(...setup);
  const server = setup[0].address as unknown as MemoryServer;
  await client.connect();
  return [client, server, await server.next()];
}

it('units of any size among single calls are whole, in the order of the calls, and written once', async () => {
  const calls = fc.array(fc.record({ unit: fc.boolean(), size: fc.integer({ min: 1, max: 40 }) }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(calls, async (parts) => {
      const [client, , peer] = await connected({ address: new MemoryServer(), timeout: 0 });
      let number = 0;
      let expected = '';
      const ends: Promise<unknown>[] = [];
      for (const { unit, size } of parts) {
        const members = Array.from({ length: size }, () => `call ${number++}`);
        expected += members.map((text) => `${text}\n`).join('');
        if (unit)
          ends.push(
            client.sendAll(
              members.map((text) => line(text)),
              { unit: true },
            ),
          );
        else for (const text of members) ends.push(client.send(line(text)));
      }
      await turn();
      expect(writtenOn(peer)).toBe(expected);
      peer.send('+ok\n'.repeat(number));
      await Promise.all(ends);
      expect(client.stats()).toMatchObject({ pending: 0, queuedBytes: 0 });
      await client.close();
    }),
    { numRuns: 50 },
  );
});

it('a batch of a window that refills when it is empty is one write, however many calls it has', async () => {
  const protocol = new LineProtocol({ commands: 100, refill: 'empty' });
  const [client, , peer] = await connected({ address: new MemoryServer(), protocol });
  const ends = texts(60).map((text) => client.send(line(text)));
  await turn();
  expect(peer.writes).toHaveLength(1);
  peer.send('+ok\n'.repeat(60));
  await Promise.all(ends);
  await client.close();
});

it('pain 20: a long burst after a freeze waits for the answer to the probe, and so do the calls of later turns', async () => {
  const [client, , peer] = await connected({ address: new MemoryServer(), liveness: { idle: 20, grace: 1000 } });
  const awake = Date.now() + 1100;
  while (Date.now() < awake);
  const ends = texts(50).map((text) => client.send(line(text), { timeout: 0 }));
  expect(writtenOn(peer)).toBe('ping\n');
  await turn();
  ends.push(client.send(line('later'), { timeout: 0 }));
  await turn();
  expect(writtenOn(peer)).toBe('ping\n');
  peer.send('+pong\n');
  await turn();
  peer.send('+ok\n'.repeat(51));
  expect(await Promise.all(ends)).toEqual(Array.from({ length: 51 }, () => 'ok'));
  await client.close({ timeout: 0 });
});

it('nothing more is written to a transport that was filled by the first part', async () => {
  const [client, , peer] = await connected({ address: new MemoryServer() });
  peer.full = true;
  const ends = texts(100).map((text) => client.send(line(text)));
  await turn();
  expect(peer.writes).toHaveLength(1);
  peer.drain();
  expect(peer.writes).toHaveLength(2);
  peer.send(
    texts(100)
      .map((text) => `+${text}\n`)
      .join(''),
  );
  expect(await Promise.all(ends)).toEqual(texts(100));
  await client.close();
});

it('a transport that breaks at the first part: what it took is unknown, the rest of the turn goes to the next', async () => {
  const server = new MemoryServer();
  let writes = 0;
  const client = lineClient({
    address: {
      connect: async (...given) => {
        const transport = await server.connect(...given);
        const write = (chunks: Parameters<typeof transport.write>[0]): boolean => {
          if (writes++ === 0) throw new Error('broken');
          return transport.write(chunks);
        };
        return { ...transport, write };
      },
    },
  });
  await client.connect();
  await server.next();
  const ends = texts(100).map((text) => outcome(client.send(line(text))));
  const second = await server.next();
  await turn();
  const sent = writtenOn(second).trimEnd().split('\n');
  second.send(sent.map((text) => `+${text}\n`).join(''));
  const lost = 100 - sent.length;
  expect(lost).toBeGreaterThan(0);
  expect(await Promise.all(ends)).toEqual([
    ...Array.from({ length: lost }, () => 'CONNECTION unknown'),
    ...texts(100).slice(lost),
  ]);
  await client.close();
});
