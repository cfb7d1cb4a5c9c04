import { lstat, unlink } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Peer, Service } from './peer.ts';

/** Where a server listens. */
export interface Endpoint {
  /** TCP port; 0 takes a free one. */
  readonly port?: number | undefined;
  /**
   * Address to listen on.
   *
   * @default '127.0.0.1'
   */
  readonly host?: string | undefined;
  /** Path of a unix socket, instead of a port. A socket that a process which is gone left there is replaced. */
  readonly path?: string | undefined;
}

/** A listening server. */
export interface Listener {
  readonly host: string;
  /** The port in use; undefined on a unix socket. */
  readonly port: number | undefined;
  /** Stops listening and drops every connection. */
  close(): Promise<void>;
}

/** Puts a service on a TCP port or a unix socket. */
export async function listen(service: Service, endpoint: Endpoint): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    attach(service, socket);
  });
  const host = endpoint.host ?? '127.0.0.1';
  if (endpoint.path === undefined) await bind(server, { host, port: endpoint.port ?? 0 });
  else await bindPath(server, endpoint.path);
  const at = server.address() as AddressInfo | string | null;
  return {
    host,
    port: typeof at === 'object' ? at?.port : undefined,
    close: () => stop(server, sockets),
  };
}

/** The file of a unix socket outlives a process that crashed. It goes when it is a socket and no one answers there. */
async function bindPath(server: Server, path: string): Promise<void> {
  try {
    await bind(server, { path });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || !(await isDead(path))) throw error;
    await unlink(path);
    await bind(server, { path });
  }
}

async function isDead(path: string): Promise<boolean> {
  if (!(await lstat(path)).isSocket()) return false;
  return new Promise((resolve) => {
    const probe = connect({ path });
    probe.once('connect', () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}

function bind(server: Server, at: { host: string; port: number } | { path: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at, () => {
      server.removeListener('error', reject);
      server.on('error', () => {}); // a failed accept (out of file descriptors) concerns that client only
      resolve();
    });
  });
}

function stop(server: Server, sockets: Set<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}

function attach(service: Service, socket: Socket): void {
  const session = service.accept(socketPeer(socket));
  socket.on('data', (bytes) => session.data(bytes));
  socket.on('drain', () => session.drained());
  socket.on('end', () => session.ended());
  socket.on('error', () => {}); // 'close' follows
  socket.once('close', () => session.closed());
}

function socketPeer(socket: Socket): Peer {
  const remote = socket.remoteAddress;
  return {
    name: remote === undefined ? 'unix:0' : `${remote}:${socket.remotePort}`,
    host: (remote ?? '127.0.0.1').replace(/^::ffff:/, ''),
    get full() {
      return socket.writableNeedDrain;
    },
    get pending() {
      return socket.writableLength;
    },
    write: (bytes) => {
      if (socket.writable) socket.write(bytes);
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    end: () => socket.destroySoon(),
    destroy: () => socket.destroy(),
  };
}
