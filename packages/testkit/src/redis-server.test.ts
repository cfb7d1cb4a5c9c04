import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RawClient } from './raw-client.ts';
import { startRedis } from './redis-server.ts';

async function ask(address: { port?: number; path?: string | undefined }, request: string, answer: string) {
  await using socket = await RawClient.dial(address);
  socket.write(request);
  return await socket.readText(answer.length);
}

test('it answers on a free port, and nothing is left after stop', async () => {
  const server = await startRedis();
  const { folder, port, pid } = server;
  expect(await ask(server, 'SET a 1\r\n', '+OK\r\n')).toBe('+OK\r\n');
  expect(server.url).toBe(`redis://127.0.0.1:${port}`);
  await server.stop();
  await expect(RawClient.dial({ port })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect(existsSync(folder)).toBe(false);
  expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH');
  await server.stop();
});

test('restart keeps the port and loses the data', async () => {
  await using server = await startRedis();
  const { port, pid } = server;
  await ask(server, 'SET a 1\r\n', '+OK\r\n');
  await server.restart();
  expect(server.port).toBe(port);
  expect(server.pid).not.toBe(pid);
  expect(await ask(server, 'GET a\r\n', '$-1\r\n')).toBe('$-1\r\n');
});

test('while paused nothing answers', async () => {
  await using server = await startRedis();
  await using socket = await RawClient.dial(server);
  server.pause();
  socket.write('PING\r\n');
  await expect(socket.read(1, 50)).rejects.toThrow('nothing more came');
  server.resume();
  expect(await socket.readText(7)).toBe('+PONG\r\n');
});

test('a password and ACL users', async () => {
  await using server = await startRedis({ password: 'p@ss', users: ['alice on >secret ~* +@all'] });
  expect(server.url).toContain(':p%40ss@');
  expect(await ask(server, 'PING\r\n', '-NOAUTH')).toBe('-NOAUTH');
  expect(await ask(server, 'AUTH p@ss\r\n', '+OK\r\n')).toBe('+OK\r\n');
  expect(await ask(server, 'AUTH alice secret\r\n', '+OK\r\n')).toBe('+OK\r\n');
});

test('a unix socket', async () => {
  await using server = await startRedis({ unixSocket: true });
  expect(await ask({ path: server.path }, 'PING\r\n', '+PONG\r\n')).toBe('+PONG\r\n');
  expect(server.url).toBe(`redis+unix://${server.path}`);
});

test('a server that cannot start says why', async () => {
  await expect(startRedis({ program: 'no-such-server' })).rejects.toThrow('ENOENT');
  await using server = await startRedis();
  await expect(startRedis({ port: server.port })).rejects.toThrow('in use');
});
