import { type MemoryPeer, MemoryServer } from '@kv/testkit/memory-transport';
import { expect, it } from 'vitest';
import type { Client, KvError, SendOptions } from '../src/index.ts';
import { LineProtocol, line, lineClient, readLine } from './line-protocol.ts';
import { turn } from './observe.ts';

const outcome = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => value,
    (error: KvError) => `${error.code} ${error.outcome} ${error.message}`,
  );

it('what was refused without being run goes to the next connection, as if it had not been sent; writes too', async () => {
  const server = new MemoryServer();
  const client = lineClient({ address: server });
  const answered = client.send(line('answered'));
  const refused = client.send(line('write'));
  const behind = client.send(readLine('read'));
  const peer = await server.next();
  await peer.take('answered\nwrite\nread\n');
  peer.send('+1\n~replica\n~replica\n');
  expect(await answered).toBe('1');
  const second = await server.next();
  await second.take('write\nread\n');
  second.send('-no\n+3\n');
  const error = await refused.catch((e: KvError) => e);
  expect(error).toMatchObject({ code: 'REPLY', command: 'write', attempts: 1 });
  expect(await behind).toBe('3');
  expect(peer.closed).toBe(true);
  await client.close();
});

it('what ran and failed on a connection that is being left is told, and never sent again', async () => {
  const server = new MemoryServer();
  const client = lineClient({ address: server });
  const refused = client.send(line('set'));
  const ran = outcome(client.send(line('script')));
  const also = client.send(line('incr'));
  const peer = await server.next();
  await peer.take('set\nscript\nincr\n');
  peer.send('~replica\n-wrong type\n~replica\n');
  expect(await ran).toBe('REPLY refused wrong type');
  const second = await server.next();
  await second.take('set\nincr\n');
  second.send('+ok\n+1\n');
  expect([await refused, await also]).toEqual(['ok', '1']);
  expect(second.unread).toBe('');
  await client.close();
});

it('units, and calls that are never to be repeated, are told', async () => {
  const server = new MemoryServer();
  const client = lineClient({ address: server });
  const first = outcome(client.send(line('a')));
  const unit = client.sendAll([readLine('begin'), readLine('end')], { unit: true });
  const never = outcome(client.send(line('never'), { retry: 'never' }));
  const peer = await server.next();
  await peer.take('a\nbegin\nend\nnever\n');
  peer.send('~replica\n~replica\n~replica\n~replica\n');
  expect(await never).toBe('REPLY refused replica');
  expect((await unit).map((member) => member.ok || member.error.message)).toEqual(['replica', 'replica']);
  const second = await server.next();
  await second.take('a\n');
  second.send('+ok\n');
  expect(await first).toBe('ok');
  await turn();
  expect(second.unread).toBe('');
  await client.close();
});

it('a lease keeps its connection, is told, and gives back nothing that could be checked out again', async () => {
  const server = new MemoryServer();
  const client = lineClient({ address: server });
  const lease = await client.acquire();
  const peer = await server.next();
  const refused = outcome(lease.send(line('a')));
  await peer.take('a\n');
  peer.send('~loading\n');
  expect(await refused).toBe('REPLY refused loading');
  const still = lease.send(line('b'));
  await peer.take('b\n');
  peer.send('+ok\n');
  expect(await still).toBe('ok');
  await lease.release();
  expect(peer.closed).toBe(true);
  const next = await client.acquire();
  expect(server.peers).toHaveLength(2);
  await next.release();
  await client.close();
});

it('said in the handshake it fails the attempt to connect', async () => {
  const server = new MemoryServer();
  const client = lineClient({ address: server, protocol: new LineProtocol({}, { handshakeLines: ['login'] }) });
  const connected = outcome(client.connect());
  const peer = await server.next();
  await peer.take('login\n');
  peer.send('~loading\n');
  expect(await connected).toBe('REPLY refused loading');
  expect(client.state).toBe('idle');
  await client.close();
});

it('what was refused goes on in the order of the calls, before what was called meanwhile', async () => {
  let ready = (): void => {};
  const away = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const server = new MemoryServer({ beforeConnect: (attempt) => (attempt === 0 ? undefined : away) });
  const client = lineClient({ address: server });
  const calls = ['a', 'b', 'c'].map((text) => client.send(line(text)));
  const peer = await server.next();
  await peer.take('a\nb\nc\n');
  peer.send('~replica\n');
  calls.push(client.send(line('d')));
  await turn();
  peer.send('~replica\n');
  await turn();
  peer.send('~replica\n');
  ready();
  const second = await server.next();
  await second.take('a\nb\nc\nd\n');
  second.send('+1\n+2\n+3\n+4\n');
  expect(await Promise.all(calls)).toEqual(['1', '2', '3', '4']);
  await client.close();
});

/** A client whose first call was refused on a connection that still owes the second, and has a new connection already. */
async function moving(first?: SendOptions): Promise<{
  client: Client;
  old: MemoryPeer;
  next: MemoryPeer;
  refused: Promise<unknown>;
  slow: Promise<unknown>;
}> {
  const server = new MemoryServer();
  const client = lineClient({ address: server });
  const refused = outcome(client.send(line('set k 1'), first));
  const slow = client.send(line('slow'));
  const old = await server.next();
  await old.take('set k 1\nslow\n');
  old.send('~replica\n');
  const next = await server.next();
  while (client.state !== 'ready') await turn();
  return { client, old, next, refused, slow };
}

it('what was refused goes on before what was called later, although the next connection was ready before', async () => {
  const { client, old, next, refused, slow } = await moving();
  const later = client.send(line('set k 2'));
  const unit = client.sendAll([line('begin'), line('end')], { unit: true });
  await turn();
  expect(next.unread).toBe('');
  expect(client.stats().connections.shared.waiting).toBe(4);
  old.send('+done\n');
  expect(await slow).toBe('done');
  await next.take('set k 1\nset k 2\nbegin\nend\n');
  next.send('+1\n+2\n+3\n+4\n');
  expect([await refused, await later, (await unit).length]).toEqual(['1', '2', 2]);
  await client.close();
});

it('what was refused and has ended since holds no one up', async () => {
  const { client, old, next, refused, slow } = await moving({ timeout: 50 });
  const waiting = client.send(line('a'));
  expect(await refused).toMatch(/^TIMEOUT notSent/);
  await next.take('a\n');
  const later = client.send(line('b'));
  await next.take('b\n');
  next.send('+1\n+2\n');
  expect([await waiting, await later]).toEqual(['1', '2']);
  old.send('+done\n');
  expect(await slow).toBe('done');
  await client.close();
});

it('a connection that begins to drain before it is ready gets no calls', async () => {
  const server = new MemoryServer();
  const client = lineClient({
    address: server,
    onReady: async (connection) => void (await connection.sendInternal(line('greet')).catch(() => undefined)),
  });
  const call = outcome(client.send(line('a')));
  const first = await server.next();
  await first.take('greet\n');
  first.send('~replica\n');
  const second = await server.next();
  await second.take('greet\n');
  second.send('+hi\n');
  await second.take('a\n');
  second.send('+ok\n');
  expect(await call).toBe('ok');
  expect([first.unread, first.closed]).toEqual(['', true]);
  await client.close();
});

it('what was refused ends with its deadline, and with the client, also before it goes on', async () => {
  const server = new MemoryServer();
  const client = lineClient({ address: server });
  const soon = outcome(client.send(line('soon'), { timeout: 30 }));
  const refused = outcome(client.send(line('a')));
  const last = outcome(client.send(line('b')));
  const peer = await server.next();
  await peer.take('soon\na\nb\n');
  peer.send('~replica\n~replica\n');
  expect(await soon).toMatch(/^TIMEOUT notSent/);
  await client.close({ timeout: 0 });
  expect(await refused).toMatch(/^CLOSED notSent/);
  expect(await last).toMatch(/^CLOSED unknown/);
  expect(client.stats()).toMatchObject({ pending: 0, queuedBytes: 0 });
});
