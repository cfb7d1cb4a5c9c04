import { once } from 'node:events';
import { createServer, type Server, Socket } from 'node:net';
import { createRedis } from '@kv/redis';
import { redisLogin } from './redis-login.ts';
import { UNHURRIED } from './unhurried.ts';

/** Writes of a client's socket for a thousand GETs, and for a hundred SETs of bytes, each made in one turn. */
export interface SocketWrites {
  readonly gets: number;
  readonly setsOfBytes: number;
}

/** Counts what a socket is asked to send: a write of one chunk or of several is one system call. */
export async function countSocketWrites(): Promise<SocketWrites> {
  const server = await listening();
  const { port } = server.address() as { port: number };
  await using redis = createRedis({ host: '127.0.0.1', port }, UNHURRIED);
  await redis.connect();
  const value = Buffer.alloc(100, 'v');
  const gets = await writesDuring(port, () => Array.from({ length: 1000 }, (_, i) => redis.get(`key:${i}`)));
  const setsOfBytes = await writesDuring(port, () =>
    Array.from({ length: 100 }, (_, i) => redis.set(`key:${i}`, value)),
  );
  server.close();
  return { gets, setsOfBytes };
}

/** A server that says OK to all commands, and what a login wants to hear. */
async function listening(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('data', (bytes) => void socket.write(redisLogin(bytes.toString('latin1'))));
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function writesDuring(port: number, calls: () => readonly Promise<unknown>[]): Promise<number> {
  const { _write, _writev } = Socket.prototype;
  let writes = 0;
  const counted = function (this: Socket): void {
    if (this.remotePort === port) writes++;
  };
  Socket.prototype._write = function (...args) {
    counted.call(this);
    _write.apply(this, args);
  };
  Socket.prototype._writev = function (...args) {
    counted.call(this);
    _writev?.apply(this, args);
  };
  await Promise.all(calls());
  Object.assign(Socket.prototype, { _write, _writev });
  return writes;
}
