import { MemoryServer } from '@kv/testkit/memory-transport';
import { describe, expect, it } from 'vitest';
import type { KvError } from '../src/index.ts';
import { LineProtocol, line, lineClient } from './line-protocol.ts';
import { outcome, turn } from './observe.ts';

class LimitedProtocol extends LineProtocol {
  readonly requestLimits = { argument: 100, request: 150 };
}

describe('a request that is longer than the server takes', () => {
  it.each([
    ['an argument', 'x'.repeat(101), 'set: an argument is longer than the server takes (101 bytes, limit 100)'],
    [
      'text of several bytes a character',
      '\u20ac'.repeat(34),
      'set: an argument is longer than the server takes (102 bytes, limit 100)',
    ],
    [
      'all together',
      `${'x'.repeat(80)} ${'x'.repeat(80)}`,
      'set: the request is longer than the server takes (163 bytes, limit 150)',
    ],
  ])('is refused before a byte of it is sent, and never repeated: %s', async (_, args, message) => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, protocol: new LimitedProtocol(), retry: 'always' });
    await client.connect();
    const peer = await server.next();
    const neighbor = client.send(line('get'));
    const error = (await client.send(line(`set ${args}`)).catch((caught: KvError) => caught)) as KvError;
    expect(error).toMatchObject({ code: 'ARGUMENT', outcome: 'notSent', attempts: 0, command: 'set', message });
    await turn();
    await peer.take('get\n');
    expect(peer.unread).toBe('');
    peer.send('+1\n');
    expect(await neighbor).toBe('1');
    await client.close();
  });

  it('is one that does not fit, and none that just fits', async () => {
    const server = new MemoryServer();
    const client = lineClient({ address: server, protocol: new LimitedProtocol() });
    const sent = outcome(client.send(line(`set ${'x'.repeat(99)} ${'\u20ac'.repeat(16)}`)));
    const peer = await server.next();
    await peer.take(`set ${'x'.repeat(99)} ${'\u20ac'.repeat(16)}\n`);
    peer.send('+1\n');
    expect(await sent).toBe('1');
    await client.close();
  });
});
