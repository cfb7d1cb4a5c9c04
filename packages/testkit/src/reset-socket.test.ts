import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { listenOnLoopback, stopListening } from './listening.ts';
import { resetSocket } from './reset-socket.ts';

async function pair(): Promise<{ client: Socket; server: Socket; stop: () => Promise<void> }> {
  const listener = createServer({ allowHalfOpen: true });
  const accepted = once(listener, 'connection');
  const port = await listenOnLoopback(listener);
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const [[server]] = (await Promise.all([accepted, once(client, 'connect')])) as [[Socket], unknown];
  for (const socket of [client, server]) socket.on('error', () => {});
  return { client, server, stop: () => stopListening(listener) };
}

/** `once` would reject at the error that comes first. */
function closed(socket: Socket): Promise<unknown> {
  return socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once('close', resolve));
}

test('the other side sees a reset', async () => {
  const { client, server, stop } = await pair();
  const failed = once(client, 'error');
  resetSocket(server);
  expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
  await Promise.all([closed(client), closed(server), stop()]);
});

test.each<[string, (socket: Socket, other: Socket) => unknown]>([
  ['is written to and not read', (socket, other) => [other.pause(), socket.write(Buffer.alloc(20_000_000))]],
  ['was ended', (socket) => socket.end('bye')],
  ['is reset from both sides at once', (_, other) => resetSocket(other)],
  ['was reset before', (socket) => resetSocket(socket)],
  ['has unread data', (socket, other) => [socket.pause(), other.write('unread')]],
])('closes in any case: one that %s', async (_, prepare) => {
  const { client, server, stop } = await pair();
  prepare(server, client);
  resetSocket(server);
  await closed(server);
  resetSocket(client);
  await Promise.all([closed(client), stop()]);
});

test('one that is connecting to no one closes at the second call', async () => {
  const socket = connect({ host: 'nobody.invalid', port: 9, lookup: () => {} }); // its name is never found
  socket.on('error', () => {});
  resetSocket(socket);
  resetSocket(socket);
  await closed(socket);
  expect(socket.destroyed).toBe(true);
});
