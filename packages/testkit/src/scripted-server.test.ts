import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RawClient } from './raw-client.ts';
import { scriptedServer } from './scripted-server.ts';

test('a function as script: expect, reply, end', async () => {
  await using server = await scriptedServer(async (peer) => {
    await peer.expect('ping\n');
    await peer.reply('pong\n', { splitAt: [1, 3] });
    expect(Buffer.from(await peer.expect(/n=(\d+)\n/)).toString()).toBe('n=42\n');
    await peer.reply('bye\n', { pieces: 1 });
    peer.end();
  });
  const socket = await RawClient.dial(server);
  socket.write('ping\nn=4');
  socket.write('2\n');
  expect(await socket.readToEnd()).toBe('pong\nbye\n');
  await server.done();
  expect(Buffer.from(server.peers[0]?.received ?? []).toString()).toBe('ping\nn=42\n');
});

test('a list as script, one per connection', async () => {
  await using server = await scriptedServer([
    [{ expect: 'a', reply: '1', close: true }],
    [{ expect: (bytes) => (bytes.length >= 2 ? 2 : undefined), reply: '2', delay: 1, close: true }],
  ]);
  for (const [sent, answer] of [
    ['a', '1'],
    ['xy', '2'],
  ] as const) {
    const socket = await RawClient.dial(server);
    socket.write(sent);
    expect(await socket.readToEnd()).toBe(answer);
  }
  await server.connected(2);
  expect(server.peers.length).toBe(2);
  await server.done();
});

test('unexpected bytes: the client is reset and the failure shows both sides', async () => {
  const server = await scriptedServer([[{ expect: 'GET a\r\n' }]]);
  const socket = await RawClient.dial(server);
  socket.write('GET b\r\n');
  expect(await socket.closed).toBe('ECONNRESET');
  await expect(server.close()).rejects.toThrow('byte 4 differs\n  expected GET a\\r\\n\n  arrived  GET b\\r\\n');
});

test('a connection too many is a failure', async () => {
  const server = await scriptedServer([]);
  const socket = await RawClient.dial(server);
  expect(await socket.closed).toBe('ECONNRESET');
  await expect(server.done()).rejects.toThrow('connection 0 came');
  await server.close();
});

test('the client leaving, or silence, ends an expectation', async () => {
  const server = await scriptedServer((peer) => peer.expect('more').then(() => {}), { timeout: 30 });
  const leaving = await RawClient.dial(server);
  leaving.write('mo');
  leaving.end();
  await server.connected(1);
  await expect(server.done()).rejects.toThrow('the connection ended\n  expected more\n  arrived  mo');
  const silent = await RawClient.dial(server);
  await server.connected(2);
  await expect(server.done()).rejects.toThrow('nothing more came for 30 ms');
  expect(await silent.closed).toBe('ECONNRESET');
  await server.close();
});

test('a reset reaches the client as one', async () => {
  await using server = await scriptedServer([[{ expect: 'x', reset: true }]]);
  const socket = await RawClient.dial(server);
  socket.write('x');
  expect(await socket.closed).toBe('ECONNRESET');
  await server.done();
});

test('expectEnd waits for the client, close does not wait for scripts', async () => {
  const server = await scriptedServer((peer) => peer.expectEnd());
  const socket = await RawClient.dial(server);
  await server.connected(1);
  socket.end();
  await server.done();
  expect(server.peers[0]?.over).toBe(true);
  const open = await RawClient.dial(server);
  await server.connected(2);
  await server.close();
  expect(await open.closed).toBe('end');
});

test('a unix socket', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kv-scripted-'));
  try {
    const path = join(folder, 's.sock');
    await using server = await scriptedServer([[{ reply: 'hello', close: true }]], { path });
    expect(await (await RawClient.dial({ path })).readToEnd()).toBe('hello');
    await server.done();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
